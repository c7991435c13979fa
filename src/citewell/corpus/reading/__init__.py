"""Files to documents: what a corpus holds, and the door to the readers, which run in processes of their own."""

from __future__ import annotations

from pathlib import Path

from citewell.corpus.reading.isolation import Readers
from citewell.corpus.reading.scanning import Scan, SourceFile, Unread, check_corpus, digest_of, find_files
from citewell.corpus.reading.wire import Inspected
from citewell.document import Document

__all__ = ["READERS", "Scan", "SourceFile", "Unread", "check_corpus", "digest_of", "inspect", "read", "scan"]

# The formats that are read, by their suffixes; `parsing.PARSERS` says by what.
READERS = frozenset({".txt", ".text", ".md", ".markdown"})
_POOL = Readers()


def scan(corpus: Path) -> Scan:
    """Find the files of a corpus that have a reader; see `find_files`."""
    return find_files(corpus, READERS)


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
