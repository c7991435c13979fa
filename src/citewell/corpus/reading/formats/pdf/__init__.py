"""Reads PDF, over pdfium: words (``characters``), lines (``lines``), columns (``order``), paragraphs (``flow``).

``reading`` puts the parts together. pdfium is imported when a file is read.
"""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_VERSION = 2
# Other bytes may stand before it: a mail header, an XML declaration.
_SIGNATURE = b"%PDF-"
_SIGNATURE_WITHIN = 1024


def read(source: Source) -> Extract:
    """Read a PDF.

    Raises:
        ReadingError: It is damaged, or protected by a password.
    """
    from citewell.corpus.reading.formats.pdf.reading import read_pdf

    return read_pdf(source)


def _is_pdf(data: bytes) -> bool:
    return _SIGNATURE in data[:_SIGNATURE_WITHIN]


READER = FormatReader("pdf", _VERSION, frozenset({".pdf"}), read, _is_pdf, is_binary=True)
