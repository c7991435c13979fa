"""Hostile PDFs: each is read, or refused with a reason, within its limits."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from citewell.corpus.reading.isolation import Readers
from citewell.errors import ReadingError
from tests.corpus.reading.formats.pdf.hostile import LARGE, SMALL
from tests.support.pdfs import Pdf, extract, paragraph, texts


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


def test_damaged_bytes_are_read_or_refused(*, long: bool) -> None:
    chance = random.Random(7)
    data = Pdf([paragraph(60, 200, ["A line of text."] * 9) for _ in range(3)], info={"Title": "Lines"}).data()
    for _ in range(3000 if long else 100):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 5, 30])):
            at = chance.randrange(len(damaged))
            if chance.random() < 0.6:
                damaged[at] = chance.randrange(256)
            else:
                del damaged[at : at + chance.randrange(1, 60)]
        with contextlib.suppress(ReadingError):
            extract(bytes(damaged))
