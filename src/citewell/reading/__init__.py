"""Files to documents, one reader a format. To add a format, write its reader and name its suffixes in ``READERS``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from citewell.document import Document
from citewell.errors import ReadingError
from citewell.reading.decoding import decode
from citewell.reading.markdown import read_markdown
from citewell.reading.outline import Outline
from citewell.reading.plain import read_plain
from citewell.reading.scanning import Scan, SourceFile, Unread, check_corpus, find_files, load_bytes

__all__ = ["READERS", "Scan", "SourceFile", "Unread", "check_corpus", "load_bytes", "read", "scan"]

READERS: dict[str, Callable[[str], Outline]] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
}


def scan(corpus: Path) -> Scan:
    """Find the files of a corpus that have a reader; see `find_files`."""
    return find_files(corpus, READERS)


def read(source: SourceFile) -> Document:
    """Read one file.

    Raises:
        ReadingError: It is not text, holds none, or cannot be read; the message is the reason alone.
    """
    data = load_bytes(source)
    text = decode(data)
    if not text.strip():
        raise ReadingError("holds no text")
    outline = READERS[source.file.suffix.lower()](text)
    if not any(section.blocks for section in outline.sections):
        raise ReadingError("holds no text under its headings")
    title = outline.title or _title_of(source.file)
    return Document(source.path, title, text, outline.sections, hashlib.sha256(data).hexdigest())


def _title_of(file: Path) -> str:
    return " ".join(file.stem.replace("_", " ").replace("-", " ").split()) or file.name
