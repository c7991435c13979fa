"""Curating a corpus: documents put in and taken out, so that nothing is lost and nothing outside its folder is touched."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from citewell.errors import CitewellError, UsageError
from citewell.reading import READERS, SourceFile, inspect
from citewell.reading.wire import Inspected

# Of a name in bytes, as most file systems have it.
_LONGEST_NAME = 255
_HIDDEN = "."
# Windows takes none of these in a name, and a corpus may be moved there.
_RESERVED = '<>:"\\|?*'


class OccupiedError(UsageError):
    """There is a document of this name already."""


class NotThereError(UsageError):
    """There is no document of this name."""


class Curator:
    """Puts documents into one corpus and takes them out.

    Args:
        corpus: The folder of the corpus.
        kept: The folder to which what is replaced or removed goes.
    """

    def __init__(self, corpus: Path, kept: Path) -> None:
        self._corpus = corpus
        self._kept = kept

    def put(self, path: str, content: BinaryIO, *, replace: bool = False) -> Inspected:
        """Put a document in, once it has been seen that it can be read. What it replaces is kept.

        Args:
            path: Where in the corpus, with forward slashes.
            content: The bytes of the file.
            replace: Whether a document of this name may be replaced.

        Raises:
            OccupiedError: There is one of this name, and it may not be replaced.
            UsageError: The path is none for a document, or the corpus is not there.
            ReadingError: The content is not text, or holds none.
            CitewellError: The disk does not take it.
        """
        file = self._file(path)
        if file.exists() and not replace:
            raise OccupiedError(f"the corpus holds {path} already")
        try:
            # Under a hidden name, which no build reads, until it is whole and known to be a document.
            with tempfile.TemporaryDirectory(prefix=".citewell-", dir=self._corpus) as folder:
                incoming = Path(folder, f"incoming{file.suffix}")
                with incoming.open("wb") as stream:
                    shutil.copyfileobj(content, stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                document = inspect(SourceFile(path, incoming))
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

    def _file(self, path: str) -> Path:
        """Return the place of a document, if the path is one."""
        if not self._corpus.is_dir():
            raise UsageError(f"the corpus {self._corpus} is not a folder")
        fault = _fault(path)
        if fault:
            raise UsageError(f"{path!r} {fault}")
        file = self._corpus / path
        # A folder inside may be a link to elsewhere.
        if file.is_symlink() or not file.parent.resolve().is_relative_to(self._corpus.resolve()):
            raise UsageError(f"{path!r} leads out of the corpus")
        if self._kept.resolve().parent in [file.resolve(), *file.resolve().parents]:
            raise UsageError(f"{path!r} is inside the index")
        if file.exists() and not file.is_file():
            raise UsageError(f"{path!r} is not a file")
        return file

    def _keep(self, path: str, file: Path) -> Path:
        place = self._kept / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ") / path
        place.parent.mkdir(parents=True)
        shutil.copy2(file, place)
        return place


def _fault(path: str) -> str | None:
    """Return why a path cannot be that of a document, or None."""
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or str(pure) != path or ".." in pure.parts:
        return "is no path inside the corpus"
    if not path.isprintable() or any(character in _RESERVED for character in path):
        return "has characters that no file name should have"
    if any(part.startswith(_HIDDEN) for part in pure.parts):
        return "would be hidden, and hidden files are not read"
    if any(len(part.encode("utf-8")) > _LONGEST_NAME for part in pure.parts):
        return "has too long a name"
    if pure.suffix.lower() not in READERS:
        return f"is not a format that Citewell reads ({', '.join(sorted(READERS))})"
    return None
