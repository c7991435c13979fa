"""CSV and TSV: rows of text, whose cells are divided by a sign that the content tells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, Source
from citewell.corpus.reading.formats.sheet_rows import Row, plain, table_blocks
from citewell.document import Location

_SIGNS = "\t;|,"
_SAMPLE = 200
_SAMPLE_CHARACTERS = 200_000
_MOST_ROWS = 200_000
_MOST_CELLS = 4_000_000
# A quoted cell of so many lines is a quotation mark that is not closed.
_MOST_LINES = 200
_LARGEST_CELL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Dialect:
    sign: str
    escape: str | None
    is_quoted: bool = True


def read(source: Source) -> Extract:
    """Read the rows of a file.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    text, skipped, dialect = _dialect(decoded.text)
    warnings = list(decoded.warnings)
    if text.count('"') % 2 and any(_is_unclosed(row) for row in _records(text, dialect)):
        dialect = replace(dialect, is_quoted=False)
        warnings.append("a quotation mark is not closed; all are read as they stand")
    rows = list(islice(_rows(text, dialect, skipped), _MOST_ROWS + 1))
    if len(rows) > _MOST_ROWS:
        warnings.append(f"only the first {_MOST_ROWS:,} rows are read")
    kept = list(_within(rows[:_MOST_ROWS]))
    if len(kept) < min(len(rows), _MOST_ROWS):
        warnings.append(f"only the first {len(kept):,} rows are read; they have {_MOST_CELLS:,} cells")
    blocks = tuple(table_blocks(kept, lambda number: Location("row", f"row {number}")))
    return Extract(blocks, warnings=tuple(warnings))


def _dialect(text: str) -> tuple[str, int, _Dialect]:
    """Return the text, the number of lines before it that are no row of it, and how it is divided."""
    # Excel writes the sign into the first line, and shows that line as no row.
    first, _, rest = text.partition("\n")
    escape = "\\" if '\\"' in text and '""' not in text else None
    named = first.strip()
    if len(named) == len("sep=;") and named.lower().startswith("sep="):
        return rest, 0, _Dialect(named[-1], escape)
    return text, 0, _Dialect(_sign(text, escape), escape)


def _sign(text: str, escape: str | None) -> str:
    """Return the sign that divides the most rows into the same number of cells."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, found = 0.0, ","
    for sign in _SIGNS:
        rows = [row for row in islice(_records(sample, _Dialect(sign, escape)), _SAMPLE) if row]
        counts = Counter(map(len, rows))
        if len(sample) < len(text) and len(rows) > 1:
            counts[len(rows[-1])] -= 1
        times, width = max(((times, width) for width, times in counts.items() if width > 1), default=(0, 0))
        share = times / max(1, counts.total()) if width else 0.0
        if share > best:
            best, found = share, sign
    return found


def _records(text: str, dialect: _Dialect) -> Iterator[list[str]]:
    records = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.sign,
        escapechar=dialect.escape,
        quoting=csv.QUOTE_MINIMAL if dialect.is_quoted else csv.QUOTE_NONE,
        skipinitialspace=dialect.sign != "\t",
    )
    while True:
        # The limit holds for the whole process, so it is another only while a row is read.
        usual = csv.field_size_limit(_LARGEST_CELL)
        try:
            record = next(records, None)
        finally:
            csv.field_size_limit(usual)
        if record is None:
            return
        yield record


def _is_unclosed(row: list[str]) -> bool:
    return any(cell.count("\n") > _MOST_LINES for cell in row)


def _rows(text: str, dialect: _Dialect, skipped: int) -> Iterator[Row]:
    for number, record in enumerate(_records(text, dialect), skipped + 1):
        cells = {column: words for column, cell in enumerate(record) if (words := plain(cell))}
        yield Row(number, cells, is_strict=True)


def _within(rows: list[Row]) -> Iterator[Row]:
    room = _MOST_CELLS
    for row in rows:
        room -= len(row.cells)
        if room < 0:
            return
        yield row


READER = FormatReader("csv", 2, frozenset({".csv", ".tsv", ".tab"}), read)
