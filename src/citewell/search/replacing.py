"""Reads what puts the question before right, or asks the same about something else: "no, I meant the zoo", "and in 2021?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from citewell.answer import Turn
from citewell.document import Span
from citewell.search.leaning import is_fragment
from citewell.search.turning import shape
from citewell.text.concepts import Concept, concepts
from citewell.text.language import detect
from citewell.text.references import put_right, references
from citewell.text.terms import DEFAULT_LANGUAGE
from citewell.text.words import Kind


@dataclass(frozen=True, slots=True)
class Meant:
    """A question as it is meant: ``text`` in full, or what it names, to be asked with the question ``before``."""

    text: str
    before: str | None = None


def as_meant(question: str, exchange: Sequence[Turn]) -> Meant | None:
    """Return how a question is meant that replaces something in the one before.

    A number, a code or a year takes the place of the one of its shape. What else takes a place is not known without a language
    model: what is named now is asked for, and the words of the question before decide between the places that have it.

    Args:
        question: The question.
        exchange: The turns that it refers to, oldest first.

    Returns:
        None if it replaces nothing.
    """
    asked = [turn.content for turn in exchange if turn.role == "user"]
    if not asked:
        return None
    before = asked[0]
    for said in asked[1:]:
        reading = _replacing(before, said)
        before = reading.text if reading and reading.before is None else before
    return _replacing(before, question)


def _replacing(before: str, said: str) -> Meant | None:
    meant = put_right(said)
    named = meant or references(detect(said)).other(said)
    if named is None:
        return None
    if meant and not is_fragment(meant):
        return Meant(meant)
    alike = _of_one_shape(before, named)
    return Meant(f"{before[: alike.start]}{_bare(named)}{before[alike.end :]}") if alike else Meant(named, before)


def _of_one_shape(before: str, named: str) -> Span | None:
    """Return the place of the number or code in a question that looks like what is named now, which is nothing else."""
    new = _concepts(named)
    if len(new) != 1 or new[0].kind is Kind.WORD:
        return None
    same = [each for each in _concepts(before) if each.kind is new[0].kind and shape(each.word) == shape(new[0].word)]
    return same[0].span if len(same) == 1 else None


def _bare(named: str) -> str:
    return _concepts(named)[0].span.of(named)


def _concepts(text: str) -> tuple[Concept, ...]:
    return concepts(text, (detect(text) or DEFAULT_LANGUAGE,))
