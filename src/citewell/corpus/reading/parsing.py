"""Bytes to a document, one parser per format. To add one, write it, and add its suffixes to ``PARSERS`` and ``READERS``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath

from citewell.corpus.reading.data import without_data
from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.markdown import read_markdown
from citewell.corpus.reading.outline import Outline
from citewell.corpus.reading.plain import read_plain
from citewell.document import Document
from citewell.errors import ReadingError

PARSERS: dict[str, Callable[[str], Outline]] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
}


def parse(path: str, data: bytes) -> Document:
    """Create a document from the bytes of a file.

    Args:
        path: The path of the file in its corpus; its suffix is the format, and its name the title if there is no other.
        data: The bytes.

    Raises:
        ReadingError: They are not text, or are empty; the message is the reason alone.
    """
    decoded = decode(data)
    text = decoded.text
    if not text.strip():
        raise ReadingError("contains no text")
    name = PurePosixPath(path)
    outline = PARSERS[name.suffix.lower()](text)
    sections = without_data(text, outline.sections)
    if not any(section.blocks for section in sections):
        raise ReadingError("contains no text, only markup or data")
    title, digest = outline.title or _title_of(name), hashlib.sha256(data).hexdigest()
    return Document(path, title, text, sections, digest, warnings=decoded.warnings)


def _title_of(name: PurePosixPath) -> str:
    return " ".join(name.stem.replace("_", " ").replace("-", " ").split()) or name.name
