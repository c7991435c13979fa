"""Books (EPUB 2 and 3): the chapters in the order of the spine, each read as a page, with their names from the contents.

``book`` is the door, ``opf`` reads what is in the book and in which order, ``contents`` its table of contents.
"""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_KIND = b"application/epub+zip"


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.epub.book import read_book

    return read_book(source)


def _is_book(data: bytes) -> bool:
    from citewell.corpus.reading.archives import declared_kind

    return declared_kind(data).startswith(_KIND)


READER = FormatReader("epub", 2, frozenset({".epub"}), _read, _is_book, is_binary=True)
