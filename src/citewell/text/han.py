"""Han: the characters of Chinese in one form for matching, traditional (預約) or simplified (预约).

Traditional ones become simplified, because that needs no context; the other way round, one character may be several. Japanese
keeps its own, in which simplified by such a table, other words would be one.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# Japanese writes some characters as traditional Chinese does, some as simplified, and some as neither.
_KEEPING = ("ja",)


def simplified(text: str, language: str) -> str:
    """Return a text, at the same length, with the simplified forms of its traditional characters.

    Args:
        text: The text.
        language: Its language (ISO 639-1).
    """
    return text if text.isascii() or language in _KEEPING else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    lines = files("citewell.text").joinpath("simplified.txt").read_text(encoding="utf-8").splitlines()
    pairs = (pair for line in lines if not line.startswith("#") for pair in line.split())
    return {ord(pair[0]): pair[1] for pair in pairs}
