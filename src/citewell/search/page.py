"""The passages of an answer: chosen from ranked candidates, without shared text and near-duplicates."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from citewell.answer import FoundPassage, Locator, Place, TableHead
from citewell.document import Span
from citewell.index.catalogue import Catalogue
from citewell.index.maps import DocumentMaps
from citewell.index.sentence_spans import Spans
from citewell.index.stored import StoredPassage
from citewell.search.likeness import Texts
from citewell.search.sentences import Judged

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


@dataclass(frozen=True, slots=True)
class Read:
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
        self._taken: dict[str, _Taken] = {}

    def uses(self, candidate: Candidate) -> bool:
        """Return whether the best window of a candidate is already shown, here or in a near-duplicate."""
        taken = self._taken.get(self._catalogue.path_of(candidate.passage))
        return taken is not None and taken.around(self._catalogue.sentences.of_window(candidate.window).whole) is None

    def place(self, read: Read) -> None:
        """Add the unused part of a passage, unless its best window is already shown, here or in a near-duplicate."""
        passage, sentences = read.passage, read.sentences
        taken = self._taken.setdefault(passage.document, _Taken())
        free = taken.around(sentences.whole)
        if free is None:
            return
        heading = passage.section[-1] if passage.section else ""
        twin = self._texts.first_like(passage.text, passage.outline, heading)
        if twin is not None:
            self.shown[twin].repeated.append(Place.of(passage.document, passage.span))
            taken.add(passage.span)
        else:
            span = _stripped(passage, Span(max(passage.span.start, free.start), min(passage.span.end, free.end)))
            self.shown.append(Shown(read.candidate, passage, sentences, read.judged, span, []))
            self._texts.add(passage.text, passage.outline, heading)
            taken.add(span)


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
    return span.shifted(-passage.span.start).of(passage.text)


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
