"""Lists which files of a corpus are read, and why the others are not. No file is opened."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from citewell.errors import UnavailableError, UsageError
from citewell.text import own_words
from citewell.text.fact_names import TABLE

_HIDDEN = "."


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus: its path in the corpus, with forward slashes, and its real path."""

    path: str
    file: Path


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that is not read, and why.

    ``temporary`` means that it is temporarily unavailable; its content is unknown.
    """

    path: str
    reason: str
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """The files of a corpus folder, sorted by path."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Unread, ...]


def check_corpus(corpus: Path) -> None:
    """Check that a corpus is a folder.

    Raises:
        UsageError: It is not, or cannot be accessed.
    """
    try:
        there = corpus.is_dir()
    except OSError as error:
        raise UsageError(f"the corpus {corpus} cannot be read: {error.strerror}") from error
    if not there:
        raise UsageError(f"the corpus {corpus} is not a folder")


def find_files(corpus: Path, formats: Collection[str]) -> Scan:
    """List the files of a corpus, including subfolders, without hidden files and folders; links may not lead outside.

    The file of the house's own words and the table of facts are no documents.

    Args:
        corpus: The folder.
        formats: The suffixes of files that can be read, in lower case.
    """
    files: list[SourceFile] = []
    skipped: list[Unread] = []

    def unreadable(error: OSError) -> None:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return
        path = _printable(_inside(corpus, Path(str(error.filename))))
        skipped.append(Unread(path, f"folder cannot be read: {error.strerror}", temporary=True))

    root = corpus.resolve()
    for folder, folders, names in os.walk(corpus, onerror=unreadable):
        _drop_unwanted(Path(folder), folders, names)
        for name in names:
            file = Path(folder, name)
            path = _inside(corpus, file)
            if path in (own_words.FILE, TABLE):
                continue
            unread = _unwanted(file, path, root, formats)
            if unread:
                skipped.append(unread)
            else:
                files.append(SourceFile(path, file))
    return Scan(tuple(sorted(files, key=lambda each: each.path)), tuple(sorted(skipped, key=lambda each: each.path)))


def digest_of(source: SourceFile) -> str:
    """Return the SHA-256 of a file's bytes, read in chunks.

    Raises:
        UnavailableError: The file cannot be read.
    """
    try:
        with source.file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnavailableError(error) from error


def _drop_unwanted(folder: Path, folders: list[str], names: list[str]) -> None:
    """Keep the folders to descend into, and the names to check; links to folders are checked like files."""
    names[:] = [name for name in names if not name.startswith(_HIDDEN)]
    names.extend(name for name in folders if not name.startswith(_HIDDEN) and _closed(Path(folder, name)))
    folders[:] = sorted(name for name in folders if not name.startswith(_HIDDEN) and name not in names)


def _closed(folder: Path) -> bool:
    """Return whether not to descend into a folder; one that cannot be accessed is not entered, either."""
    try:
        return folder.is_symlink() or _printable(folder.name) != folder.name
    except OSError:
        return True


def _unwanted(file: Path, path: str, root: Path, formats: Collection[str]) -> Unread | None:
    """Return why a file is not read, or None."""
    try:
        reason = _fault(file, root, formats)
    except OSError as error:
        # Its type is unknown; it may be a document or a folder of documents.
        return Unread(_printable(path), f"cannot be read: {error.strerror}", temporary=True)
    return Unread(_printable(path), reason) if reason else None


def _fault(file: Path, root: Path, formats: Collection[str]) -> str | None:
    if _printable(file.name) != file.name:
        return "its name is not text"
    if file.is_symlink() and (reason := _link_fault(file, root)):
        return reason
    if file.suffix.lower() not in formats:
        return f"not a supported format ({file.suffix.lower() or 'its name has no suffix'})"
    if not stat.S_ISREG(file.stat().st_mode):
        return "not a regular file"
    return None


def _link_fault(link: Path, root: Path) -> str | None:
    """Return why a link is not followed, or None."""
    if not link.exists():
        return "a link that leads nowhere"
    # Not Path.resolve, which raises RuntimeError for a link to itself.
    outside = not Path(os.path.realpath(link)).is_relative_to(root)
    if link.is_dir():
        return "a link to a folder outside the corpus" if outside else "a link to a folder, which is not followed"
    return "a link that leads outside the corpus" if outside else None


def _inside(corpus: Path, file: Path) -> str:
    return file.relative_to(corpus).as_posix() if file.is_relative_to(corpus) else file.as_posix()


def _printable(path: str) -> str:
    """Return a path with undecodable bytes escaped."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
