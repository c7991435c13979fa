"""Which words stand where, and how many of them stand only once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from citewell.index import term_places
from citewell.index.term_places import TermFile, TermPlaces, TermPlacesWriter
from citewell.text.terms import analyse


def written(file: Path, words: Sequence[str]) -> TermPlaces:
    with TermPlacesWriter(file) as writer:
        writer.add(analyse(" ".join(words), None))
    return TermPlaces(TermFile(file))


def test_the_share_of_words_that_stand_once_tells_how_often_the_next_is_new(tmp_path: Path) -> None:
    assert written(tmp_path / "none", []).unseen() is None
    assert written(tmp_path / "one", ["otter"]).unseen() == 1
    assert written(tmp_path / "some", ["otter", "otter", "wren", "moon", "moon", "moon"]).unseen() == pytest.approx(
        1 / 6
    )


def test_of_many_words_some_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every second word stands twice, so two in three are of those.
    words = [f"{nth:05}".translate(str.maketrans("0123456789", "bcdfghjklm")) for nth in range(6000)]
    places = written(tmp_path / "many", [*words, *words[::2]])
    whole = places.unseen()
    assert whole == pytest.approx(3000 / 9000)
    monkeypatch.setattr(term_places, "_COUNTED", 2000)
    monkeypatch.setattr(term_places, "_READ_AT_ONCE", 700)
    assert places.unseen() == pytest.approx(whole, abs=0.05)
    assert places.unseen() != whole
