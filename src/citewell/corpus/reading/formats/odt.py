"""OpenDocument texts (.odt), as LibreOffice writes them."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = frozenset({".odt", ".ott", ".fodt"})
_KIND = b"application/vnd.oasis.opendocument.text"


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.odf.texts import read_text

    return read_text(source.data)


def _is_text(data: bytes) -> bool:
    from citewell.corpus.reading.archives import declared_kind

    return declared_kind(data).startswith(_KIND)


READER = FormatReader("odt", 2, _SUFFIXES, _read, _is_text, is_binary=True)
