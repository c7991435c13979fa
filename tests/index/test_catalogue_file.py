"""Texts in a catalogue are compressed: one that is not as it was written is damage, however it is damaged."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from citewell.errors import IndexDamagedError
from citewell.index import catalogue_file
from citewell.index.catalogue_file import CatalogueFile
from citewell.index.cataloguing import CatalogueWriter
from citewell.index.database import DatabaseWriter
from citewell.index.stored import StoredDocument

TEXTS = ["", "a", "Otters eat fish. 獺は魚を食べる。🦦" * 9, "🦦" * 999]


def written(file: Path) -> Path:
    with DatabaseWriter(file, catalogue_file.SCHEMA, catalogue_file.CHANGED) as rows:
        writer = CatalogueWriter(rows)
        for nth, text in enumerate(TEXTS):
            writer.add(StoredDocument(f"{nth}.txt", "Otters", "0" * 64, text, ()), ())
        writer.close()
    return file


def texts(file: Path) -> Iterator[str]:
    found = CatalogueFile(file)
    yield from (found.text(nth, found.listing.text_seal(nth)) for nth in range(len(TEXTS)))


def test_texts_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert list(texts(written(tmp_path / "catalogue.sqlite"))) == TEXTS


@pytest.mark.parametrize(
    "content",
    [None, "text", b"", b"none", zlib.compress(b"\xff"), zlib.compress(b"x" * 1_000_000), zlib.compress(b"other")],
    ids=["nothing", "a text", "empty", "not compressed", "not UTF-8", "too long", "another"],
)
def test_a_text_that_has_changed_is_damage(tmp_path: Path, content: object) -> None:
    file = written(tmp_path / "catalogue.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE documents SET text = coalesce(?, 0) WHERE ordinal = 2", [content])
        connection.commit()
    with pytest.raises(IndexDamagedError, match="the text of document 2 has changed"):
        list(texts(file))
