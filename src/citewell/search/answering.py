"""The place that would answer a question: its words, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import regex

from citewell.index.weights import TermWeights, Weighted
from citewell.lazy import lazy
from citewell.search.days import asked_day, other_days
from citewell.text.capitals import Case
from citewell.text.concepts import Concept
from citewell.text.terms import Term, analyse, fold, forms_of
from citewell.text.words import Kind

# A name stands beside a word if at most one other word is between.
_BESIDE = 2
# By chance, words that are used have three letters at their end in common (event, moment).
LONG_END = 4
# What makes a word its opposite: "un-", "anti-".
_LONGEST_BEGINNING = 4


@dataclass(frozen=True)
class AnsweringPlace:
    """The place that would answer a question: its text, and the forms of the question there and in what stands above it.

    ``is_name`` returns whether the corpus has a word, in lower case, as a name only. ``headings`` are those above it, and
    ``above`` all lines that stand above it, the name of its file among them. ``are_near`` returns whether any document has two
    words near each other, and ``others`` are the texts of other places that are shown.
    """

    text: str
    language: str | None
    forms: Collection[str]
    is_name: Callable[[str], bool]
    headings: str = ""
    above: Sequence[str] = ()
    are_near: Callable[[str, str], bool] = lambda *_: True
    others: Sequence[str] = ()

    def has(self, weighted: Weighted) -> bool:
        """Return whether a concept stands here; at the start of a sentence, no index has a name that is a function word."""
        return weighted.stands_in(self.forms) or (
            weighted.concept.may_be_name and self._has_word(weighted.concept.word)
        )

    def _has_word(self, word: str) -> bool:
        return bool(regex.search(rf"\b{regex.escape(word)}\b", self.text))

    @lazy
    def terms(self) -> Sequence[Term]:
        """The terms of the text."""
        return analyse(self.text, self.language)

    @lazy
    def _small(self) -> str:
        return fold(" ".join(self.text.lower().split()))

    def may_have_another(self, weights: TermWeights, nth: int) -> bool:
        """Return whether a word with the end of one of a question may stand beside the same words: fast, and mostly not."""
        concept = weights.concepts[nth].concept
        if concept.kind is Kind.NUMBER:
            return not concept.is_key
        # The last letter of a stem may be another one than in the word: "happi".
        beside = tuple(form[:-1] for each in neighbours(weights, nth) for form in each.forms if len(form) > 1)
        forms = concept.forms
        return any(self._ends_beside(end, forms, beside) for end in {form[-LONG_END:] for form in forms})

    def _ends_beside(self, end: str, forms: Collection[str], beside: tuple[str, ...]) -> bool:
        """Return whether a word without these forms has an end, and the word before or after it one of some beginnings."""
        text, at = self._small, self._small.find(end)
        while at >= 0:
            start, stop = text.rfind(" ", 0, at) + 1, text.find(" ", at) + 1
            before = text.rfind(" ", 0, start - 1) + 1
            is_beside = text.startswith(beside, before, start) or (stop and text.startswith(beside, stop))
            if is_beside and not any(_is_in(form, text[start : stop or None]) for form in forms):
                return True
            at = text.find(end, at + 1)
        return False

    def other_days(self, weights: TermWeights, concept: Concept) -> list[str]:
        """Return the days that it has in place of the one that a word of a question says (``citewell.search.days``)."""
        asked = asked_day(weights, concept)
        return [] if asked is None else other_days(asked, self.terms, self.text, self.language, self.above)

    def names(self, term: Term) -> bool:
        """Return whether a term of this place is a name."""
        return term.kind is Kind.WORD and term.case is not Case.SMALL and self.is_name(term.word.lower())


def _is_in(form: str, word: str) -> bool:
    """Return whether a word, with the signs around it, is one with this form, and not its opposite: "unpaid" for "paid"."""
    at = word.find(form)
    return at >= 0 and not 0 < sum(map(str.isalpha, word[:at])) <= _LONGEST_BEGINNING


def unasked(weights: TermWeights, place: AnsweringPlace) -> list[Term]:
    """Return the words of a place that are none of the question."""
    asked = forms_asked(weights)
    return [term for term in place.terms if term.text not in asked]


def forms_asked(weights: TermWeights) -> set[str]:
    """Return every form of the words of a question, and of their other names."""
    asked = {form for each in weights.concepts for form in each.forms}
    return asked | {
        form for each in weights.concepts for name, _ in each.others for part in name.sequences for form in part
    }


def neighbours(weights: TermWeights, nth: int) -> list[Weighted]:
    """Return the words beside one of the question that some passage has."""
    return [each for at in (nth - 1, nth + 1) if at >= 0 for each in weights.concepts[at : at + 1] if each.is_found]


def forms_near(terms: Sequence[Term], at: int) -> frozenset[str]:
    """Return the forms of a word of a text, and of those beside it: at most one other word is between."""
    return forms_of(terms[max(0, at - _BESIDE) : at + _BESIDE + 1])
