"""Lists which files of a corpus are read, and why the others are not.

Only a file whose name says nothing is opened, and of that only the beginning is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from citewell.corpus.reading.excluding import Excluding
from citewell.corpus.reading.rules import Excluded
from citewell.errors import UnavailableError, UsageError
from citewell.text import own_words
from citewell.text.fact_names import TABLE

# What is ours has names that start with this.
OURS = ".citewell"
_BEGINNING = 2_048


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
    """The files of a corpus folder, sorted by path; ``faults`` is what is wrong with rules, which are not used then."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Unread, ...]
    excluded: tuple[Excluded, ...] = ()
    faults: tuple[str, ...] = ()


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
        raise UsageError(
            f"{corpus} is not a folder with documents",
            hint="name one with --corpus, or try the documents of citewell example",
        )


def find_files(
    corpus: Path,
    formats: Collection[str],
    excluding: Excluding,
    is_known: Callable[[bytes], bool] = lambda _head: False,
) -> Scan:
    """List the files of a corpus, including subfolders, without what rules leave out; links may not lead outside.

    The file of the house's own words, the table of facts and the files of rules are no documents.

    Args:
        corpus: The folder.
        formats: The suffixes of files that can be read, in lower case.
        excluding: The rules.
        is_known: Whether a file with another suffix may be read nevertheless, given its beginning.
    """
    return _Scanner(corpus, formats, excluding, is_known).scan()


class _Scanner:
    """Walks through one corpus, and notes what it finds."""

    def __init__(
        self, corpus: Path, formats: Collection[str], excluding: Excluding, is_known: Callable[[bytes], bool]
    ) -> None:
        self._corpus = corpus
        self._root = corpus.resolve()
        self._formats = formats
        self._excluding = excluding
        self._is_known = is_known
        self._files: list[SourceFile] = []
        self._skipped: list[Unread] = []
        self._excluded: list[Excluded] = []

    def scan(self) -> Scan:
        for name, folders, names in os.walk(self._corpus, onerror=self._note_unreadable):
            folder = Path(name)
            try:
                self._drop_excluded(folder, folders, names)
            except OSError as error:
                # Without its rules, nobody knows what of it is a document.
                self._note_folder(folder, f"its rules: {error.strerror}")
                folders[:] = names[:] = []
            _drop_unwanted(folder, folders, names)
            for each in names:
                self._note(folder / each)
        return Scan(
            tuple(sorted(self._files, key=lambda each: each.path)),
            tuple(sorted(self._skipped, key=lambda each: each.path)),
            tuple(sorted(self._excluded, key=lambda each: each.path)),
            tuple(self._excluding.faults),
        )

    def _note(self, file: Path) -> None:
        path = _inside(self._corpus, file)
        if path in (own_words.FILE, TABLE):
            return
        unread = _unwanted(file, path, self._root, self._formats, self._is_known)
        too_large = None if unread else self._excluding.too_large(path, _size(file))
        if unread:
            self._skipped.append(unread)
        elif too_large:
            self._excluded.append(too_large)
        else:
            self._files.append(SourceFile(path, file))

    def _note_unreadable(self, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            self._note_folder(Path(str(error.filename)), str(error.strerror))

    def _note_folder(self, folder: Path, reason: str) -> None:
        path = _printable(_inside(self._corpus, folder))
        self._skipped.append(Unread(path, f"folder cannot be read: {reason}", temporary=True))

    def _drop_excluded(self, folder: Path, folders: list[str], names: list[str]) -> None:
        """Take away what rules leave out of a folder, and note it.

        Raises:
            OSError: Its rules cannot be read.
        """
        for listed, is_folder in ((folders, True), (names, False)):
            # Files of rules, and uploads that are not complete, are no documents, whatever the rules say.
            ours = [name for name in listed if not name.startswith(OURS)]
            listed[:] = [name for name in ours if not self._is_excluded(folder / name, is_folder=is_folder)]

    def _is_excluded(self, file: Path, *, is_folder: bool) -> bool:
        path = _inside(self._corpus, file)
        is_link = is_folder and file.is_symlink()
        rule = self._excluding.rule_of(path, is_folder=is_folder and not is_link)
        if rule is None:
            return False
        shown = _printable(path)
        self._excluded.append(Excluded(f"{shown}/" if is_folder else shown, rule, str(rule)))
        return True


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
    closed = {name for name in folders if _closed(Path(folder, name))}
    names.extend(sorted(closed))
    folders[:] = sorted(name for name in folders if name not in closed)


def _closed(folder: Path) -> bool:
    """Return whether not to descend into a folder; one that cannot be accessed is not entered, either."""
    try:
        return folder.is_symlink() or _printable(folder.name) != folder.name
    except OSError:
        return True


def _unwanted(
    file: Path, path: str, root: Path, formats: Collection[str], is_known: Callable[[bytes], bool]
) -> Unread | None:
    """Return why a file is not read, or None."""
    try:
        reason = _fault(file, root, formats, is_known)
    except OSError as error:
        # Its type is unknown; it may be a document or a folder of documents.
        return Unread(_printable(path), f"cannot be read: {error.strerror}", temporary=True)
    return Unread(_printable(path), reason) if reason else None


def _fault(file: Path, root: Path, formats: Collection[str], is_known: Callable[[bytes], bool]) -> str | None:
    if _printable(file.name) != file.name:
        return "its name is not text"
    if file.is_symlink() and (reason := _link_fault(file, root)):
        return reason
    is_regular = stat.S_ISREG(file.stat().st_mode)
    if file.suffix.lower() not in formats and not (is_regular and is_known(_beginning(file))):
        return f"not a supported format ({file.suffix.lower() or 'its name has no suffix'})"
    return None if is_regular else "not a regular file"


def _beginning(file: Path) -> bytes:
    """Return the first bytes of a file; none if it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(_BEGINNING)
    except OSError:
        return b""


def _link_fault(link: Path, root: Path) -> str | None:
    """Return why a link is not followed, or None."""
    if not link.exists():
        return "a link that leads nowhere"
    # Not Path.resolve, which raises RuntimeError for a link to itself.
    outside = not Path(os.path.realpath(link)).is_relative_to(root)
    if link.is_dir():
        return "a link to a folder outside the corpus" if outside else "a link to a folder, which is not followed"
    return "a link that leads outside the corpus" if outside else None


def _size(file: Path) -> int:
    """Return the size of a file; 0 if unknown, because reading it will report the error."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _inside(corpus: Path, file: Path) -> str:
    """Return the path of a file in the corpus; of another file, its own."""
    root, name = f"{corpus}{os.sep}", str(file)
    # Of many files, this would be the slowest part of a scan by `Path`, which is needed where the corpus is ".".
    if name.startswith(root):
        return name[len(root) :].replace(os.sep, "/")
    return file.relative_to(corpus).as_posix() if file.is_relative_to(corpus) else file.as_posix()


def _printable(path: str) -> str:
    """Return a path with undecodable bytes escaped."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
