"""A whole document as HTML: its text with the passage and the marks, its tables, figures, and the places to look it up."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from citewell.answer import Locator
from citewell.boxes import Boxes, Rectangle, rectangles
from citewell.document import Located, Span
from citewell.index.stored import DocumentMap, StoredDocument
from citewell.web.chat.cards import drift, pieces
from citewell.web.chat.figures import ShownFigure, format_of, shown_figures
from citewell.web.chat.tables import Table, tables_in
from citewell.web.language.core import said
from citewell.web.templates import render

_Pieces = list[tuple[str, bool | str]]
_NO_MAP = DocumentMap()
# Formats whose text is the file itself.
_TEXTS = frozenset(
    {"plain", "markdown", "rst", "asciidoc", "org", "latex", "code", "log", "settings", "subtitles", "legacy", ""}
)


@dataclass(frozen=True, slots=True)
class _Label:
    """Where the text from here on is looked up."""

    words: str
    page: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table, with the labels at its beginning."""

    cells: list[_Pieces]
    placed: str
    labels: list[_Label]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a shown document.

    ``placed`` is ``first`` or ``more`` if it is in the passage: the first part of that, or a further one.
    """

    kind: Literal["text", "heading", "label", "figure", "table"]
    start: int
    pieces: _Pieces = field(default_factory=list)
    placed: str = ""
    label: _Label | None = None
    figure: ShownFigure | None = None
    names: list[_Pieces] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of an outline."""

    depth: int
    start: int
    title: str


def render_document(
    document: StoredDocument,
    passage: Span | None,
    marks: Sequence[Span],
    drifted: str | None = None,
    *,
    layout: DocumentMap = _NO_MAP,
    stops: Mapping[int, bool] | None = None,
    query: str = "",
    says: str = "",
    originals: bool = False,
) -> str:
    """Render a whole document with its headings, the passage and the marks; a PDF also with the places of both on its pages.

    Args:
        document: The document as it was indexed.
        passage: The passage to show in it.
        marks: The marks, inside the passage and elsewhere.
        drifted: ``changed``, ``gone`` or ``unreadable`` if the file differs from the index.
        layout: Where its parts are looked up, and where its words stand on its pages.
        stops: Where places of ``query`` start, and whether each is the one to show.
        query: What was found in the document.
        says: What to say about it.
        originals: Whether its file can be downloaded.
    """
    marked = _Marks(document.text, marks, stops or {})
    figures = shown_figures(document)
    has_pages = format_of(document) == "pdf" and any(each.location.page for each in layout.locations)
    parts = list(_Parts(document, passage, layout, marked, [] if drifted else figures))
    return render(
        "chat/document.html",
        document=document,
        drifted=drift(drifted, is_pictured=has_pages or bool(figures)),
        outline=_outline(document),
        parts=parts,
        has_labels=any(part.kind == "label" or any(row.labels for row in part.rows) for part in parts),
        picture=_picture(layout, passage, marked.shown) if has_pages and not drifted else None,
        query=query,
        says=says,
        originals=originals,
    )


class _Parts:
    """Divides a document at its headings, tables, figures and labels, and at both ends of the passage."""

    def __init__(
        self,
        document: StoredDocument,
        passage: Span | None,
        layout: DocumentMap,
        marked: _Marks,
        figures: Sequence[ShownFigure],
    ) -> None:
        self._text = document.text
        self._passage = passage
        self._marked = marked
        self._is_placed = False
        self._headings = {
            each.span.start: each.span.end
            for each in document.headings
            if not (passage and each.span.overlaps(passage))
        }
        self._tables = {
            table.span.start: table for table in tables_in(document.text, is_made=format_of(document) not in _TEXTS)
        }
        self._figures: dict[int, list[ShownFigure]] = {}
        for figure in figures:
            self._figures.setdefault(figure.start, []).append(figure)
        self._labels = layout.locations
        self._starts = [each.start for each in self._labels]

    def __iter__(self) -> Iterator[_Part]:
        edges = self._edges()
        for start, end in zip(edges, [*edges[1:], len(self._text)], strict=True):
            table = self._tables.get(start)
            if table is None:
                for label in self._labels_in(start, start + 1):
                    yield _Part("label", start, label=label)
            for figure in self._figures_in(start, end) if table else self._figures.get(start, []):
                yield _Part("figure", start, figure=figure)
            if table is not None:
                yield self._table(table)
            elif start < end:
                kind: Literal["heading", "text"] = "heading" if self._headings.get(start) == end else "text"
                yield _Part(kind, start, self._marked.pieces(Span(start, end)), self._placed(start, end))

    def _edges(self) -> list[int]:
        """Return where parts start; a table is one part."""
        tables = [table.span for table in self._tables.values()]
        headings = [edge for start, end in self._headings.items() for edge in (start, end)]
        passage = [self._passage.start, self._passage.end] if self._passage else []
        inside = {0, *headings, *passage, *self._figures, *self._starts}
        starts = [each.start for each in tables]

        def is_outside(at: int) -> bool:
            nth = bisect_right(starts, at) - 1
            return nth < 0 or tables[nth].end <= at

        edges = {edge for edge in inside if edge <= len(self._text) and is_outside(edge)}
        return sorted(edges | {edge for each in tables for edge in (each.start, each.end)})

    def _labels_in(self, start: int, end: int) -> list[_Label]:
        found = self._labels[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [_label(each) for each in found]

    def _figures_in(self, start: int, end: int) -> list[ShownFigure]:
        return [figure for at, figures in self._figures.items() if start <= at < end for figure in figures]

    def _placed(self, start: int, end: int) -> str:
        """Return whether a part is in the passage, and whether it is the first that is."""
        if not self._passage or not self._passage.overlaps(Span(start, end)):
            return ""
        before, self._is_placed = self._is_placed, True
        return "more" if before else "first"

    def _table(self, table: Table) -> _Part:
        names = [self._marked.pieces(cell) for cell in table.head]
        rows = []
        at = table.span.start
        for span, cells in table.rows:
            shown = [self._marked.pieces(cell) for cell in cells]
            rows.append(_Row(shown, self._placed(span.start, span.end), self._labels_in(at, span.end)))
            at = span.end
        return _Part("table", table.span.start, names=names, rows=rows)


def _label(located: Located) -> _Label:
    at = located.location
    return _Label(said(Locator(kind=at.kind, label=at.label, is_ocr=at.is_ocr).words), at.page)


class _Marks:
    """The marks of a document, of which each part gets its own: there can be thousands of both."""

    def __init__(self, text: str, marks: Sequence[Span], stops: Mapping[int, bool]) -> None:
        self._text = text
        self._marks = sorted(marks)
        self._starts = [mark.start for mark in self._marks]
        self._stops = stops
        # What is shown as marked, in the order in which it was asked for.
        self.shown: list[Span] = []

    def pieces(self, where: Span) -> _Pieces:
        """Split a part into pieces, each with whether it is marked; where a place starts, ``stop``, or ``here``."""
        first = bisect_left(self._starts, where.start)
        while first and self._marks[first - 1].end > where.start:
            first -= 1
        at = where.start
        found: _Pieces = []
        for text, is_marked in pieces(self._text, where, self._marks[first : bisect_left(self._starts, where.end)]):
            is_stop = is_marked and at in self._stops
            found.append((text, ("here" if self._stops[at] else "stop") if is_stop else is_marked))
            if is_marked:
                self.shown.append(Span(at, at + len(text)))
            at += len(text)
        return found


def _picture(layout: DocumentMap, passage: Span | None, marked: Sequence[Span]) -> dict[str, object]:
    """Return what the picture of a page shows: where the passage and each mark stand, the labels of pages, the page to open."""
    boxes = Boxes(layout.boxes)
    of_passage = rectangles(boxes.within(passage)) if passage else []
    of_marks = [rectangles(boxes.within(mark)) for mark in marked]
    pages = [each for each in layout.locations if each.location.page is not None]
    first = next((each for each in [*of_passage, *(each for mark in of_marks for each in mark)]), None)
    before = bisect_right([each.start for each in pages], passage.start if passage else 0)
    return {
        "page": first.page if first else pages[max(0, before - 1)].location.page,
        "labels": json.dumps({each.location.page: each.location.label for each in pages}, ensure_ascii=False),
        "rectangles": json.dumps({"passage": _rows(of_passage), "marks": [_rows(each) for each in of_marks]}),
    }


def _rows(found: Sequence[Rectangle]) -> list[tuple[int, ...]]:
    return [(each.page, each.left, each.top, each.right, each.bottom) for each in found]


def _outline(document: StoredDocument) -> list[_Entry]:
    """Return the headings of a document with their places. A heading without text has the place of the next one below it."""
    entries: list[_Entry] = []
    above: tuple[str, ...] = ()
    for heading in document.headings:
        known = _shared(above, heading.path)
        entries += [
            _Entry(depth, heading.span.start, heading.path[depth])
            for depth in range(min(known, len(heading.path) - 1), len(heading.path))
        ]
        above = heading.path
    return entries


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the common prefix."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
