"""Logs: each entry is its line and the lines below it that are indented, and is not cut inside a line."""

from __future__ import annotations

from collections.abc import Iterator

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.rows import Rows, with_lines


def read(source: Source) -> Extract:
    """Read a log.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    rows = Rows(decoded.text)
    return Extract(tuple(with_lines(_entries(rows), rows)), decoded.text, warnings=decoded.warnings)


def _entries(rows: Rows) -> Iterator[RawBlock]:
    start = 0
    for nth, line in enumerate(rows.contents):
        if line and not line[0].isspace():
            yield from rows.verbatim(start, nth)
            start = nth
    yield from rows.verbatim(start, len(rows))


READER = FormatReader("log", 1, frozenset({".log"}), read)
