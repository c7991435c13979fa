"""Gradio, imported in half the time, and without the applications that it makes of a page for nothing.

On import, Gradio parses the sources of all its components and writes stubs for editors beside them
(``create_or_modify_pyi`` in gradio/component_meta.py). It skips a component whose file is unknown.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

# Set before the import: Gradio would report starts and look for newer versions of itself.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

__all__ = ["blocks", "gr"]


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


@contextmanager
def blocks(**options: Any) -> Iterator[gr.Blocks]:  # noqa: ANN401 - those of Gradio
    """Build a page to be mounted.

    Gradio makes an application of a page when it begins and again when it is complete, for events of the page and for
    ``launch``. That is most of the time that the page takes; mounting it makes another one.

    Args:
        options: Those of ``gradio.Blocks``.
    """
    module = sys.modules[gr.Blocks.__module__]
    application = module.App
    module.App = SimpleNamespace(create_app=lambda *_, **__: None)  # type: ignore[attr-defined]
    try:
        with gr.Blocks(**options) as page:
            yield page
    finally:
        module.App = application  # type: ignore[attr-defined]
