"""Documents about a harbour in two languages, and three indexes of them: at once, part by part, as if they were many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from citewell import IndexFolder, Settings, build
from tests.support.encoders import encoded_once

THINGS = [
    "harbour",
    "ferry",
    "lighthouse",
    "baker",
    "bridge",
    "garden",
    "Wi-Fi",
    "KX-4410-B",
    "lantern",
    "getUserByName",
]
DOINGS = ["stands near", "was sold to", "belongs to", "is older than", "cannot be seen from"]
GERMAN = ["Der Hafen", "Die Fähre", "Der Leuchtturm", "Das Wi-Fi", "Der Bäcker", "Die Laterne"]


def _text(draw: Random, language: str) -> str:
    if language == "de":
        sentences = [
            f"{draw.choice(GERMAN)} gehört seit dem Jahr {draw.randint(1800, 1999)} der Stadt und wird noch benutzt."
            for _ in range(draw.randint(1, 16))
        ]
    else:
        sentences = [
            f"The {draw.choice(THINGS)} {draw.choice(DOINGS)} the {draw.choice(THINGS)}."
            for _ in range(draw.randint(1, 16))
        ]
    author = draw.choice(["Ada", "Grace"])
    return (
        f"---\nauthor: {author}\n---\n\n# {draw.choice(THINGS)} {draw.choice(THINGS)}\n\n" + " ".join(sentences) + "\n"
    )


def _write(corpus: Path, nth: int) -> None:
    file = corpus / ("north" if nth % 3 else "south") / f"{nth:03}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_text(Random(nth), "de" if nth % 5 == 0 else "en"), encoding="utf-8")


def build_all(folder: Path) -> None:
    """Write the same documents into three indexes: at once, part by part, and at once as if they were many."""
    settings = Settings(model="english")
    with encoded_once():
        for end in (60, 76, 80):
            for nth in range(end):
                _write(folder / "corpus", nth)
            build(folder / "corpus", IndexFolder(folder / "grown"), settings)
        build(folder / "corpus", IndexFolder(folder / "whole"), settings)
        with as_if_large():
            build(folder / "corpus", IndexFolder(folder / "sketched"), settings)


@contextmanager
def as_if_large() -> Iterator[None]:
    """Have few windows be searched by sketches, as many are; for so few, they keep a higher promise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("citewell.index.sketches.LEAST_WINDOWS", 1)
        patch.setattr("citewell.index.sketches.MOST_CHOSEN", 1.0)
        patch.setattr("citewell.index.promised.MOST_CHOSEN", 1.0)
        patch.setattr("citewell.index.promised.PROMISED", 1.0)
        yield
