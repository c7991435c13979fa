"""Reads what puts the question before right, or asks the same about something else: "no, I meant the zoo", "and in 2021?".

What is named beside the same word takes the place of what stood there: "the business plan" that of "the basic plan".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product, takewhile

import regex

from citewell.answer import Turn
from citewell.document import Span
from citewell.search.leaning import is_fragment
from citewell.search.turning import shape
from citewell.text.concepts import Concept, concepts
from citewell.text.language import detect
from citewell.text.references import put_right, references
from citewell.text.terms import DEFAULT_LANGUAGE
from citewell.text.words import Kind

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# What is between words that stand side by side: "year 5", "5. Klasse", "KX-4410".
_ADJOINING = regex.compile(r"[ \u00a0.\-‐‑]{1,2}")


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
    asked = [turn.content for turn in as_understood(exchange) if turn.role == "user"]
    return _replacing(asked[0], question) if asked else None


def as_understood(exchange: Sequence[Turn]) -> list[Turn]:
    """Return an exchange as it is meant: a question in full in place of one that replaces something in it, and of that."""
    kept: list[Turn] = []
    for turn in exchange:
        before = next((each.content for each in kept if each.role == "user"), None)
        reading = _replacing(before, turn.content) if before is not None and turn.role == "user" else None
        kept = [Turn("user", reading.text)] if reading and reading.before is None else [*kept, turn]
    return kept


def asked_of_another(question: str, before: str) -> str | None:
    """Return a question as it would have been asked before, if the one that is asked now names something in its place.

    After "How much is the basic plan?", "Who needs the business plan?" is about what that costs, no more about the basic plan.
    One that only names something else is as complete as the one before.

    Args:
        question: A question that is no fragment.
        before: The question before.

    Returns:
        The question itself if it says the same but for what it names; None if it names nothing instead of something.
    """
    if _differ_in_what_they_name(question, before):
        return question
    places = _beside_the_same(before, question)
    return _put(before, places[0], places[1].of(question)) if places else None


def _replacing(before: str, said: str) -> Meant | None:
    meant = put_right(said)
    named = meant or references(detect(said)).other(said)
    if named is None:
        return None
    if meant and not is_fragment(meant):
        return Meant(meant)
    alike = _of_one_shape(before, named)
    if alike:
        return Meant(_put(before, alike, _bare(named)))
    places = _beside_the_same(before, named)
    if places is None:
        return Meant(named, before)
    asked, known = _put(before, places[0], places[1].of(named)), _forms(_concepts(before))
    whole = all(each.span.overlaps(places[1]) or known & _forms([each]) for each in _concepts(named))
    return Meant(asked) if whole else Meant(named, asked)


def _put(text: str, place: Span, instead: str) -> str:
    return f"{text[: place.start]}{instead}{text[place.end :]}"


def _of_one_shape(before: str, named: str) -> Span | None:
    """Return the place of the number or code in a question that looks like what is named now, which is nothing else."""
    new = _concepts(named)
    if len(new) != 1 or new[0].kind is Kind.WORD:
        return None
    same = [each for each in _concepts(before) if each.kind is new[0].kind and shape(each.word) == shape(new[0].word)]
    return same[0].span if len(same) == 1 else None


def _beside_the_same(before: str, said: str) -> tuple[Span, Span] | None:
    """Return the places of a question and of something said that name different things beside the same word.

    Those are numbers, codes or names, on the same side of it ("year 5", "year 7"), or words after the same article ("the basic
    plan", "the business plan"): what else stands before a word may be a verb.
    """
    old, new = _concepts(before), _concepts(said)
    shared = [
        (nth, at) for at, each in enumerate(new) for nth, other in enumerate(old) if _forms([each]) & _forms([other])
    ]
    for (nth, at), step in product(shared, (-1, 1)):
        if not 0 <= nth + step < len(old):
            continue
        replaced, named = old[nth + step], _run(new, at, step, said, _forms(old))
        is_other = _adjoin(replaced, old[nth], before) and not _forms([replaced]) & _forms(new)
        if named and is_other and _are_alike(replaced, named, step):
            return replaced.span, Span(named[0].span.start, named[-1].span.end)
    return None


def _run(said: Sequence[Concept], at: int, step: int, text: str, known: frozenset[str]) -> list[Concept]:
    """Return the concepts that adjoin one on one side, up to one that is known, in the order of the text."""
    run: list[Concept] = []
    for each in said[at + 1 :] if step > 0 else said[:at][::-1]:
        if _forms([each]) & known or not _adjoin(each, run[-1] if run else said[at], text):
            break
        run.append(each)
    return run if step > 0 else run[::-1]


def _are_alike(replaced: Concept, named: Sequence[Concept], step: int) -> bool:
    """Return whether some concepts can stand instead of another, before or after the same word."""
    first = named[0]
    if Kind.WORD not in (replaced.kind, first.kind):
        return True
    if replaced.kind is not first.kind:
        return False
    if all(each.is_key for each in (replaced, *named)):
        return True
    # "a" and "an", "un" and "une".
    one, other = sorted((replaced.before, first.before), key=len)
    return step < 0 and bool(one) and other.startswith(one)


def _adjoin(one: Concept, other: Concept, text: str) -> bool:
    first, second = sorted((one.span, other.span), key=lambda span: span.start)
    return bool(_ADJOINING.fullmatch(text, first.end, second.start))


def _differ_in_what_they_name(question: str, before: str) -> bool:
    """Return whether two questions have the same words but for some side by side, none of them a function word."""
    one, other = (list(_WORD.finditer(text)) for text in (question, before))
    start = _same_at_start(one, other)
    end = _same_at_start(one[start:][::-1], other[start:][::-1])
    middles = one[start : len(one) - end], other[start : len(other) - end]
    told = _concepts(question), _concepts(before)
    if not all(middles) or not all(
        _is_named(each, known) for words, known in zip(middles, told, strict=True) for each in words
    ):
        return False
    return bool(_forms(told[0]) & _forms(told[1]))


def _is_named(word: regex.Match[str], told: Sequence[Concept]) -> bool:
    return any(each.span.start < word.end() and word.start() < each.span.end for each in told)


def _same_at_start(one: Sequence[regex.Match[str]], other: Sequence[regex.Match[str]]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].group().casefold() == pair[1].group().casefold(), pairs))


def _forms(told: Iterable[Concept]) -> frozenset[str]:
    """Return the forms of some concepts, without those of several words together."""
    return frozenset(form for each in told for form in each.forms[:1])


def _bare(named: str) -> str:
    return _concepts(named)[0].span.of(named)


def _concepts(text: str) -> tuple[Concept, ...]:
    return concepts(text, (detect(text) or DEFAULT_LANGUAGE,))
