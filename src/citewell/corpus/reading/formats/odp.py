"""OpenDocument presentations (.odp), as LibreOffice writes them."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = frozenset({".odp", ".otp", ".fodp"})
_KIND = b"application/vnd.oasis.opendocument.presentation"


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.odf.slides import read_slides

    return read_slides(source)


def _is_presentation(data: bytes) -> bool:
    from citewell.corpus.reading.archives import declared_kind

    return declared_kind(data).startswith(_KIND)


READER = FormatReader("odp", 2, _SUFFIXES, _read, _is_presentation, is_binary=True)
