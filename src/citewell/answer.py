"""The nouns of asking: where to look, what was found, and the answer that chat, command line and evaluation share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from citewell.document import Span


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents may answer: those named, and those under the folders named. Empty means all.

    Paths are relative to the corpus, with forward slashes.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.documents or self.folders)


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said before the question."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage's text stands again, almost word for word."""

    document: str
    span: Span


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """One passage of an answer.

    ``rank`` counts from 1. ``highlights`` are in the coordinates of the document, inside ``span``. ``score`` is between 0 and
    1, comparable between questions, and grows with relevance. ``cosine`` is how near its best window is to the question in
    meaning, ``confidence`` how probable it is, by this passage alone, that the corpus covers the question. ``page`` is None for
    formats without pages. ``repeated`` are the places of near-duplicates, which are not shown again.
    """

    rank: int
    document: str
    title: str
    section: tuple[str, ...]
    span: Span
    text: str
    score: float
    highlights: tuple[Span, ...]
    cosine: float = 0.0
    confidence: float = 0.0
    page: int | None = None
    repeated: tuple[Place, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the passage as the command line's contract has it."""
        return {
            "rank": self.rank,
            "document": self.document,
            "title": self.title,
            "section": list(self.section),
            "page": self.page,
            "start": self.span.start,
            "end": self.span.end,
            "text": self.text,
            "score": round(self.score, 6),
            "cosine": round(self.cosine, 6),
            "confidence": round(self.confidence, 6),
            "highlights": [{"start": span.start, "end": span.end} for span in self.highlights],
            "repeated": [
                {"document": place.document, "start": place.span.start, "end": place.span.end}
                for place in self.repeated
            ],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the corpus says to a question: ranked passages, or, with ``answered`` False, only the nearest ones.

    ``confidence`` is the probability that the corpus covers the question, between 0 and 1. ``snapshot`` is what was asked.
    ``context`` is the earlier questions that a follow-up was understood with; ``slips`` are words that were read as others,
    with those. ``reply`` is what is said to a courtesy, which asks nothing of the corpus. ``seconds`` is the time from the
    question to this answer. ``id`` is the caller's own name for the question, where it gave one.
    """

    question: str
    answered: bool
    confidence: float
    passages: tuple[FoundPassage, ...]
    seconds: float
    snapshot: str = ""
    context: tuple[str, ...] = ()
    slips: tuple[tuple[str, str], ...] = ()
    reply: str | None = None
    id: str | int | None = None

    def nearby(self, most: int = 3) -> list[str]:
        """Return what the passages are about: the headings they stand under, or the titles of their documents, each once."""
        return list(dict.fromkeys(each.section[-1] if each.section else each.title for each in self.passages))[:most]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the command line's contract has it."""
        return {
            "id": self.id,
            "question": self.question,
            "answered": self.answered,
            "confidence": round(self.confidence, 6),
            "reply": self.reply,
            "snapshot": self.snapshot,
            "understood_with": list(self.context),
            "read_as": dict(self.slips),
            "passages": [passage.to_json() for passage in self.passages],
            "seconds": round(self.seconds, 6),
        }
