"""The misses of a run: each question that went wrong, with what was wanted beside what was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from citewell.answer import FoundPassage
from citewell.document import Span
from citewell.evaluation.measures import first_hit
from citewell.evaluation.running import Outcome, Run

# A right answer further down than this counts as missed.
MISSED_BELOW = 5
_SHOWN = 3
_CONTEXT = 160


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a document with what matters in it; ``span`` is that of what is marked, in the document's coordinates."""

    document: str
    span: Span
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went wrong: why, what was wanted, and what was shown."""

    question: str
    kind: str | None
    context: tuple[str, ...]
    why: str
    confidence: float
    wanted: tuple[Excerpt, ...]
    shown: tuple[Excerpt, ...]


def misses(run: Run, texts: Mapping[str, str]) -> Iterator[Miss]:
    """Yield the misses of a run.

    Args:
        run: The run.
        texts: The texts of the documents that its right answers stand in, by path, as they were when it was made; of a document
            that is not there, only the quotation is shown.
    """
    for outcome in run.outcomes:
        why = _why(outcome)
        if why is None:
            continue
        yield Miss(
            question=outcome.question.question,
            kind=outcome.question.kind,
            context=tuple(turn.content for turn in outcome.question.history),
            why=why,
            confidence=outcome.confidence,
            wanted=tuple(_wanted(outcome, texts)),
            shown=tuple(_shown(passage) for passage in outcome.passages[:_SHOWN]),
        )


def missed(outcome: Outcome) -> bool:
    """Say whether a question that the corpus covers has no right passage among the first ones."""
    rank = first_hit(outcome.gold, outcome.passages)
    return rank is None or rank > MISSED_BELOW


def is_miss(outcome: Outcome) -> bool:
    """Say whether anything went wrong with a question."""
    return _why(outcome) is not None


def _why(outcome: Outcome) -> str | None:
    """Say what went wrong, or None where nothing did."""
    if outcome.answer is None:
        return "the run has no answer to it"
    if not outcome.question.answerable:
        return "answered, though the corpus does not cover it" if outcome.answered else None
    rank = first_hit(outcome.gold, outcome.passages)
    if rank is None:
        return f"no right passage among {len(outcome.passages)}"
    if rank > MISSED_BELOW:
        return f"the right passage comes only at rank {rank}"
    return None if outcome.answered else f"refused, with the right passage at rank {rank}"


def _wanted(outcome: Outcome, texts: Mapping[str, str]) -> Iterator[Excerpt]:
    for answer, place in zip(outcome.question.answers, outcome.gold, strict=True):
        text = texts.get(place.document)
        if text is not None:
            yield _excerpt(text, place.document, place.span)
        else:
            yield Excerpt(place.document, place.span, "", answer.quote, "")


def _shown(passage: FoundPassage) -> Excerpt:
    return _excerpt(passage.text, passage.document, passage.highlights[0], passage.span.start)


def _excerpt(text: str, document: str, mark: Span, offset: int = 0) -> Excerpt:
    """Return a mark with its surroundings, in a text that begins at an offset of its document."""
    start, end = mark.start - offset, mark.end - offset
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return Excerpt(
        document=document,
        span=mark,
        before=before if start <= _CONTEXT else "… " + before.partition(" ")[2],
        marked=text[start:end],
        after=after if end + _CONTEXT >= len(text) else after.rpartition(" ")[0] + " …",
    )
