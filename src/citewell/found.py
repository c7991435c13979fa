"""The data model of finding: every place of some words, as JSON of the command line, the API and the MCP server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from citewell.answer import Filter, Locator, Place
from citewell.document import Span
from citewell.model import Model

Sort = Literal["place", "relevance"]


class SoughtTerm(Model):
    """A word, a phrase, or the beginning of words that was looked for.

    ``places`` is how many there are, whatever else was looked for. Paragraphs with an ``excluded`` one are left out.
    """

    text: str
    kind: Literal["word", "phrase", "prefix"]
    excluded: bool = False
    places: int = 0


class FoundPlace(Place):
    """A place where the words stand; ``number`` counts from 1.

    Of one word or phrase, it is each of its occurrences. Of several, it is each paragraph that has them all, from the first of
    them to the last. ``text`` is its paragraph, or the part of it around the place, which starts at ``text_start``. ``marks``
    are the words, in the coordinates of the document, as ``start`` and ``end`` are. ``page`` and ``place`` are as those of a
    passage (``FoundPassage``).
    """

    number: int
    title: str
    section: tuple[str, ...] = ()
    page: int | None = None
    place: Locator | None = None
    text: str
    text_start: int
    marks: tuple[Span, ...]

    @property
    def shown(self) -> tuple[Span, ...]:
        """The marks inside ``text``, in its coordinates."""
        end = self.text_start + len(self.text)
        inside = (mark for mark in self.marks if self.text_start <= mark.start and mark.end <= end)
        return tuple(mark.shifted(-self.text_start) for mark in inside)


class DocumentPlaces(Model):
    """How many places a document has."""

    document: str
    title: str
    places: int


class Found(Model):
    """All places of some words: how many there are in which documents, and one page of them.

    ``total`` are the places, in so many ``paragraphs`` and in ``documents_total`` documents. ``documents`` are these, in the
    order of their paths or, sorted by relevance, those with most places first. ``places`` are those of the ``page``, which
    counts from 1; ``pages`` is how many there are. ``ignored`` are parts of the query without letters and digits,
    ``filters`` those that were used. ``snapshot`` is the snapshot that was searched.
    """

    query: str
    terms: tuple[SoughtTerm, ...]
    ignored: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    total: int
    paragraphs: int
    documents_total: int
    documents: tuple[DocumentPlaces, ...]
    sort: Sort
    page: int
    pages: int
    per_page: int
    places: tuple[FoundPlace, ...]
    snapshot: str = ""
    seconds: float


COLUMNS = ("document", "title", "section", "start", "end", "found", "text", "place")


def rows_of(places: Iterable[FoundPlace]) -> Iterator[tuple[str | int, ...]]:
    """Yield places as the rows of a table, the names of its columns first."""
    yield COLUMNS
    for each in places:
        words = each.text[each.start - each.text_start : each.end - each.text_start]
        section, place = " > ".join(each.section), each.place.words if each.place else ""
        yield each.document, each.title, section, each.start, each.end, words, each.text, place
