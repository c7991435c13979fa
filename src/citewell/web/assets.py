"""The files of the page: its frame, styles and scripts."""

from __future__ import annotations

from importlib.resources import files

# One after the other they are one script, whose functions call each other; page.js starts it.
SCRIPTS = (
    "waiting.js",
    "reader.js",
    "cite.js",
    "maintain.js",
    "curate.js",
    "judge.js",
    "account.js",
    "page.js",
)
# One sheet, in which the last word is that of the narrow window.
STYLES = ("base.css", "chat.css", "states.css", "reader.css", "panels.css", "narrow.css")
_FOLDER = files("citewell.web").joinpath("static")
ICON = str(_FOLDER.joinpath("icon.svg"))


def asset(*names: str) -> str:
    """Return files of the page, one after the other."""
    return "".join(_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in names)
