"""The static files of the page: its frame, its styles, and the script that Gradio runs. ``scripts.py`` serves its modules."""

from __future__ import annotations

from importlib.resources import files

# Concatenated in this order; the rules for narrow windows come last to take precedence.
STYLES = (
    "shared/base.css",
    "chat/answers.css",
    "chat/cards.css",
    "chat/expected.css",
    "chat/composer.css",
    "shared/states.css",
    "reader/reader.css",
    "reader/picture.css",
    "find/find.css",
    "documents/panel.css",
    "documents/library.css",
    "quality/panel.css",
    "shared/narrow.css",
)
_FOLDER = files("citewell.web").joinpath("static")
# Run by Gradio with the component and its functions, which it passes to our modules.
BRIDGE = "bridge.js"
# Loaded by the page with its first chart; not among the files here.
PLOTLY_PATH = "/plotly.js"
ICON = str(_FOLDER.joinpath("icon.svg"))


def asset(*names: str) -> str:
    """Return static files, concatenated."""
    return "".join(_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in names)
