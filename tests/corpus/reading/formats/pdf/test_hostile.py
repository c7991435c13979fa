"""Hostile PDFs: each is read, or refused with a reason, within its limits."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from citewell.corpus.reading.isolation import Readers
from citewell.errors import ReadingError
from tests.corpus.reading.formats.pdf.hostile import LARGE, SMALL
from tests.support.pdfs import extract, texts


@pytest.mark.parametrize("name", SMALL)
def test_the_text_beside_what_is_hostile_is_read(name: str) -> None:
    assert "A page with an ordinary text, which a reader may find or may not find." in texts(extract(SMALL[name]()))


@pytest.mark.parametrize("name", LARGE)
def test_what_needs_too_much_ends_in_its_process(name: str, tmp_path: Path, *, long: bool) -> None:
    if not long:
        pytest.skip("takes minutes; run with --hypothesis-profile=long")
    file = tmp_path / "hostile.pdf"
    file.write_bytes(LARGE[name]())
    readers = Readers(at_once=1)
    with contextlib.suppress(ReadingError):
        assert readers.read("hostile.pdf", file).text
    readers.close()
