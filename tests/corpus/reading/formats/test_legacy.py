"""Old Word and PowerPoint files are named with what converts them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from citewell.corpus.reading.extract import ReadingOptions
from citewell.corpus.reading.parsing import parse
from citewell.errors import ReadingError
from tests.support.processes import runs
from tests.support.real_files import real_file
from tests.support.waiting import until

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


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script of a shell")
def test_a_converter_that_takes_too_long_ends_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/started\nwait\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("citewell.corpus.reading.formats.legacy._SECONDS", 1)
    with pytest.raises(ReadingError, match="takes more than 1 seconds"):
        parse("a.doc", real_file(WORD[0]).read_bytes(), ReadingOptions(soffice=True))
    until(lambda: not runs(int((tmp_path / "started").read_text())))
