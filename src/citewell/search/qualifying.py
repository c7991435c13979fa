"""Words that say which of something a question means: "the theatre club", "el curso de pintura", "кружок рисования".

What is said about the chess club answers any question about the theatre club, but for that word. It stands beside its
head, before or after it, and the place has another word in the same slot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import regex

from citewell.document import Span
from citewell.index.weights import TermWeights, Weighted
from citewell.text.concepts import word_before
from citewell.text.joining import joining_words
from citewell.text.language import function_words
from citewell.text.lists import words_of
from citewell.text.plain_form import PlainForm
from citewell.text.stops import sentence_starts
from citewell.text.terms import DEFAULT_LANGUAGE, analyse, forms_of
from citewell.text.words import Kind

# Between a head and what follows it: a space, with at most two short words, which are no terms: "curso de", "location d’un".
_BETWEEN = regex.compile(r"[ \u00a0]((?:[\p{L}\p{M}]+(?:['’]|[ \u00a0])){0,2})")
# A short word that is written together with a word: "corso d’inglese".
_ELIDED = regex.compile(r"\p{L}{1,4}['’]")
# Between what something is done to and the verb: "The goats are kept", for "Where are the horses kept?".
_AUXILIARY = regex.compile(r"[ \u00a0]([\p{L}\p{M}]+)[ \u00a0]")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
# For each, a question is encoded again.
_MOST = 3

# Where adjectives or genitives follow what they are said of, without another word: "piscina exterior", "кружок рисования".
_FOLLOWED = {
    None, "ar", "bg", "ca", "cs", "el", "es", "fa", "fr", "gl", "he", "hr", "id",
    "it", "pl", "pt", "ro", "ru", "sk", "sl", "th", "uk", "vi",
}  # fmt: skip

# On which side of its head a word stands, and how the short words with which it does begin, and how many they are.
_Slot = tuple[bool, str, int]


class Rival(NamedTuple):
    """A word of a text that stands where one of a question does there, and the sentence that has it, both normalised."""

    word: str
    sentence: str


def other_qualifiers(weights: TermWeights, nth: int, question: str, text: str, language: str | None) -> list[Rival]:
    """Return the words that stand in a text where one of the question does there: "chess" for "theatre".

    Args:
        weights: The concepts of the question.
        nth: The number of the concept.
        question: The question.
        text: The text.
        language: Its language.
    """
    asked = list(_asked(weights, nth, question, language))
    if not asked:
        return []
    known = {form for each in weights.concepts for form in each.every_form}
    auxiliaries = {word.lower() for word in _WORD.findall(question)}
    found = {
        rival.text: rival
        for pair in pairwise(analyse(text, language))
        for head, rival in (pair, pair[::-1])
        if rival.kind is Kind.WORD and rival.text not in known
        for weighted, slot in asked
        if weighted.stands_in(forms_of([head])) and _fills(slot, head.span, rival.span, text, auxiliaries, language)
    }
    rivals = list(found.values())[:_MOST]
    return [Rival(each.word, PlainForm(_sentence(text, each.span, language)).text) for each in rivals]


def _asked(weights: TermWeights, nth: int, question: str, language: str | None) -> Iterator[tuple[Weighted, _Slot]]:
    """Yield the words of a question that one may qualify, and how."""
    word = weights.concepts[nth].concept
    for at in (nth - 1, nth + 1):
        head = weights.concepts[at] if 0 <= at < len(weights.concepts) else None
        slot = _slot(head.concept.span, word.span, question, language) if head else None
        # Keywords before others may be verbs: "cancel tickets".
        if head and head.is_found and slot and (at < nth or word.before):
            yield head, slot


def _slot(head: Span, word: Span, text: str, language: str | None) -> _Slot | None:
    """Return how a word stands beside its head; None if it does not.

    Before its head, it follows the same word, because a verb does not follow "the" ("How do I cancel tickets?"); an article
    may be left out, and stands after the verb in a question ("Are night trains…"). After it, the same preposition,
    whose form depends on the word ("d’un", "de la").
    """
    if head.start < word.start:
        elided = _ELIDED.match(text, word.start, word.end)
        between = _BETWEEN.fullmatch(text, head.end, elided.end() if elided else word.start)
        if between is None or not (between[1] or language in _FOLLOWED):
            return None
        return True, between[1][:1].lower(), len(_WORD.findall(between[1]))
    if text[word.end : head.start] not in {" ", "\u00a0"}:
        return None
    before = word_before(text, word.start)
    return False, before if _may_be_before_a_verb(before, language or DEFAULT_LANGUAGE) else "", 1


def _may_be_before_a_verb(word: str, language: str) -> bool:
    """Return whether a verb may follow a word: "How do I cancel tickets?"; another word that is none may be the verb itself."""
    return word in function_words(language) and word not in _openings(language)


@cache
def _openings(language: str) -> frozenset[str]:
    """Return the articles of a language, and the words after which what is asked about stands without one."""
    return words_of("articles", language) | joining_words(language).asks


def _fills(slot: _Slot, head: Span, word: Span, text: str, auxiliaries: Collection[str], language: str | None) -> bool:
    """Return whether a word of a text fills a slot beside its head."""
    if _slot(head, word, text, language) == slot:
        return True
    follows, *_ = slot
    between = _AUXILIARY.fullmatch(text, word.end, head.start) if not follows and word.end < head.start else None
    return between is not None and between[1].lower() in auxiliaries


def _sentence(text: str, word: Span, language: str | None) -> str:
    """Return the sentence around a word of a text."""
    start = text.rfind("\n", 0, word.start) + 1
    end = text.find("\n", word.end)
    line = text[start : end if end >= 0 else len(text)]
    starts = [0, *sentence_starts(line, language), len(line)]
    nth = bisect_right(starts, word.start - start) - 1
    return line[starts[nth] : starts[nth + 1]].strip()
