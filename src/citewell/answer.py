"""The data model of asking: the scope, the passages found, and the answer that chat, command line and evaluation share.

An answer has one form, defined by these models: in memory, as JSON of the command line, the API and the MCP server, and in
saved runs. Each is read back by the model that wrote it: ``Answer.model_validate(answer.to_json()) == answer``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, Self

from pydantic import Field

from citewell.asked import Missing, Part, Widened
from citewell.document import Span
from citewell.model import Model, Seconds, Share

# Kinds of places whose label is their number; the others are named by their label alone.
_NUMBERED = frozenset({"page", "slide", "cell", "line", "record"})
# A value of a filter that needs no quotation marks: neither a space, nor signs that could end it.
_WORD = re.compile(r"[^\W_](?:[\w./@+-]*\w)?/?")


class Filter(Model):
    """A condition on the documents to search: that a fact of theirs has a value, or, if ``excluded``, has not.

    ``name`` is that of a fact; ``after``, ``before``, ``since`` and ``until`` compare dates, ``in`` is a folder. It is written
    as ``name:value`` or ``-name:value``, with quotation marks around a value of several words.
    """

    name: str
    value: str
    excluded: bool = False

    def __str__(self) -> str:
        opening, closing = ("“", "”") if '"' in self.value else ('"', '"')
        is_word = _WORD.fullmatch(self.value)
        written = self.value if is_word else f"{opening}{self.value}{closing}"
        return f"{'-' if self.excluded else ''}{self.name}:{written}"


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents to search: the named documents, and those in the named folders, that pass the filters. Empty means all.

    Of ``languages`` (ISO 639-1), as they were detected or set when documents were indexed, a document has one.
    Paths are relative to the corpus, with forward slashes. Of several filters of one name, one must hold; those of different
    names, and each that excludes, must all hold.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    languages: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.documents or self.folders or self.filters or self.languages)

    def and_also(self, filters: tuple[Filter, ...]) -> Scope:
        """Return this scope with more filters, each once."""
        return replace(self, filters=tuple(dict.fromkeys((*self.filters, *filters))))


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: str


class Place(Model):
    """A part ``[start, end)`` of a document's text, in code points."""

    document: str
    start: int
    end: int

    @classmethod
    def of(cls, document: str, span: Span) -> Self:
        """Return the place of a span."""
        return cls(document=document, start=span.start, end=span.end)

    @property
    def span(self) -> Span:
        """The span in the document's text."""
        return Span(self.start, self.end)


class TableHead(Model):
    """The head of a table, above its rows in the document: its text, and its place in code points."""

    start: int
    end: int
    text: str

    @property
    def names(self) -> str:
        """The text without the row of dashes under the names of the columns."""
        return "\n".join(line for line in self.text.splitlines() if line.strip("|-:+= \t")) or self.text


class Locator(Model):
    """Where a person would look something up: the ``kind`` of place, and the ``label`` that is printed there.

    ``is_ocr`` means that the text was read from a picture of it, so it may have misread letters.
    """

    kind: str
    label: str
    is_ocr: bool = False

    @property
    def words(self) -> str:
        """The place as it is cited, such as "page iv" or "Prices, row 12"."""
        named = f"{self.kind} {self.label}" if self.kind in _NUMBERED else self.label
        return f"{named}, read by OCR" if self.is_ocr else named


class Newer(Place):
    """A sentence of a newer edition of a document, which says something else than a quotation of the older one."""

    title: str
    date: str
    text: str


class FoundPassage(Model):
    """One passage of an answer.

    ``rank`` counts from 1. ``highlights`` are in the coordinates of the document, inside ``start`` and ``end``. ``score`` is
    between 0 and 1, comparable between questions, and grows with relevance. ``cosine`` is the similarity of its best window to
    the question; ``confidence`` is the probability, from this passage alone, that the corpus covers the question. ``page`` is
    the number of the page, from 1, where what is marked begins, and None for formats without pages; ``place`` is where a person
    would look that up, in a format that has such places. ``repeated`` are the places of near-duplicates, which are not shown
    again. ``language`` is that of the document (ISO 639-1), and ``date`` its date, as exact as it is known (ISO 8601), if they
    are known; ``newer`` is where a newer edition of it says otherwise. ``head`` is that of the table of its rows, if it is not
    in ``text``.
    """

    rank: int
    document: str
    title: str
    language: str | None = None
    date: str | None = None
    newer: Newer | None = None
    section: tuple[str, ...] = ()
    page: int | None = None
    place: Locator | None = None
    start: int
    end: int
    text: str
    head: TableHead | None = None
    score: Share
    cosine: Share = 0.0
    confidence: Share = 0.0
    highlights: tuple[Span, ...] = ()
    repeated: tuple[Place, ...] = ()

    @property
    def span(self) -> Span:
        """The span in the document's text."""
        return Span(self.start, self.end)

    @property
    def at(self) -> Place:
        """The passage as a part of its document's text."""
        return Place(document=self.document, start=self.start, end=self.end)

    @property
    def marks(self) -> tuple[Span, ...]:
        """The highlights in the coordinates of ``text``."""
        return tuple(mark.shifted(-self.start) for mark in self.highlights)


class Lead(Model):
    """Sentences that an answer begins with: the ``rank`` of their passage, and their place in its document, in code points.

    ``text`` is what they say; runs that were saved by an older version have none.
    """

    rank: int
    start: int
    end: int
    text: str = ""

    @classmethod
    def of(cls, passage: FoundPassage) -> Self:
        """Return the first mark of a passage."""
        mark = passage.highlights[0]
        return cls(rank=passage.rank, start=mark.start, end=mark.end, text=passage.marks[0].of(passage.text))

    @property
    def span(self) -> Span:
        """The span in the document's text."""
        return Span(self.start, self.end)


class Answer(Model):
    """The answer to a question: ranked passages, or, if ``answered`` is False, only the nearest ones.

    ``filters`` are all that were used; ``unfiltered`` is the question without those that stand in it, or None if none do.
    ``id`` is the caller's name for the question, if any. ``confidence`` is the probability that the corpus covers the question,
    between 0 and 1. ``reply`` is the reply to a greeting, which is not looked up. ``snapshot`` is the snapshot that was
    searched. ``understood_with`` are the earlier questions that a follow-up uses; ``read_as`` are words of the question that
    were corrected, with their corrections; ``widened`` are other names that were searched for, too. ``missing`` are names,
    numbers or codes that the question turns on and the documents lack; then it is not answered. ``unknown`` are other words of
    it that no document has, although it may be answered in other words. ``lead`` are the sentences that
    answer, from at most three of the passages; without an answer, there are none. ``parts`` are those of a question that asks
    for several things which no single place answers; it is answered if any part is. ``language`` is that of the question (ISO
    639-1), if it is clear; ``unread_language`` is True if no document is in it and the model of the index does not know it.
    ``seconds`` is the time from the question to this answer.
    """

    id: str | int | None = None
    question: str
    answered: bool
    confidence: Share
    reply: str | None = None
    snapshot: str = ""
    filters: tuple[Filter, ...] = ()
    unfiltered: str | None = None
    language: str | None = None
    unread_language: bool = False
    understood_with: tuple[str, ...] = ()
    read_as: dict[str, str] = Field(default_factory=dict)
    widened: tuple[Widened, ...] = ()
    missing: tuple[Missing, ...] = ()
    unknown: tuple[str, ...] = ()
    lead: tuple[Lead, ...] = ()
    parts: tuple[Part, ...] = ()
    passages: tuple[FoundPassage, ...]
    seconds: Seconds

    @property
    def asked(self) -> str:
        """The words of the question, without filters."""
        return self.question if self.unfiltered is None else self.unfiltered

    def other_names(self) -> dict[tuple[str, str], list[str]]:
        """Return the other names that were searched for, by the word of the question and the folder."""
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.widened:
            found.setdefault((each.word, each.folder), []).append(each.name)
        return found

    @property
    def languages_crossed(self) -> tuple[str, str] | None:
        """The question's language and the best passage's, if it is answered and they differ."""
        found = self.passages[0].language if self.answered and self.passages else None
        return (self.language, found) if self.language and found and self.language != found else None

    @property
    def uncovered(self) -> list[Part]:
        """The parts of an answered question that the documents do not seem to cover."""
        return [part for part in self.parts if not part.answered] if self.answered else []

    @property
    def unread(self) -> str | None:
        """The question's language, if this index cannot be asked in it and it is not answered."""
        return self.language if self.unread_language and not self.answered else None

    def nearby(self, most: int = 3) -> list[str]:
        """Return the distinct subjects of the passages: their innermost headings, or the titles of their documents."""
        return list(dict.fromkeys(each.section[-1] if each.section else each.title for each in self.passages))[:most]
