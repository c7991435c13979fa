"""The design tokens (colours, sizes), read from ``tokens.css``: pages use the whole sheet, charts single tokens."""

from __future__ import annotations

import re
from importlib.resources import files

TOKENS_CSS = files("citewell.rendering").joinpath("tokens.css").read_text(encoding="utf-8")
_TOKEN = re.compile(r"--cw-([\w-]+):\s*([^;]+);")
_TOKENS: dict[str, str] = dict(_TOKEN.findall(TOKENS_CSS))


def token(name: str) -> str:
    """Return a token as a CSS value.

    Args:
        name: Its name, without the prefix ``--cw-``.

    Raises:
        KeyError: There is no such token.
    """
    return _TOKENS[name]
