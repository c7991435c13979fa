"""The web chat. The only package that uses Gradio and HTML.

Names are imported when they are used, so that usage errors do not wait for Gradio.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from citewell.web.options import ServerOptions
    from citewell.web.page import create_page
    from citewell.web.server import Server

_HOMES = {"Server": "server", "ServerOptions": "options", "create_page": "page"}

__all__ = ["Server", "ServerOptions", "create_page"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _HOMES:
        return getattr(import_module(f"citewell.web.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'citewell.web' has no attribute {name!r}")
