"""The misses of a run: each question that went wrong, with the expected and the shown passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from citewell.answer import FoundPassage
from citewell.document import Span
from citewell.evaluation.measures import first_hit
from citewell.evaluation.running import Outcome, Run

# A right answer below this rank counts as missed.
MISSED_BELOW = 5
_SHOWN = 3
_CONTEXT = 160


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of a document with its marked text; ``span`` is the span of the mark in the document."""

    document: str
    span: Span
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went wrong: the reason, the expected passages, and the shown passages."""

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
        texts: The texts of the documents with right answers, by path, as of the run; for a missing document, only the
            quotation is shown.
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
    """Return whether an answerable question has no right passage among the first ones."""
    rank = first_hit(outcome.gold, outcome.passages)
    return rank is None or rank > MISSED_BELOW


def is_miss(outcome: Outcome) -> bool:
    """Return whether a question went wrong."""
    return _why(outcome) is not None


def _why(outcome: Outcome) -> str | None:
    """Return what went wrong, or None."""
    if outcome.answer is None:
        return "missing from the run"
    if not outcome.question.answerable:
        return "answered, but the corpus does not cover it" if outcome.answered else None
    rank = first_hit(outcome.gold, outcome.passages)
    if rank is None:
        return f"no right passage among {len(outcome.passages)}"
    if rank > MISSED_BELOW:
        return f"the right passage is only at rank {rank}"
    return None if outcome.answered else f"refused, but the right passage is at rank {rank}"


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
    """Return a mark with its surroundings, from a text that starts at an offset of its document."""
    start, end = mark.start - offset, mark.end - offset
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return Excerpt(
        document=document,
        span=mark,
        before=before if start <= _CONTEXT else "… " + before.partition(" ")[2],
        marked=text[start:end],
        after=after if end + _CONTEXT >= len(text) else after.rpartition(" ")[0] + " …",
    )
