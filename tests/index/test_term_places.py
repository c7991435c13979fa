"""Which words stand where, and how many of them stand only once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from citewell.document import Span
from citewell.errors import IndexDamagedError
from citewell.index import term_places
from citewell.index.term_file import TermFile, TermPlacesWriter
from citewell.index.term_places import TermPlaces, key_of, records_of
from citewell.text.capitals import Case
from citewell.text.terms import Term, analyse
from citewell.text.words import Kind


def at(name: str, start: int) -> Term:
    return Term(name, (), Span(start, start + 1), name, Kind.WORD, Case.SMALL)


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


@pytest.mark.parametrize("words", [1, 256, 257, 70_000])
@pytest.mark.parametrize("last", [0, 256, 2**24, 2**32 - 1])
def test_records_are_read_as_they_were_written(tmp_path: Path, words: int, last: int) -> None:
    terms = [at(f"w{nth}", min(nth, last)) for nth in [*range(words), 0]]
    terms.append(at("w0", last))
    file = tmp_path / "terms.bin"
    with TermPlacesWriter(file) as writer:
        assert writer.add(terms[:1]) == [0]
        assert writer.add(terms[1:])[-1] == words + 1
    records = records_of(terms)[0]
    parts = [range(words + 2), range(0), range(words - 1, words + 2)]
    for part in parts:
        keys, starts = TermPlaces(TermFile(file)).read(part)
        assert keys.tolist() == records["key"][part.start : part.stop].tolist()
        assert starts.tolist() == records["start"][part.start : part.stop].tolist()
    assert [each.name for each in tmp_path.iterdir()] == ["terms.bin"]


def test_parts_are_read_in_the_order_in_which_they_are_asked_for(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.bin", "two.bin")]
    for base, file in zip((0, 100), files, strict=True):
        with TermPlacesWriter(file) as writer:
            writer.add(at(f"w{base + nth}", base + nth) for nth in range(100))
    parts = [range(150, 153), range(7), range(0), range(98, 100), range(100, 101), range(50, 52)]
    expected = [number for part in parts for number in part]
    places = TermPlaces(*map(TermFile, files))
    keys, starts = places.read(*parts)
    assert starts.tolist() == expected
    assert keys.tolist() == [key_of(f"w{number}") for number in expected]
    assert [each.tolist() for each in places.read()] == [[], []]
    assert [each.tolist() for each in TermPlaces(TermFile(files[0])).read()] == [[], []]


def test_a_digest_is_kept_once(tmp_path: Path) -> None:
    file = tmp_path / "terms.bin"
    with TermPlacesWriter(file) as writer:
        writer.add(at(f"w{nth % 100}", nth) for nth in range(10_000))
    assert file.stat().st_size < 10_000 * 3 + 100 * 8 + 20


@pytest.mark.parametrize("left", [0, 10, 100, -1])
def test_a_file_that_is_torn_is_damaged(tmp_path: Path, left: int) -> None:
    file = tmp_path / "terms.bin"
    with TermPlacesWriter(file) as writer:
        writer.add(at(f"w{nth}", nth) for nth in range(1000))
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(IndexDamagedError, match=r"terms\.bin is damaged: records are missing"):
        TermFile(file)


def test_a_number_that_no_digest_has_is_damage(tmp_path: Path) -> None:
    file = tmp_path / "terms.bin"
    with TermPlacesWriter(file) as writer:
        writer.add(at("w", nth) for nth in range(9))
    content = np.frombuffer(file.read_bytes(), dtype=np.uint8).copy()
    content[-2] = 7
    file.write_bytes(content.tobytes())
    with pytest.raises(IndexDamagedError, match=r"terms\.bin is damaged"):
        TermFile(file).read([range(9)])
