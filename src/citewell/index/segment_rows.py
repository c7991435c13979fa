"""The rows of one segment, whichever engine has them: how they are read and verified, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from citewell.errors import IndexDamagedError
from citewell.index.sealing import seal

Row = tuple[Any, ...]


class Rows(Protocol):
    """Reads the rows of one segment, by queries in the language of its engine. Thread-safe."""

    def all(self, query: str, *parameters: object) -> list[Row]:
        """Return all rows of a query.

        Raises:
            IndexFaultError: They cannot be read, or are damaged.
        """

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""


class RowsToWrite(Protocol):
    """Where the rows of a new segment are written."""

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Write rows of a table: their values in the order of its columns.

        Raises:
            OSError: They cannot be written.
        """


def sealed(table: str, *values: object) -> Row:
    """Return a row with its seal, which is its last column."""
    return (*values, seal(table, *values))


def verified(
    table: str, rows: Iterable[Row], damaged: Callable[[str], IndexDamagedError], ordinals: Sequence[int] | None = None
) -> list[Row]:
    """Return rows without their last column, the seal; with ``ordinals``, exactly those rows in that order.

    Args:
        table: The table, as it is sealed.
        rows: The rows; with ``ordinals``, their first column is that.
        damaged: What reports damage.
        ordinals: Which rows there must be.

    Raises:
        IndexDamagedError: A row has changed or is missing.
    """
    found: list[Row] = []
    for *values, written in rows:
        if written != seal(table, *values):
            raise damaged(f"a row of the table {table} has changed")
        found.append(tuple(values))
    if ordinals is None:
        return found
    by_ordinal = {row[0]: row for row in found}
    missing = next((ordinal for ordinal in ordinals if ordinal not in by_ordinal), None)
    if missing is not None:
        raise damaged(f"row {missing} of the table {table} is missing")
    return [by_ordinal[ordinal] for ordinal in ordinals]
