"""Rich Text Format: paragraphs, headings by their outline, lists, tables and notes, without what is hidden or deleted.

``document`` is the door: ``tokens`` cuts a file into control words and text, ``interpreter`` follows them, ``words`` says what
they mean, and ``paragraphs`` makes blocks.
"""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.rtf.document import read_document

    return read_document(source.data)


def _is_document(data: bytes) -> bool:
    return data[:64].lstrip().startswith(b"{\\rtf")


READER = FormatReader("rtf", 2, frozenset({".rtf"}), _read, _is_document, is_binary=True)
