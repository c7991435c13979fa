"""Lists which files of a corpus are read, and why the others are not.

Only a file whose name says nothing is opened, and of that only the beginning is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from citewell.corpus.reading.entries import (
    beginning,
    is_closed,
    is_folder_entry,
    is_printable,
    link_fault,
    plain,
    printable,
)
from citewell.corpus.reading.excluding import Excluding, suffix_of
from citewell.corpus.reading.listing import KnownFolders, Listing, stamp_of_entries
from citewell.corpus.reading.rules import Excluded
from citewell.corpus.reading.usual_rules import may_be_usual
from citewell.errors import UnavailableError, UsageError
from citewell.files import Stamp, stamp_of
from citewell.text import own_words
from citewell.text.fact_names import TABLE

# What is ours has names that start with this.
OURS = ".citewell"
_NO_DOCUMENTS = frozenset({own_words.FILE, TABLE})
_PATH = attrgetter("path")
# An entry of a folder, and whether it is a folder, or a link to one.
_Entry = tuple[os.DirEntry[str], bool]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus: its path in the corpus, with forward slashes, and its real path.

    ``stamp`` is what the file system said of it when it was listed; None if nobody has asked.
    """

    path: str
    place: str | Path
    stamp: Stamp | None = None

    @property
    def file(self) -> Path:
        """The real path."""
        return Path(self.place)


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
    """The files of a corpus folder, sorted by path; ``faults`` is what is wrong with rules, which are not used then.

    If folders are known, those of their documents that are as they were are not in ``files``, and ``listings`` has what was
    found in the other folders ("" or "a/b/").
    """

    files: tuple[SourceFile, ...]
    skipped: tuple[Unread, ...]
    excluded: tuple[Excluded, ...] = ()
    faults: tuple[str, ...] = ()
    listings: dict[str, Listing] = field(default_factory=dict)


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
    folders: KnownFolders | None = None,
) -> Scan:
    """List the files of a corpus, including subfolders, without what rules leave out; links may not lead outside.

    The file of the house's own words, the table of facts and the files of rules are no documents.

    Args:
        corpus: The folder.
        formats: The suffixes of files that can be read, in lower case.
        excluding: The rules.
        is_known: Whether a file with another suffix may be read nevertheless, given its beginning.
        folders: What is known of folders; None is nothing, and nothing is noted of them.
    """
    return _Scanner(corpus, formats, excluding, is_known, folders).scan()


class _Scanner:
    """Walks through one corpus, and notes what it finds.

    Of 100,000 files, each call of the system and each `Path` is noticed: a file costs one ``stat``, whose result is kept.
    """

    def __init__(
        self,
        corpus: Path,
        formats: Collection[str],
        excluding: Excluding,
        is_known: Callable[[bytes], bool],
        folders: KnownFolders | None,
    ) -> None:
        self._corpus = corpus
        self._root = corpus.resolve()
        self._formats = formats
        self._excluding = excluding
        self._is_known = is_known
        self._folders = folders
        self._listings: dict[str, Listing] = {}
        self._files: list[SourceFile] = []
        self._skipped: list[Unread] = []
        self._excluded: list[Excluded] = []

    def scan(self) -> Scan:
        # Folders above others come first, and folders beside each other in the order of their names.
        waiting = [""]
        while waiting:
            inside = waiting.pop()
            folders = self._scan_folder(inside)
            waiting.extend(f"{inside}{name}/" for name in sorted(folders, reverse=True))
        return Scan(
            tuple(sorted(self._files, key=_PATH)),
            tuple(sorted(self._skipped, key=_PATH)),
            tuple(sorted(self._excluded, key=_PATH)),
            tuple(self._excluding.faults),
            # A rule may have been found to be faulty only in a later folder.
            {} if self._excluding.faults else self._listings,
        )

    def _scan_folder(self, inside: str) -> list[str]:
        """Note the files of a folder of the corpus ("" or "a/b/"), and return the names of the folders to descend into."""
        try:
            with os.scandir(self._corpus / inside) as entries:
                every = [*entries]
        except OSError as error:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                self._note_folder(inside, str(error.strerror))
            return []
        first = len(self._files)
        try:
            stamp, known = self._as_known(inside, every)
            others = self._not_plain(inside, every) if known is None else _named(every, known)
            wanted = self._without_excluded(inside, [(entry, is_folder_entry(entry)) for entry in others])
        except OSError as error:
            # Without its rules, nobody knows what of it is a document.
            self._note_folder(inside, f"its rules: {error.strerror}")
            return []
        open_folders = {entry.name for entry, is_folder in wanted if is_folder and not is_closed(entry)}
        for entry, _ in wanted:
            if entry.name not in open_folders:
                self._note(entry, f"{inside}{entry.name}")
        if stamp and known is None:
            self._listings[inside] = self._listing(stamp, inside, every, self._files[first:])
        return [*open_folders]

    def _as_known(self, inside: str, entries: list[os.DirEntry[str]]) -> tuple[str, Collection[str] | None]:
        """Return the stamp of a folder, and the names of what has to be looked at if the rest is as it was.

        Raises:
            OSError: Its rules cannot be read.
        """
        if self._folders is None:
            return "", None
        stamp = stamp_of_entries(entries, self._excluding.identity(inside.rstrip("/")))
        return stamp, self._folders.others(inside, stamp) if stamp else None

    def _listing(self, stamp: str, inside: str, entries: list[os.DirEntry[str]], files: list[SourceFile]) -> Listing:
        names = {entry.name for entry in entries}
        # Where a link leads, and how a file begins, may change without a change in this folder.
        sure = {entry.name for entry in entries if suffix_of(entry.name) in self._formats and not entry.is_symlink()}
        documents = tuple(each.path for each in files if each.path[len(inside) :] in sure)
        return Listing(stamp, documents, frozenset(names.difference(path[len(inside) :] for path in documents)))

    def _not_plain(self, inside: str, entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """Note the files of a folder that certainly are documents, as nearly all are, and return what has to be looked at.

        Raises:
            OSError: The rules of the folder cannot be read.
        """
        if self._excluding.has_rules(inside.rstrip("/")):
            return entries
        formats, is_small, files = self._formats, self._excluding.is_small, self._files
        others = []
        for entry in entries:
            name = entry.name
            path = f"{inside}{name}"
            is_usual = name[0] != "." and name[name.rfind(".") :] in formats and not may_be_usual(name)
            found = plain(entry) if is_usual and path not in _NO_DOCUMENTS else None
            if found and is_small(found.st_size):
                files.append(SourceFile(path, entry.path, stamp_of(found)))
            else:
                others.append(entry)
        return others

    def _note(self, entry: os.DirEntry[str], path: str) -> None:
        if path in _NO_DOCUMENTS:
            return
        try:
            reason = self._name_fault(entry)
            found = None if reason else entry.stat()
            if found:
                reason = self._format_fault(entry, stat.S_ISREG(found.st_mode))
        except OSError as error:
            # Its type is unknown; it may be a document or a folder of documents.
            self._skipped.append(Unread(printable(path), f"cannot be read: {error.strerror}", temporary=True))
            return
        if reason or not found:
            self._skipped.append(Unread(printable(path), str(reason)))
        elif too_large := self._excluding.too_large(path, found.st_size):
            self._excluded.append(too_large)
        else:
            self._files.append(SourceFile(path, entry.path, stamp_of(found)))

    def _name_fault(self, entry: os.DirEntry[str]) -> str | None:
        """Return why a name is not that of a file to read, or None."""
        if not is_printable(entry.name):
            return "its name is not text"
        return link_fault(Path(entry.path), self._root) if entry.is_symlink() else None

    def _format_fault(self, entry: os.DirEntry[str], is_regular: bool) -> str | None:  # noqa: FBT001 - of the same file
        suffix = suffix_of(entry.name)
        if suffix not in self._formats and not (is_regular and self._is_known(beginning(entry.path))):
            return f"not a supported format ({suffix or 'its name has no suffix'})"
        return None if is_regular else "not a regular file"

    def _note_folder(self, inside: str, reason: str) -> None:
        path = printable(inside.rstrip("/") or ".")
        self._skipped.append(Unread(path, f"folder cannot be read: {reason}", temporary=True))

    def _without_excluded(self, inside: str, found: Sequence[_Entry]) -> list[_Entry]:
        """Return what rules do not leave out of a folder, and note the rest.

        Raises:
            OSError: Its rules cannot be read.
        """
        # Files of rules, and uploads that are not complete, are no documents, whatever the rules say.
        ours = [each for each in found if not each[0].name.startswith(OURS)]
        ours.sort(key=lambda each: not each[1])
        return [each for each in ours if not self._is_excluded(*each, f"{inside}{each[0].name}")]

    def _is_excluded(self, entry: os.DirEntry[str], is_folder: bool, path: str) -> bool:  # noqa: FBT001 - a pair
        rule = self._excluding.rule_of(path, is_folder=is_folder and not entry.is_symlink())
        if rule is None:
            return False
        shown = printable(path)
        self._excluded.append(Excluded(f"{shown}/" if is_folder else shown, rule, str(rule)))
        return True


def _named(entries: list[os.DirEntry[str]], names: Collection[str]) -> list[os.DirEntry[str]]:
    return [each for each in entries if each.name in names] if names else []


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
