"""Curating a corpus: documents put in and taken out, so that nothing is lost and nothing outside its folder is touched."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import regex

from citewell.corpus.reading import READERS, SourceFile, check_corpus, inspect
from citewell.corpus.reading.wire import Inspected
from citewell.errors import CitewellError, UsageError
from citewell.files import make_private, open_private
from citewell.state.folder import StateFolder

# In bytes, of a name as most file systems have it, and of a path short enough to be moved to another system.
_LONGEST_NAME = 255
_LONGEST_PATH = 1024
_MOST_PARTS = 50
# How much of a path that is refused is said.
_SHOWN = 120
_HIDDEN = "."
# Where a document is until it is known to be one, and after how long it cannot be coming in any more.
_INCOMING = ".citewell-"
_LEFT_SECONDS = 24 * 60 * 60
# Windows takes none of these in a name, and a corpus may be moved there.
_RESERVED = '<>:"\\|?*'
# Nor is anything a file there whose name is a device's, whatever suffixes follow.
_DEVICES = {"AUX", "CON", "CONIN$", "CONOUT$", "NUL", "PRN"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"
}
_UNSEEN = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


class OccupiedError(UsageError):
    """There is a document of this name already."""


class NotThereError(UsageError):
    """There is no document of this name."""


class Curator:
    """Puts documents into one corpus and takes them out.

    Args:
        corpus: The folder of the corpus.
        index: The folder of its index, which holds no documents.
        state: Where what is replaced or removed is kept; nor does that.
    """

    # Two that look the same must not both find that there is none.
    _placing = threading.Lock()

    def __init__(self, corpus: Path, index: Path, state: StateFolder) -> None:
        self._corpus = corpus
        self._index = index
        self._state = state

    def put(self, path: str, content: BinaryIO, *, replace: bool = False) -> Inspected:
        """Put a document in, once it has been seen that it can be read. What it replaces is kept.

        Args:
            path: Where in the corpus, with forward slashes.
            content: The bytes of the file.
            replace: Whether a document of this name may be replaced.

        Raises:
            OccupiedError: There is one of this name, and it may not be replaced; or one whose name looks the same.
            UsageError: The path is none for a document, or the corpus is not there.
            ReadingError: The content is not text, or holds none.
            CitewellError: The disk does not take it.
        """
        file = self._file(path)
        try:
            self._check_free(path, file, replace=replace)
            # Under a hidden name, which no build reads, until it is whole and known to be a document.
            self._clear_left()
            with tempfile.TemporaryDirectory(prefix=_INCOMING, dir=self._corpus) as folder:
                incoming = Path(folder, f"incoming{file.suffix}")
                with incoming.open("wb") as stream:
                    shutil.copyfileobj(content, stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                document = inspect(SourceFile(path, incoming))
                with self._placing:
                    self._check_free(path, file, replace=replace)
                    if file.exists():
                        self._keep(path, file)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    incoming.replace(file)
        except OSError as error:
            raise CitewellError(f"{path} cannot be written: {error.strerror}") from error
        return document

    def remove(self, path: str) -> Path:
        """Take a document out, and return where it is kept.

        Raises:
            NotThereError: There is none of this name.
            UsageError: The path is none of a document, or the corpus is not there.
            CitewellError: The disk does not allow it.
        """
        file = self._file(path)
        if not file.is_file():
            raise NotThereError(f"the corpus holds no document {path}")
        try:
            kept = self._keep(path, file)
            file.unlink()
        except OSError as error:
            raise CitewellError(f"{path} cannot be removed: {error.strerror}") from error
        return kept

    def kept_since(self, time: str) -> set[str]:
        """Return the paths of what was replaced or removed since a time, written as snapshots are named."""
        if not self._state.removed.is_dir():
            return set()
        folders = [folder for folder in self._state.removed.iterdir() if folder.name > time]
        return {
            file.relative_to(folder).as_posix() for folder in folders for file in folder.rglob("*") if file.is_file()
        }

    def _file(self, path: str) -> Path:
        """Return the place of a document, if the path is one."""
        check_corpus(self._corpus)
        fault = _fault(path)
        if fault:
            raise UsageError(f"{_shown(path)} {fault}")
        try:
            return self._place(path)
        except OSError as error:
            raise CitewellError(f"{path} cannot be looked at: {error.strerror}") from error

    def _place(self, path: str) -> Path:
        file = self._corpus / path
        # A folder inside may be a link to elsewhere, or to itself, for which Path.resolve has an error of its own.
        real = Path(os.path.realpath(file.parent), file.name)
        if file.is_symlink() or not real.is_relative_to(self._corpus.resolve()):
            raise UsageError(f"{path!r} leads out of the corpus")
        for folder, what in ((self._index, "the index"), (self._state.path, "what people wrote")):
            if real.is_relative_to(folder.resolve()):
                raise UsageError(f"{path!r} is inside {what}")
        if file.exists() and not file.is_file():
            raise UsageError(f"{path!r} is not a file")
        for above in PurePosixPath(path).parents:
            if (self._corpus / above).exists() and not (self._corpus / above).is_dir():
                raise UsageError(f"{path!r} is inside {str(above)!r}, which is a document and no folder")
        return file

    def _check_free(self, path: str, file: Path, *, replace: bool) -> None:
        """Check that there is no document of this name, and neither a file nor a folder whose name looks the same.

        Raises:
            OccupiedError: There is.
        """
        if file.exists() and not replace:
            raise OccupiedError(f"the corpus holds {path} already")
        folder = self._corpus
        for part in PurePosixPath(path).parts:
            if not folder.is_dir():
                return
            names = set(os.listdir(folder))  # noqa: PTH208 - as they are spelled, which Path.exists does not tell everywhere
            twin = None if part in names else next((name for name in names if _look(name) == _look(part)), None)
            if twin:
                there = (folder / twin).relative_to(self._corpus).as_posix()
                raise OccupiedError(f"the corpus holds {there} already, whose name looks the same; use that spelling")
            folder /= part

    def _clear_left(self) -> None:
        """Remove what was coming in when a process was killed."""
        for folder in self._corpus.glob(f"{_INCOMING}*"):
            if time.time() - folder.stat().st_mtime > _LEFT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    def _keep(self, path: str, file: Path) -> Path:
        self._state.make()
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
    """Return what names have in common that a reader, or the file system of Windows or macOS, takes for the same."""
    seen = name if name.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", name))
    return unicodedata.normalize("NFC", seen.casefold())


def _fault(path: str) -> str | None:
    """Return why a path cannot be that of a document, or None."""
    # Before anything that takes its time for long paths.
    if len(path) > _LONGEST_PATH or len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        return f"is longer than {_LONGEST_PATH:,} bytes"
    if path.count("/") >= _MOST_PARTS:
        return f"has more than {_MOST_PARTS} parts"
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or str(pure) != path or ".." in pure.parts:
        return "is no path inside the corpus"
    if not path.isprintable() or any(character in _RESERVED for character in path):
        return "has characters that no file name should have"
    faults = (fault for part in pure.parts if (fault := _part_fault(part)))
    if fault := next(faults, None):
        return fault
    if pure.suffix.lower() not in READERS:
        return f"is not a format that Citewell reads ({', '.join(sorted(READERS))})"
    return None


def _part_fault(part: str) -> str | None:
    """Return why no file or folder should have this name, or None."""
    if part.startswith(_HIDDEN):
        return "would be hidden, and hidden files are not read"
    if part != part.strip(" ") or part.endswith("."):
        return "has a name that begins or ends with a space, or ends with a dot"
    if part.partition(".")[0].strip(" ").upper() in _DEVICES:
        return f"has a name that is a device of Windows ({part})"
    if not _UNSEEN.sub("", PurePosixPath(part).stem).strip():
        return "has a name that cannot be seen"
    if len(part.encode("utf-8")) > _LONGEST_NAME:
        return "has too long a name"
    return None
