"""Gradio, imported in half the time.

On import, Gradio parses the sources of all its components and writes stubs for editors beside them
(``create_or_modify_pyi`` in gradio/component_meta.py). It skips a component whose file is unknown.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Set before the import: Gradio would report starts and look for newer versions of itself.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

__all__ = ["gr"]


@contextmanager
def _without_stubs() -> Iterator[None]:
    find = inspect.getfile

    def found(thing: Any) -> str:  # noqa: ANN401 - as in inspect
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no stub needed")
        return find(thing)

    inspect.getfile = found  # type: ignore[assignment]  # its parameter has another name
    try:
        yield
    finally:
        inspect.getfile = find


try:
    with _without_stubs():
        import gradio as gr
except OSError:
    # This version requires stubs.
    for name in [name for name in sys.modules if name.partition(".")[0] == "gradio"]:
        del sys.modules[name]
    import gradio as gr
