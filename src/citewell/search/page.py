"""The passages of an answer: chosen from ranked candidates, without shared text and near-duplicates."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np

from citewell.answer import FoundPassage, Locator, Place, TableHead
from citewell.document import Span
from citewell.index.catalogue import Catalogue
from citewell.index.maps import DocumentMaps
from citewell.index.sentence_spans import Spans
from citewell.index.stored import StoredPassage
from citewell.search.likeness import Texts, outline_of
from citewell.search.sentences import Judged

# In characters: a shorter sentence says what it says by what is around it.
_LONG = 40
# The share of words that each of two passages has alone: with fewer, they are versions of one text.
_OWN = 0.3
_ALL = np.iinfo(np.int32).max


class Candidate(NamedTuple):
    """A passage and its window nearest to the question.

    ``cosine`` is as with the English model (``Fit``), ``bm25`` its BM25 score. ``score`` ranks it, is between 0 and 1, and is
    comparable between questions. ``foreign`` is whether it is in another language than the question.
    """

    passage: int
    window: int
    cosine: float
    bm25: float
    score: float
    foreign: bool = False


class Candidates(Sequence[Candidate]):
    """Candidates in order, as the columns of their fields; of hundreds, few are ever looked at one by one."""

    def __init__(self, *columns: list[Any]) -> None:
        self._columns = columns

    def __len__(self) -> int:
        return len(self._columns[0])

    def __iter__(self) -> Iterator[Candidate]:
        return map(Candidate, *self._columns)

    @overload
    def __getitem__(self, at: int) -> Candidate: ...

    @overload
    def __getitem__(self, at: slice) -> Candidates: ...

    def __getitem__(self, at: int | slice) -> Candidate | Candidates:
        if isinstance(at, slice):
            return Candidates(*(each[at] for each in self._columns))
        return Candidate(*(each[at] for each in self._columns))


class Read(NamedTuple):
    """A candidate that was read: its passage, the sentences of its best window, and how well each sentence answers."""

    candidate: Candidate
    passage: StoredPassage
    sentences: Spans
    judged: Judged


@dataclass(slots=True)
class Shown:
    """A passage of an answer: the candidate, the sentences of its best window, what is shown of it, and where it repeats."""

    candidate: Candidate
    passage: StoredPassage
    sentences: Spans
    judged: Judged
    span: Span
    repeated: list[Place]


class Page:
    """The passages of an answer so far, and the text that is already used.

    Args:
        catalogue: The passages.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.shown: list[Shown] = []
        self._catalogue = catalogue
        self._texts = Texts()
        # The best sentence of each, because menus and notices stand on many pages, in passages that differ otherwise.
        self._sentences = Texts()
        self._taken: dict[str, _Taken] = {}

    def uses(self, candidate: Candidate) -> bool:
        """Return whether the best window of a candidate is already shown, here or in a near-duplicate."""
        if not self._taken:
            return False
        taken = self._taken.get(self._catalogue.path_of(candidate.passage))
        return taken is not None and taken.around(self._catalogue.sentences.span_of_window(candidate.window)) is None

    def place(self, read: Read) -> None:
        """Add the unused part of a passage, unless its best window is already shown, here or in a near-duplicate."""
        passage, sentences = read.passage, read.sentences
        taken = self._taken.get(passage.document)
        if taken is None:
            taken = self._taken[passage.document] = _Taken()
        free = taken.around(sentences.whole)
        if free is None:
            return
        heading = passage.section[-1] if passage.section else ""
        best = inside(passage, read.judged.best_sentence)
        outline = outline_of(best)
        twin, repeated = self._texts.first_like(passage.text, passage.outline, heading), passage.span
        if twin is None:
            other = self._sentences.first_like(best, outline, heading) if len(best) >= _LONG else None
            if other is not None and _are_other_pages(self.shown[other].passage, passage, best):
                twin, repeated = other, sentences.whole
        if twin is not None:
            self.shown[twin].repeated.append(Place.of(passage.document, repeated))
            taken.add(repeated)
        else:
            span = _stripped(passage, Span(max(passage.span.start, free.start), min(passage.span.end, free.end)))
            self.shown.append(Shown(read.candidate, passage, sentences, read.judged, span, []))
            self._texts.add(passage.text, passage.outline, heading)
            self._sentences.add(best, outline, heading)
            taken.add(span)


def _are_other_pages(one: StoredPassage, other: StoredPassage, sentence: str) -> bool:
    """Return whether passages with the same sentence are of documents that are about something else.

    In one document, or in two versions of one, what stands around the sentence tells what it means there.
    """
    if one.document == other.document:
        return False
    shared = set(sentence.split())
    words, others = set(one.text.split()) - shared, set(other.text.split()) - shared
    return min(len(words - others) / max(1, len(words)), len(others - words) / max(1, len(others))) >= _OWN


class _Taken:
    """The used parts of a document: sorted and disjoint."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def around(self, window: Span) -> Span | None:
        """Return the unused span around a window, or None if the window is used; used parts end between sentences."""
        at = bisect_right(self._ends, window.start)
        if at < len(self._starts) and self._starts[at] < window.end:
            return None
        start = self._ends[at - 1] if at else 0
        end = self._starts[at] if at < len(self._starts) else _ALL
        return Span(start, end)

    def add(self, span: Span) -> None:
        """Mark a part as used; overlapping parts are merged."""
        first, last = bisect_right(self._ends, span.start), bisect_left(self._starts, span.end)
        self._starts[first:last] = [min([span.start, *self._starts[first:last]])]
        self._ends[first:last] = [max([span.end, *self._ends[first:last]])]


def _stripped(passage: StoredPassage, span: Span) -> Span:
    text = inside(passage, span)
    return Span(span.start + len(text) - len(text.lstrip()), span.end - len(text) + len(text.rstrip()))


def inside(passage: StoredPassage, span: Span) -> str:
    """Return a part of a passage's text, given by its place in the document."""
    start = passage.span.start
    return passage.text[span.start - start : span.end - start]


def locator(maps: DocumentMaps, path: str, at: int) -> tuple[int | None, Locator | None]:
    """Return the page, and the place where a person would look up a part of a document."""
    found = maps.location(path, at)
    return (found.page, Locator(kind=found.kind, label=found.label, is_ocr=found.is_ocr)) if found else (None, None)


def found_passage(nth: int, shown: Shown, highlight: Span, confidence: float, maps: DocumentMaps) -> FoundPassage:
    """Return a passage of an answer, with its rank, what is marked and where that is looked up."""
    page, place = locator(maps, shown.passage.document, highlight.start)
    passage, candidate, head = shown.passage, shown.candidate, shown.passage.head
    return FoundPassage(
        rank=nth,
        document=passage.document,
        title=passage.title,
        language=passage.language,
        section=passage.section,
        page=page,
        place=place,
        start=shown.span.start,
        end=shown.span.end,
        text=inside(passage, shown.span),
        head=TableHead(start=head.start, end=head.end, text=passage.head_text) if head else None,
        score=candidate.score,
        highlights=(highlight,),
        cosine=candidate.cosine,
        confidence=confidence,
        repeated=tuple(shown.repeated),
    )
