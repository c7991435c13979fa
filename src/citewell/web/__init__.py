"""The web: the page, the API and the MCP server. The only package that uses Gradio and HTTP.

``server`` runs what ``application`` puts together: the ``page`` with the packages ``chat``, ``documents`` and
``quality``, the ``api``, and ``auth`` and ``middleware``, which every request passes. All of them use ``desk`` (the
queue), ``jobs``, ``faults``, ``problems``, ``templates`` and ``logs``. May import every package but ``cli``.

Names are imported when they are used, so that usage errors wait for nothing; ``later`` makes what needs Gradio while the
server already answers.
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
