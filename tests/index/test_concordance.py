"""The concordance of an index: built with it, damaged files of it are noticed, and it takes little memory."""

from __future__ import annotations

import sqlite3
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from citewell.errors import IndexDamagedError, IndexUnreadableError
from citewell.index.concordance import Concordance, ConcordanceFile
from citewell.index.concordance_writing import SCHEMA, ConcordanceWriter, packed, unpacked
from citewell.index.database import DatabaseWriter
from citewell.index.soundness import Soundness


def write(file: Path, *texts: str, most_places: int = 1 << 20) -> Path:
    with DatabaseWriter(file, SCHEMA) as rows, ConcordanceWriter(rows, most_places) as writer:
        for text in texts:
            writer.add(text)
    return file


@pytest.mark.parametrize("count", [0, 1, 3, 4, 20, 5000])
def test_places_are_unpacked_as_they_were(count: int) -> None:
    places = np.arange(3 * count, dtype=np.uint32).reshape(-1, 3) * 100
    content = packed(places)
    assert (unpacked(content, count) == places).all()
    assert len(content) <= places.nbytes
    if count:
        with pytest.raises(ValueError, match=r"."):
            unpacked(content[:-1] if count <= 3 else b"x" + content, count)


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, "red blue\n\nred", "blue", most_places=2) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert len(Concordance(ConcordanceFile(first)).blocks) == 2


def test_a_paragraph_that_begins_without_words_is_none_of_another_document(tmp_path: Path) -> None:
    signs = "-" * 70_000
    concordance = Concordance(
        ConcordanceFile(write(tmp_path / "file", "red", f"{signs} blue", f"green\n\n{signs} blue"))
    )
    paragraphs = concordance.block(0).paragraphs.tolist()
    assert [each[0] for each in paragraphs] == [0, 1, 2, 2]
    (red,), blue = concordance.places(0, "red"), concordance.places(0, "blue")
    assert [int(number - red["number"]) for number in blue["number"]] == [2, 6]


def test_a_word_that_goes_on_in_the_next_line_is_inside_its_paragraph_where_lines_are_units(tmp_path: Path) -> None:
    concordance = Concordance(ConcordanceFile(write(tmp_path / "file", "blue- \r\na\nbluea")))
    word, paragraph = concordance.places(0, "bluea")[0], concordance.block(0).paragraphs[0]
    assert (word["start"], word["size"]) == (0, len("blue- \r\na"))
    assert paragraph["start"] == 0
    assert paragraph["end"] == word["size"]


def test_a_large_corpus_is_written_in_blocks_of_bounded_memory(tmp_path: Path) -> None:
    text = "\n\n".join(f"word{nth} and some others stand here" for nth in range(500))
    tracemalloc.start()
    try:
        write(tmp_path / "two", text, text, most_places=2_500)
        twice = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        write(tmp_path / "six", *([text] * 6), most_places=2_500)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * twice
    finally:
        tracemalloc.stop()
    assert sum(len(Concordance(ConcordanceFile(tmp_path / "six")).places(nth, "word7")) for nth in range(6)) == 6


def test_damage_stops_all_answers(tmp_path: Path) -> None:
    file = write(tmp_path / "concordance.sqlite", "red blue " * 50)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE words SET places = x'00' WHERE word = 'red'")
    soundness = Soundness()
    with pytest.raises(IndexDamagedError, match="is damaged"):
        Concordance(ConcordanceFile(file, soundness)).places(0, "red")
    with pytest.raises(IndexDamagedError):
        soundness.check()


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_what_is_no_concordance_is_not_opened(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "concordance.sqlite"
    file.write_bytes(content)
    with pytest.raises(IndexDamagedError):
        Concordance(ConcordanceFile(file))


def test_what_cannot_be_opened_now_is_not_damaged(tmp_path: Path) -> None:
    soundness = Soundness()
    # SQLite says the same when there are too many open files.
    with pytest.raises(IndexUnreadableError):
        Concordance(ConcordanceFile(tmp_path / "concordance.sqlite", soundness))
    soundness.check()
