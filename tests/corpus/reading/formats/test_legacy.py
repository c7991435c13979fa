"""Old Word and PowerPoint files are named with what converts them."""

from __future__ import annotations

import shutil

import pytest

from citewell.corpus.reading.extract import ReadingOptions
from citewell.corpus.reading.parsing import parse
from citewell.errors import ReadingError
from tests.support.real_files import real_file

WORD = ["unstructured/fake.doc", "unstructured/duplicate-paragraphs.doc"]


@pytest.mark.parametrize("name", WORD)
def test_an_old_word_file_is_named_with_what_converts_it(name: str) -> None:
    with pytest.raises(ReadingError, match=r"Word before 2007.*save it as \.docx.*--convert-to docx") as refused:
        parse("a.doc", real_file(name).read_bytes())
    assert refused.value.lacks == "soffice"


def test_a_wrong_suffix_changes_nothing() -> None:
    with pytest.raises(ReadingError, match="Word before 2007"):
        parse("a.txt", real_file(WORD[0]).read_bytes())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_converts_it_where_it_is_allowed() -> None:
    document = parse("a.doc", real_file(WORD[0]).read_bytes(), ReadingOptions(soffice=True))
    assert len(document.text) > 20
    assert "was converted by LibreOffice" in document.warnings


def test_a_text_with_an_old_suffix_is_a_text() -> None:
    document = parse("notes.doc", b"Only words, and no Word.\n")
    assert document.text == "Only words, and no Word.\n"
    assert document.warnings == ("is named .doc but is plain text",)


def test_half_a_file_is_a_reason() -> None:
    with pytest.raises(ReadingError):
        parse("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
