"""Words that say which of something a question means: "the theatre club", "el curso de pintura", "кружок рисования".

What is said about the chess club answers any question about the theatre club, but for that word. It stands beside its
head, before or after it, and the place has another word in the same slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from citewell.document import Span
from citewell.index.weights import TermWeights, Weighted
from citewell.text.concepts import word_before
from citewell.text.terms import analyse, forms_of
from citewell.text.words import Kind

# Between a head and what follows it: a space, with at most two short words, which are no terms.
_BETWEEN = regex.compile(r"[ \u00a0](?:[\p{L}\p{M}'’]+[ \u00a0]){0,2}")
# For each, a question is encoded again.
_MOST = 3

# On which side of its head a word stands, and the short words with which it does.
_Slot = tuple[bool, str]


def other_qualifiers(weights: TermWeights, nth: int, question: str, text: str, language: str | None) -> list[str]:
    """Return the words that stand in a text where one of the question does there: "chess" for "theatre".

    Args:
        weights: The concepts of the question.
        nth: The number of the concept.
        question: The question.
        text: The text.
        language: Its language.
    """
    asked = list(_asked(weights, nth, question))
    if not asked:
        return []
    known = {form for each in weights.concepts for form in each.every_form}
    found = [
        rival.span.of(text)
        for pair in pairwise(analyse(text, language))
        for head, rival in (pair, pair[::-1])
        if rival.kind is Kind.WORD and rival.text not in known
        for weighted, slot in asked
        if weighted.stands_in(forms_of([head])) and _slot(head.span, rival.span, text) == slot
    ]
    return list(dict.fromkeys(found))[:_MOST]


def _asked(weights: TermWeights, nth: int, question: str) -> Iterator[tuple[Weighted, _Slot]]:
    """Yield the words of a question that one may qualify, and how."""
    for at in (nth - 1, nth + 1):
        head = weights.concepts[at] if 0 <= at < len(weights.concepts) else None
        slot = _slot(head.concept.span, weights.concepts[nth].concept.span, question) if head else None
        if head and head.is_found and slot:
            yield head, slot


def _slot(head: Span, word: Span, text: str) -> _Slot | None:
    """Return how a word stands beside its head; None if it does not.

    Before its head, it follows the same word: a verb does not follow "the" ("How do I cancel tickets?").
    """
    follows = head.start < word.start
    between = text[head.end : word.start] if follows else text[word.end : head.start]
    if follows:
        return (True, between.strip().lower()) if _BETWEEN.fullmatch(between) else None
    before = word_before(text, word.start)
    return (False, before) if before and between in {" ", "\u00a0"} else None
