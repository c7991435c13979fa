"""Tables as CSV that spreadsheets read as text: no cell becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

# What spreadsheets take for the start of a formula, alone or after white space (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def csv_lines(rows: Iterable[Iterable[str | int]]) -> Iterator[str]:
    """Yield the lines of a table (RFC 4180); a text that looks like a formula gets an apostrophe in front.

    Args:
        rows: The rows, the names of the columns first.
    """
    for row in rows:
        line = StringIO()
        csv.writer(line).writerow([cell if isinstance(cell, int) else _plain(cell) for cell in row])
        yield line.getvalue()


def _plain(text: str) -> str:
    shown = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return "'" + shown if shown.lstrip().startswith(_FORMULA) or shown[:1] in ("\t", "\r", "\n") else shown
