"""All documents of a snapshot as a table: searched, sorted and turned page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from citewell.index.storage import Snapshot
from citewell.lazy import lazy
from citewell.text.terms import fold

Column = Literal["path", "kind", "pages", "words", "warnings", "date"]


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A document: its kind is the format that it was read as; ``date`` is the one that it names itself (ISO 8601)."""

    path: str
    title: str
    kind: str
    pages: int | None
    words: int
    date: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """Some rows of the table, from ``first`` (which counts from 1), of ``total`` that were found; ``page`` of ``pages``."""

    rows: Sequence[LibraryRow]
    first: int
    total: int
    page: int
    pages: int


class Library:
    """The documents of one snapshot as a table.

    Args:
        snapshot: The snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def page(
        self, *, search: str = "", sort: Column = "path", descending: bool = False, page: int = 1, per_page: int = 50
    ) -> LibraryPage:
        """Return one page of the table.

        Args:
            search: Words that the path, the title, the kind or a warning has; all of them are.
            sort: The column; rows that are equal in it are in order of their paths.
            descending: The largest first. Documents without a value come last either way.
            page: Which page, from 1; the last one if there are fewer.
            per_page: How many rows it has.
        """
        order = self._orders(sort, descending=descending)
        words = _comparable(search).split()
        found = [nth for nth in order if all(word in self._searched[nth] for word in words)] if words else order
        pages = max(1, -(-len(found) // per_page))
        page = min(page, pages)
        first = (page - 1) * per_page
        rows = [self._rows[nth] for nth in found[first : first + per_page]]
        return LibraryPage(rows, first + 1 if rows else 0, len(found), page, pages)

    @lazy
    def _rows(self) -> list[LibraryRow]:
        warned = {each.path: each.warnings for each in self.snapshot.manifest.warned}
        catalogue = self.snapshot.catalogue
        return [
            LibraryRow(
                each.path,
                each.title,
                each.reader.partition(" ")[0],
                each.pages,
                each.words,
                next((fact.value for fact in catalogue.facts_of(each.path) if fact.name == "date"), ""),
                warned.get(each.path, ()),
            )
            for each in catalogue.documents()
        ]

    @lazy
    def _searched(self) -> list[str]:
        return [_comparable("\n".join([each.path, each.title, each.kind, *each.warnings])) for each in self._rows]

    def _orders(self, sort: Column, *, descending: bool) -> list[int]:
        value = _VALUES[sort]
        places = range(len(self._rows))
        known = [nth for nth in places if value(self._rows[nth]) not in (None, "")]
        return [
            *sorted(known, key=lambda nth: value(self._rows[nth]), reverse=descending),
            *(nth for nth in places if value(self._rows[nth]) in (None, "")),
        ]


def _comparable(text: str) -> str:
    return fold(text).casefold()


_VALUES: dict[Column, Callable[[LibraryRow], Any]] = {
    "path": lambda row: _comparable(row.path),
    "kind": lambda row: row.kind,
    "pages": lambda row: row.pages,
    "words": lambda row: row.words,
    "warnings": lambda row: len(row.warnings),
    "date": lambda row: row.date,
}
