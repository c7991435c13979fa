"""Shared by the formats: file names, texts with stable offsets, and errors that name the place."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from citewell.corpus.reading.decoding import decode
from citewell.errors import QuestionError, ReadingError, first_fault
from citewell.files import write_atomically

# Some sets use numbers as ids; ours are strings.
Name = Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)]

# Names that every file system preserves. They have no tilde, so they never equal a name made below.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_ODD = re.compile(r"[^a-z0-9_-]+")
_LONGEST = 60
# Windows reserves these for devices, with any suffix.
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
# Control characters, which make our reader treat a file as binary, and the byte order mark, which it removes.
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f\ufeff]")


class Entry(BaseModel):
    """Part of another tool's file; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


EntryType = TypeVar("EntryType", bound=Entry)


def file_name(name: str) -> str:
    """Return the file name for a document with the id ``name``.

    It depends only on the id, so it does not change when other documents are added or removed. Ids that differ only in case or
    in characters that file systems do not allow give different names on every system.
    """
    if _PLAIN.fullmatch(name) and not _DEVICES.fullmatch(name):
        return f"{name}.txt"
    legible = _ODD.sub("-", name.lower())[:_LONGEST].strip("-_") or "document"
    return f"{legible}~{hashlib.sha256(name.encode('utf-8')).hexdigest()[:16]}.txt"


def readable(text: str) -> str:
    """Return a text of the same length without the characters that make our reader reject or shorten its file."""
    return _UNREADABLE.sub(" ", text)


def write_corpus(documents: Mapping[str, str], folder: Path) -> None:
    """Write documents to a corpus folder unchanged, so that offsets into them are valid.

    Args:
        documents: The text of each document by relative path.
        folder: The folder; created if missing; files of the same name are replaced.

    Raises:
        QuestionError: A path leads outside the folder, or a text would not be read back unchanged. Nothing is written then.
    """
    root = folder.resolve()
    contents: dict[Path, bytes] = {}
    for path, text in documents.items():
        file = root / path
        if not file.resolve().is_relative_to(root):
            raise QuestionError(f"the document {path!r} would be written outside {folder}", hint="use another path")
        contents[file] = _bytes(path, text)
    for file, content in contents.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content, private=False)


def read_text(file: Path) -> str:
    """Return the text of a file.

    Raises:
        QuestionError: It cannot be read or is not UTF-8.
    """
    try:
        # As bytes, because text mode translates line ends, which offsets count.
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise QuestionError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"{file} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error


def read_entries(file: Path, kind: type[EntryType]) -> Iterator[tuple[int, EntryType]]:
    """Yield the entries of a JSON Lines file with their line numbers, counted from 1.

    Raises:
        QuestionError: The file cannot be read, or a line is invalid; the message names the line and the field.
    """
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if content.strip():
                    yield number, parse(content, kind, f"{file}, line {number}")
    except OSError as error:
        raise QuestionError(f"{file} cannot be read: {error.strerror}") from error


def parse(content: bytes | str, kind: type[EntryType], where: str) -> EntryType:
    """Create an entry from JSON.

    Raises:
        QuestionError: It is invalid; the message starts with ``where`` and names the field.
    """
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise QuestionError(first_fault(where, error)) from error


def _bytes(path: str, text: str) -> bytes:
    try:
        content = text.encode("utf-8")
        decoded = decode(content)
    except (UnicodeEncodeError, ReadingError) as error:
        raise QuestionError(f"the document {path!r} is not text: {error}") from error
    if decoded.warnings:
        raise QuestionError(f"the document {path!r} is not text: {'; '.join(decoded.warnings)}")
    if decoded.text != text:
        raise QuestionError(f"the document {path!r} starts with a byte order mark", hint="remove it")
    return content
