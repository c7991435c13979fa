"""Gradio, imported in half the time.

Whenever it is imported, Gradio parses the sources of all its components and writes stubs for editors beside them
(``create_or_modify_pyi`` in gradio/component_meta.py). It leaves out a component of which the file is not known.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["gr"]


@contextmanager
def _without_stubs() -> Iterator[None]:
    find = inspect.getfile

    def found(thing: Any) -> str:  # noqa: ANN401 - as inspect has it
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no stub is wanted")
        return find(thing)

    inspect.getfile = found  # type: ignore[assignment]  # its argument has another name
    try:
        yield
    finally:
        inspect.getfile = find


with _without_stubs():
    import gradio as gr
