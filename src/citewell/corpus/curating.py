"""Adds documents to a corpus and removes them, without losing any and without touching anything outside its folder."""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
import threading
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import regex

from citewell.corpus.reading import Excluded, SourceFile, check_corpus, excluding, inspect, suffixes
from citewell.corpus.reading.packing import Inspected
from citewell.errors import CitewellError, UsageError
from citewell.files import make_private, open_private
from citewell.settings import Selection
from citewell.state.folder import StateFolder

# In bytes: what most file systems allow for a name, and a path length that is portable to other systems.
_LONGEST_NAME = 255
_LONGEST_PATH = 1024
_MOST_PARTS = 50
# How many characters of a refused path a message shows.
_SHOWN = 120
_HIDDEN = "."
# The prefix of temporary upload folders, and the age from which one is certainly abandoned.
_INCOMING = ".citewell-"
_LEFT_SECONDS = 24 * 60 * 60
# Not allowed in file names on Windows, where the corpus may be moved.
_RESERVED = '<>:"\\|?*'
# Windows treats these names as devices, whatever the suffix.
_DEVICES = {"AUX", "CON", "CONIN$", "CONOUT$", "NUL", "PRN"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"
}
_UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


class DocumentExistsError(UsageError):
    """The corpus has a document of this name already."""


class NoSuchDocumentError(UsageError):
    """The corpus has no document of this name."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A document that was put into a corpus; ``unchanged`` means that it was there already, byte for byte."""

    document: Inspected
    unchanged: bool = False


class Curator:
    """Adds documents to one corpus and removes them.

    Args:
        corpus: The folder of the corpus.
        index: The folder of its index, where no documents may be put.
        state: Where replaced and removed documents are kept; no documents may be put there, either.
        selection: The settings for what is left out; what they leave out is not put there.
    """

    # Two uploads with names that look the same must not pass the check at the same time.
    _placing = threading.Lock()

    def __init__(self, corpus: Path, index: Path, state: StateFolder, selection: Selection | None = None) -> None:
        self._selection = selection
        self._corpus = corpus
        self._index = index
        self._state = state

    def put(self, path: str, content: BinaryIO, *, replace: bool = False) -> Placed:
        """Add a document after checking that it can be read. A replaced document is kept; the same one is left alone.

        Args:
            path: The path in the corpus, with forward slashes.
            content: The bytes of the file.
            replace: Whether an existing document may be replaced.

        Raises:
            DocumentExistsError: Another document has the name and may not be replaced, or another name looks the same.
            UsageError: The path is not valid for a document, or the corpus is missing.
            ReadingError: The content is not text or is empty.
            CitewellError: The file cannot be written.
        """
        file = self._file(path)
        try:
            rules = excluding(self._corpus, self._selection)
            self._check_read(rules.excluded(path, is_folder=False))
            self._check_look(path)
            # Under a hidden name, which builds skip, until it is complete and known to be a document.
            self._clear_left()
            with tempfile.TemporaryDirectory(prefix=_INCOMING, dir=self._corpus) as folder:
                incoming = Path(folder, f"incoming{file.suffix}")
                with incoming.open("wb") as stream:
                    shutil.copyfileobj(content, stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                self._check_read(rules.too_large(path, incoming.stat().st_size))
                document = inspect(SourceFile(path, incoming))
                return Placed(document, unchanged=not self._place_file(path, incoming, file, replace=replace))
        except OSError as error:
            raise CitewellError(f"{path} cannot be written: {error.strerror}") from error

    def _place_file(self, path: str, incoming: Path, file: Path, *, replace: bool) -> bool:
        """Move an uploaded file to its place, and return whether that changes anything.

        Raises:
            DocumentExistsError: Another document is there and may not be replaced, or another name looks the same.
            OSError: It cannot be moved.
        """
        with self._placing:
            self._check_look(path)
            if file.exists():
                if filecmp.cmp(incoming, file, shallow=False):
                    return False
                if not replace:
                    raise DocumentExistsError(f"the corpus already has {path}")
                self._keep(path, file)
            file.parent.mkdir(parents=True, exist_ok=True)
            incoming.replace(file)
        return True

    def remove(self, path: str) -> Path:
        """Remove a document, and return the path where it is kept.

        Raises:
            NoSuchDocumentError: There is no such document.
            UsageError: The path is not valid for a document, or the corpus is missing.
            CitewellError: The file cannot be removed.
        """
        file = self._file(path)
        if not file.is_file():
            raise NoSuchDocumentError(f"the corpus has no document {path}")
        try:
            kept = self._keep(path, file)
            file.unlink()
        except OSError as error:
            raise CitewellError(f"{path} cannot be removed: {error.strerror}") from error
        return kept

    def kept_since(self, time: str) -> set[str]:
        """Return the paths of documents replaced or removed since a time, in the format of snapshot names."""
        if not self._state.removed.is_dir():
            return set()
        folders = [folder for folder in self._state.removed.iterdir() if folder.name > time]
        return {
            file.relative_to(folder).as_posix() for folder in folders for file in folder.rglob("*") if file.is_file()
        }

    def _file(self, path: str) -> Path:
        """Return the file of a document, after checking its path."""
        check_corpus(self._corpus)
        fault = _fault(path)
        if fault:
            raise UsageError(f"{_shown(path)} {fault}")
        try:
            return self._place(path)
        except OSError as error:
            raise CitewellError(f"{path} cannot be accessed: {error.strerror}") from error

    def _place(self, path: str) -> Path:
        file = self._corpus / path
        # A folder may be a link to elsewhere, or to itself, for which Path.resolve raises RuntimeError.
        real = Path(os.path.realpath(file.parent), file.name)
        if file.is_symlink() or not real.is_relative_to(self._corpus.resolve()):
            raise UsageError(f"{path!r} leads out of the corpus")
        for folder, what in ((self._index, "is inside the index"), (self._state.path, "is inside the state folder")):
            if real.is_relative_to(folder.resolve()):
                raise UsageError(f"{path!r} {what}")
        if file.exists() and not file.is_file():
            raise UsageError(f"{path!r} is not a file")
        for above in PurePosixPath(path).parents:
            if (self._corpus / above).exists() and not (self._corpus / above).is_dir():
                raise UsageError(f"{path!r} is inside {str(above)!r}, which is a document, not a folder")
        return file

    @staticmethod
    def _check_read(excluded: Excluded | None) -> None:
        """Check that no rule leaves a document out.

        Raises:
            UsageError: One does.
        """
        if excluded:
            raise UsageError(f"{_shown(excluded.path)} {excluded.predicate}")

    def _check_look(self, path: str) -> None:
        """Check that no file or folder has another name that looks the same.

        Raises:
            DocumentExistsError: One has.
        """
        folder = self._corpus
        for part in PurePosixPath(path).parts:
            if not folder.is_dir():
                return
            names = set(os.listdir(folder))  # noqa: PTH208 - the spelling on disk, which Path.exists ignores on some systems
            twin = None if part in names else next((name for name in names if _look(name) == _look(part)), None)
            if twin:
                there = (folder / twin).relative_to(self._corpus).as_posix()
                raise DocumentExistsError(
                    f"the corpus already has {there}, whose name looks the same; use that spelling"
                )
            folder /= part

    def _clear_left(self) -> None:
        """Remove uploads of killed processes."""
        for folder in self._corpus.glob(f"{_INCOMING}*"):
            if time.time() - folder.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    def _keep(self, path: str, file: Path) -> Path:
        self._state.create()
        place = self._state.removed / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ") / path
        place.parent.mkdir(parents=True)
        with file.open("rb") as source, open_private(place) as kept:
            shutil.copyfileobj(source, kept)
            kept.flush()
            os.fsync(kept.fileno())
        shutil.copystat(file, place)
        make_private(place)
        return place


def _shown(path: str) -> str:
    return repr(path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…")


def _look(name: str) -> str:
    """Return a form in which names are equal if a reader, or the file system of Windows or macOS, confuses them."""
    seen = name if name.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", name))
    return unicodedata.normalize("NFC", seen.casefold())


def _fault(path: str) -> str | None:
    """Return why a path is not valid for a document, or None."""
    # First, because later checks are slow for long paths.
    if len(path) > _LONGEST_PATH or len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        return f"is longer than {_LONGEST_PATH:,} bytes"
    if path.count("/") >= _MOST_PARTS:
        return f"has more than {_MOST_PARTS} parts"
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or str(pure) != path or ".." in pure.parts:
        return "is not a path inside the corpus"
    if not path.isprintable() or any(character in _RESERVED for character in path):
        return "has characters that are not allowed in file names"
    faults = (fault for part in pure.parts if (fault := _part_fault(part)))
    if fault := next(faults, None):
        return fault
    if pure.suffix.lower() not in suffixes():
        return f"is not in a supported format ({pure.suffix.lower() or 'its name has no suffix'})"
    return None


def _part_fault(part: str) -> str | None:
    """Return why a name is not valid for a file or folder, or None."""
    if part.startswith(_HIDDEN):
        return "is hidden, and hidden files are not read"
    if part != part.strip(" ") or part.endswith("."):
        return "has a part that starts or ends with a space, or ends with a dot"
    if part.partition(".")[0].strip(" ").upper() in _DEVICES:
        return f"has the name of a Windows device ({part})"
    if not _UNSEEN.sub("", PurePosixPath(part).stem).strip():
        return "has an invisible name"
    if len(part.encode("utf-8")) > _LONGEST_NAME:
        return "has a name that is too long"
    return None
