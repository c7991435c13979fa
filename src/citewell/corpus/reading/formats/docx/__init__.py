"""Word: paragraphs with the numbers that Word shows, tables, notes and comments, without what is deleted or hidden.

``document`` is the door, ``body`` goes through a text, ``runs`` through a paragraph; ``styles`` and ``numbering`` say what a
paragraph is, ``grids`` reads tables, ``notes`` footnotes, endnotes and comments.
"""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = frozenset({".docx", ".docm", ".dotx", ".dotm"})


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.docx.document import read_document

    return read_document(source.data)


def _is_document(data: bytes) -> bool:
    from citewell.corpus.reading.archives import holds_parts

    return holds_parts(data, "[Content_Types].xml", "word/")


READER = FormatReader("docx", 2, _SUFFIXES, _read, _is_document, is_binary=True)
