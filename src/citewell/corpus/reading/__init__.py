"""Files to documents: lists the files of a corpus and reads them in separate processes.

``scanning`` lists files, ``isolation`` manages the processes (``process``, ``worker``, ``wire``), ``parsing`` chooses
the reader of a format (``registry``, ``formats``). A reader gives blocks in reading order (``extract``), and ``assembling``
makes the text, its spans and its map of them. ``outline``, ``decoding`` and ``data`` serve all. May import the base modules.
"""

from __future__ import annotations

from pathlib import Path

from citewell.corpus.reading.extract import AS_USUAL, ReadingOptions
from citewell.corpus.reading.isolation import Readers
from citewell.corpus.reading.registry import is_current, suffixes, versions
from citewell.corpus.reading.scanning import Scan, SourceFile, Unread, check_corpus, digest_of, find_files
from citewell.corpus.reading.wire import Inspected
from citewell.document import Document

__all__ = [
    "ReadingOptions",
    "Scan",
    "SourceFile",
    "Unread",
    "check_corpus",
    "digest_of",
    "inspect",
    "is_current",
    "read",
    "scan",
    "suffixes",
    "versions",
]

_POOL = Readers()


def scan(corpus: Path) -> Scan:
    """List the files of a corpus that have a supported format; see `find_files`."""
    return find_files(corpus, suffixes())


def read(source: SourceFile, options: ReadingOptions = AS_USUAL) -> Document:
    """Read one file in another process.

    Raises:
        ReadingError: It is not text, is empty, cannot be read, or exceeds a limit; the message is the reason alone.
        CitewellError: No reader process can be started.
    """
    return _POOL.read(source.path, source.file, options)


def inspect(source: SourceFile, options: ReadingOptions = AS_USUAL) -> Inspected:
    """Check that a file can be read as a document, without transferring its text, which may be long.

    Raises:
        ReadingError: Like `read`.
        CitewellError: Like `read`.
    """
    return _POOL.inspect(source.path, source.file, options)
