"""A small library: folders, copies and near-copies, files that are no documents, and changes since the build."""

from __future__ import annotations

from pathlib import Path

from citewell import Assistant
from tests.support.indexes import assistant_for

_THINGS = (
    "door", "lamp", "rail", "stair", "boat", "fence", "gate", "winch", "mast", "bell", "clock", "pump", "hinge", "lens",
    "bench", "crane", "shutter", "ladder", "wheel", "chain", "anchor", "barrel", "beam", "gutter", "hatch", "oven",
)  # fmt: skip
# Longer than a passage, so that a passage ends inside it.
KEEPER = " ".join(
    f'In the year {year} the keeper painted the {thing} and oiled the {other} before the "{storm} storms" came.'
    for year, (thing, other, storm) in enumerate(zip(_THINGS, _THINGS[3:], _THINGS[7:], strict=False), 1871)
)
_OTTERS = "Otters eat fish and crabs, which they catch in the river at night. "
_MORE = "They sleep in holts under tree roots. A mother raises two or three young each year. "
_FILES = {
    "a/otters.txt": _OTTERS + _MORE,
    "b/copy.txt": _OTTERS + _MORE,
    "b/nearly.txt": _OTTERS + _MORE.replace("holts", "ho\u00adlts").replace(" each", "  each"),
    "b/another.txt": _OTTERS + _MORE.replace("two or three", "two or four"),
    "b/different.txt": _OTTERS.replace("fish and crabs", "frogs, birds and 14 kinds of beetle") + "They like rain.",
    "a/mice.txt": "Mice eat grain in barns.",
    "c/keeper.txt": KEEPER,
    "a/empty.txt": " \n",
    "a/table.accdb": "a,b",
    "a/.draft.txt": _OTTERS,
}
_SINCE = {
    "a/mice.txt": "Mice eat grain and seeds in barns and in fields.",
    "a/voles.txt": "Voles gnaw the bark of young trees.",
}


def library_in(folder: Path) -> Assistant:
    """Build the library's index in a folder, change two files since, and open it."""
    assistant = assistant_for(_FILES, folder)
    for path, text in _SINCE.items():
        (folder / "corpus" / path).write_text(text, encoding="utf-8")
    return assistant
