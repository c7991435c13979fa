"""Files to documents: lists the files of a corpus and reads them in separate processes.

``scanning`` lists files, ``isolation`` manages the processes (``process``, ``worker``, ``wire``), ``parsing`` chooses
the parser of a format: ``plain``, ``markdown`` with ``front_matter``; ``outline`` and ``decoding`` serve both. May
import the base modules only.
"""

from __future__ import annotations

from pathlib import Path

from citewell.corpus.reading.isolation import Readers
from citewell.corpus.reading.scanning import Scan, SourceFile, Unread, check_corpus, digest_of, find_files
from citewell.corpus.reading.wire import Inspected
from citewell.document import Document

__all__ = ["READERS", "Scan", "SourceFile", "Unread", "check_corpus", "digest_of", "inspect", "read", "scan"]

# The supported formats, by suffix; `parsing.PARSERS` maps them to parsers.
READERS = frozenset({".txt", ".text", ".md", ".markdown"})
_POOL = Readers()


def scan(corpus: Path) -> Scan:
    """List the files of a corpus that have a supported format; see `find_files`."""
    return find_files(corpus, READERS)


def read(source: SourceFile) -> Document:
    """Read one file in another process.

    Raises:
        ReadingError: It is not text, is empty, cannot be read, or exceeds a limit; the message is the reason alone.
        CitewellError: No reader process can be started.
    """
    return _POOL.read(source.path, source.file)


def inspect(source: SourceFile) -> Inspected:
    """Check that a file can be read as a document, without transferring its text, which may be long.

    Raises:
        ReadingError: Like `read`.
        CitewellError: Like `read`.
    """
    return _POOL.inspect(source.path, source.file)
