"""What tests of search share."""

from __future__ import annotations

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder

THINGS = (
    "door", "lamp", "rail", "stair", "boat", "fence", "gate", "winch", "mast", "bell", "clock", "pump", "hinge", "lens",
    "bench", "crane", "shutter", "ladder", "wheel", "chain", "anchor", "barrel", "beam", "gutter", "hatch", "oven",
)  # fmt: skip
# Longer than a passage, so that a passage ends inside it.
KEEPER = " ".join(
    f'In the year {year} the keeper painted the {thing} and oiled the {other} before the "{storm} storms" came.'
    for year, thing, other, storm in (
        (1871 + nth, *words) for nth, words in enumerate(zip(THINGS, THINGS[3:], THINGS[7:], strict=False))
    )
)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Assistant:
    """A corpus with folders, a near-duplicate and an exact one, files that are no documents, and changes since the build."""
    assert encoder.card
    folder = tmp_path_factory.mktemp("library")
    otters = "Otters eat fish and crabs, which they catch in the river at night. "
    more = "They sleep in holts under tree roots. A mother raises two or three young each year. "
    for path, text in {
        "a/otters.txt": otters + more,
        "b/copy.txt": otters + more,
        "b/nearly.txt": otters + more.replace("holts", "ho\u00adlts").replace(" each", "  each"),
        "b/another.txt": otters + more.replace("two or three", "two or four"),
        "b/different.txt": otters.replace("fish and crabs", "frogs, birds and 14 kinds of beetle") + "They like rain.",
        "a/mice.txt": "Mice eat grain in barns.",
        "c/keeper.txt": KEEPER,
        "a/empty.txt": " \n",
        "a/table.csv": "a,b",
        "a/.draft.txt": otters,
    }.items():
        (folder / "corpus" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "corpus" / path).write_text(text, encoding="utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    (folder / "corpus" / "a" / "mice.txt").write_text(
        "Mice eat grain and seeds in barns and in fields.", encoding="utf-8"
    )
    (folder / "corpus" / "a" / "voles.txt").write_text("Voles gnaw the bark of young trees.", encoding="utf-8")
    return Assistant(IndexFolder(folder / "index"))
