"""Full names that a question puts together from two: "Will Baker", where the documents have Will Turner and Anna Baker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import regex

from citewell.document import Span
from citewell.index.storage import Snapshot
from citewell.search.nearby import are_near
from citewell.text.language import function_words
from citewell.text.terms import fold

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]+")
# What is between the words of a full name: a space, and an initial.
_WITHIN = regex.compile(r" (?:\p{Lu}\.? )?")
# Words of a full name have at most one other between, in either order: "Ruth A. Hill", "Chen, May".
_NEAR = 2


def put_together(
    question: str, text: str, snapshot: Snapshot, looks_like_a_name: Callable[[str], bool]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the full names of a question that no document has, but a place has both words of them, in other full names.

    The first word must be somebody's name: "Mayor Baker" and "Ms Baker" may be Anna Baker.

    Args:
        question: The question.
        text: The text of the place.
        snapshot: The snapshot.
        looks_like_a_name: Returns whether a word is probably a name, whatever its capitals.

    Yields:
        The name as it is asked, and what the place has in its place.
    """
    # Mostly, no two words of a question stand there as names do.
    plain = fold(text)
    asked = [pair for pair in _side_by_side(question) if all(_form(each[0]).capitalize() in plain for each in pair)]
    small = frozenset().union(*map(function_words, snapshot.languages)) if asked else frozenset()
    there = _full_names(text, small, snapshot.catalogue.vocabulary.is_name) if asked else {}
    for one, other in asked:
        words = one[0], other[0]
        if not all(_form(each) in there for each in words) or not _may_be_names(question, one, other, small):
            continue
        is_apart = all(there[_form(word)] - there[_form(another)] for word, another in (words, words[::-1]))
        if not is_apart or are_near(words, snapshot, within=_NEAR):
            continue
        if words[0].lower() in small or looks_like_a_name(words[0].lower()):
            others = {name for each in words for name in there[_form(each)]}
            yield Span(one.start(), other.end()).of(question), tuple(sorted(others))


def _full_names(text: str, small: Iterable[str], is_name: Callable[[str], bool]) -> dict[str, set[str]]:
    """Return the full names of a text by each of their words; one of these is never written small in the corpus."""
    found: dict[str, set[str]] = {}
    for one, other in _side_by_side(text):
        words = one[0], other[0]
        if all(map(str.istitle, words)) and any(is_name(each.lower()) for each in words):
            for own, another in (words, words[::-1]):
                # "But Baker"
                if another.lower() not in small:
                    found.setdefault(_form(own), set()).add(Span(one.start(), other.end()).of(text))
    return found


def _side_by_side(text: str) -> Iterator[tuple[regex.Match[str], regex.Match[str]]]:
    for one, other in pairwise(_WORD.finditer(text)):
        if _WITHIN.fullmatch(text, one.end(), other.start()):
            yield one, other


def _may_be_names(question: str, one: regex.Match[str], other: regex.Match[str], small: frozenset[str]) -> bool:
    """Return whether two words of a question may be a full name; function words with capitals are, but for the first."""
    return all(
        each[0].lower() not in small or (each[0].istitle() and bool(question[: each.start()].strip()))
        for each in (one, other)
    )


def _form(word: str) -> str:
    return fold(word.lower())
