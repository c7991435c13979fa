"""Which reader a file has, and when a document has to be read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell.corpus.reading import registry
from citewell.corpus.reading.extract import AS_USUAL, Extract, FormatReader, RawBlock, ReadingOptions, Source
from citewell.corpus.reading.parsing import parse
from citewell.document import UnreadPart
from citewell.errors import CitewellError, ReadingError


def _read(source: Source) -> Extract:
    return Extract((RawBlock("prose", (f"{len(source.data)} bytes.",)),))


STARS = FormatReader("stars", 3, frozenset({".star"}), _read, lambda data: data.startswith(b"***\x00"), is_binary=True)


class _Entry:
    name = "stars"

    def __init__(self, found: object) -> None:
        self._found = found

    def load(self) -> object:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    _add(monkeypatch, STARS)


def _add(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda group: [_Entry(found)] if group == "citewell.readers" else [])
    monkeypatch.setattr(registry, "readers", registry.readers.__wrapped__)


@pytest.mark.usefixtures("added")
def test_another_package_adds_a_reader() -> None:
    assert ".star" in registry.suffixes()
    document = parse("a.star", b"***\x00night")
    assert (document.text, document.reader, document.warnings) == ("9 bytes.", "stars 3", ())


@pytest.mark.usefixtures("added")
def test_a_wrong_suffix_is_read_as_what_the_file_is_and_said() -> None:
    document = parse("a.txt", b"***\x00night")
    assert (document.reader, document.warnings) == ("stars 3", ("is named .txt but is stars",))
    document = parse("a.star", b"Only words.\n")
    assert (document.text, document.warnings) == ("Only words.\n", ("is named .star but is plain text",))


def test_a_part_on_which_a_reader_fails_does_not_cost_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(source: Source) -> Extract:
        raise KeyError(source.path)

    _add(monkeypatch, FormatReader("stars", 3, frozenset({".star"}), failing, lambda data: data.startswith(b"***")))
    head = "From: Ada <ada@depot.example>\nSubject: Stars\n"
    parts = "--b\n\nSee the stars.\n--b\nContent-Disposition: attachment; filename=a.star\n\n***\n--b--\n"
    document = parse("mail.eml", f"{head}Content-Type: multipart/mixed; boundary=b\n\n{parts}".encode())
    assert "See the stars." in document.text
    assert document.unread == (UnreadPart("a.star", "the reader failed: KeyError"),)
    with pytest.raises(KeyError):
        parse("a.star", b"***")


@pytest.mark.parametrize("found", [ImportError("nothing"), object()])
def test_a_reader_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch, found: object) -> None:
    _add(monkeypatch, found)
    with pytest.raises(CitewellError, match="stars"):
        registry.readers()


def test_no_reader_is_a_reason() -> None:
    with pytest.raises(ReadingError, match="in no format that is read"):
        parse("a.unknown", b"Words.")


def test_a_new_version_of_a_reader_reads_its_documents_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _add(monkeypatch, STARS)
    kept = registry.kept_as(STARS, Extract(()), AS_USUAL)
    assert registry.is_current(kept, AS_USUAL)
    assert not registry.is_current("stars 2", AS_USUAL)
    assert not registry.is_current("gone 1", AS_USUAL)


def test_ocr_is_part_of_how_a_document_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    _add(monkeypatch, STARS)
    monkeypatch.setattr(registry, "lacking", lambda _language: "tesseract, which is not installed")
    wanted = registry.kept_as(STARS, Extract((), ocr="wanted"), AS_USUAL)
    used = registry.kept_as(STARS, Extract((), ocr="used"), AS_USUAL)
    assert registry.is_current(wanted, AS_USUAL)
    assert registry.is_current(used, AS_USUAL)
    assert not registry.is_current(used, ReadingOptions(ocr_language="deu"))
    assert not registry.is_current(used, ReadingOptions(ocr=False))
    assert registry.is_current(used, ReadingOptions(ocr_pages=200))
    partly = registry.kept_as(STARS, Extract((), ocr="partly"), AS_USUAL)
    assert registry.is_current(partly, AS_USUAL)
    assert not registry.is_current(partly, ReadingOptions(ocr_pages=200))
    monkeypatch.setattr(registry, "lacking", lambda _language: None)
    assert not registry.is_current(wanted, AS_USUAL)
    assert registry.is_current(wanted, ReadingOptions(ocr=False))


def test_a_program_is_there_if_it_is_installed_and_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    allowed = ReadingOptions(soffice=True)
    assert not registry.is_there("soffice", allowed)
    for name in ("soffice", "soffice.exe"):
        (tmp_path / name).touch(mode=0o700)
    assert registry.is_there("soffice", allowed)
    assert not registry.is_there("soffice", AS_USUAL)


def test_the_beginning_of_an_archive_is_no_plain_text() -> None:
    assert registry.choose(".docx", b"PK\x03\x04 cut after the first words")[0].name == "docx"
    assert registry.choose(".rtf", b"A plain text. It has two sentences.")[0].name == "plain"
