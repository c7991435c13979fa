"""Files to documents: what a corpus holds, and the door to the readers, which run in processes of their own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from citewell.document import Document
from citewell.errors import ReadingError
from citewell.reading.isolation import Readers
from citewell.reading.wire import Inspected

# The formats that are read, by their suffixes; `parsing.PARSERS` says by what.
READERS = frozenset({".txt", ".text", ".md", ".markdown"})
_POOL = Readers()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus: its path inside it, with forward slashes, and where it is."""

    path: str
    file: Path


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that is not read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What a corpus folder holds, in order of the paths."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Unread, ...]


def scan(corpus: Path) -> Scan:
    """Find the files of a corpus. Subfolders are read, hidden files and folders are not; links may not lead outside."""
    files: list[SourceFile] = []
    skipped: list[Unread] = []

    def unreadable(error: OSError) -> None:
        skipped.append(Unread(_inside(corpus, Path(str(error.filename))), f"folder cannot be read: {error.strerror}"))

    root = corpus.resolve()
    for folder, folders, names in os.walk(corpus, onerror=unreadable):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in links)
        for name in (*names, *links):
            if name.startswith("."):
                continue
            file = Path(folder, name)
            path = _inside(corpus, file)
            reason = _unwanted(file, root)
            if reason:
                skipped.append(Unread(_printable(path), reason))
            else:
                files.append(SourceFile(path, file))
    return Scan(tuple(sorted(files, key=lambda each: each.path)), tuple(sorted(skipped, key=lambda each: each.path)))


def load_bytes(source: SourceFile) -> bytes:
    """Return a file's bytes.

    Raises:
        ReadingError: The disk or its rights do not give them.
    """
    try:
        return source.file.read_bytes()
    except OSError as error:
        raise ReadingError(f"cannot be read: {error.strerror}") from error


def read(source: SourceFile) -> Document:
    """Read one file, in another process.

    Raises:
        ReadingError: It is not text, holds none, cannot be read, or takes too much; the message is the reason alone.
        CitewellError: No process can be started for it.
    """
    return _POOL.read(source.path, source.file)


def inspect(source: SourceFile) -> Inspected:
    """Read one file only to see that it is a document, and which; its text, which may be long, is not handed over.

    Raises:
        ReadingError: Like `read`.
        CitewellError: Like `read`.
    """
    return _POOL.inspect(source.path, source.file)


def _unwanted(file: Path, root: Path) -> str | None:
    """Return why a file is not read, or None."""
    if file.suffix.lower() not in READERS:
        return f"not a format that Citewell reads ({', '.join(sorted(READERS))})"
    if file.is_symlink():
        if not file.exists():
            return "a link that leads nowhere"
        if not file.resolve().is_relative_to(root):
            return "a link that leads outside the corpus"
    if not file.is_file():
        return "not a regular file"
    if _printable(file.name) != file.name:
        return "its name is not text"
    return None


def _inside(corpus: Path, file: Path) -> str:
    return file.relative_to(corpus).as_posix() if file.is_relative_to(corpus) else file.as_posix()


def _printable(path: str) -> str:
    """Return a path with what is not Unicode in it (undecodable bytes) made visible."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
