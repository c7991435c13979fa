"""Citewell: ask your documents; every answer is a quotation you can check.

    from pathlib import Path
    import citewell

    index = citewell.IndexFolder(Path("index"))
    citewell.build(Path("corpus"), index, citewell.Settings())
    answer = citewell.Assistant(index).ask("What are the challenges?")
    for passage in answer.passages:
        print(passage.document, passage.span, passage.text)

Names are loaded when they are used, so that asking does not pay for building.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from citewell._version import __version__

if TYPE_CHECKING:
    from citewell.answer import Answer, FoundPassage, Place, Scope, Turn
    from citewell.assistant import Assistant
    from citewell.building import BuildReport, build
    from citewell.document import Span
    from citewell.errors import CitewellError
    from citewell.found import Found, FoundPlace
    from citewell.index.folder import IndexFolder
    from citewell.settings import Settings, load_settings

_HOMES = {
    "Answer": "answer",
    "Assistant": "assistant",
    "BuildReport": "building",
    "CitewellError": "errors",
    "Found": "found",
    "FoundPassage": "answer",
    "FoundPlace": "found",
    "IndexFolder": "index.folder",
    "Place": "answer",
    "Scope": "answer",
    "Settings": "settings",
    "Span": "document",
    "Turn": "answer",
    "build": "building",
    "load_settings": "settings",
}

__all__ = [
    "Answer",
    "Assistant",
    "BuildReport",
    "CitewellError",
    "Found",
    "FoundPassage",
    "FoundPlace",
    "IndexFolder",
    "Place",
    "Scope",
    "Settings",
    "Span",
    "Turn",
    "__version__",
    "build",
    "load_settings",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _HOMES:
        return getattr(import_module(f"citewell.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'citewell' has no attribute {name!r}")
