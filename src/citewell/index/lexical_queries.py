"""What a BM25 index is asked, in words that every engine has: for terms, words side by side, and some passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from citewell.errors import IndexDamagedError
from citewell.index.numbering import Ordinals
from citewell.index.phrasing import Required
from citewell.index.settled import Scores

# More than any passage scores for words that stand apart.
_NEAR = 1e4
# Words between those of a phrase that the index does not have as words of their own.
_SLOP = 2
# The form of each word, and the parts of words that are written joined or parted.
FORMS = "forms"
PARTS = "parts"

Q = TypeVar("Q")


class LexicalIndex(Protocol[Q]):
    """The BM25 index of a snapshot as an engine has it, and what makes its queries (``Q``). Thread-safe.

    ``count`` is how many passages are valid, ``all`` how many count in frequencies, and so in scores. Passages are known by
    their marks (``numbering``). Scores are float32.

    All methods that read raise `IndexFaultError` if what they read cannot be read, or is not what was written.
    """

    @property
    def count(self) -> int:
        """How many passages are valid."""

    @property
    def all(self) -> int:
        """How many passages count in frequencies."""

    def search(self, query: Q, count: int) -> tuple[Ordinals, Scores]:
        """Return the marks of the best passages for a query, and their scores, best first; ``count`` is at least 1."""

    def passages_with(self, query: Q) -> int:
        """Return how many valid passages match a query."""

    def expect(self, forms: Iterable[str]) -> None:
        """Be told which forms will be asked for: an engine elsewhere asks for all at once."""

    def frequency(self, field: str, form: str) -> int:
        """Return how many passages have a form; if none but removed ones may, as many as are valid."""

    def all_with(self, field: str, form: str) -> int:
        """Return how many passages have a form, as it is scored."""

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""

    def term(self, field: str, form: str) -> Q:
        """Return a query for a form in a field, which scores how often a passage has it."""

    def phrase(self, field: str, words: Sequence[str], slop: int = 0) -> Q:
        """Return a query for words that follow one another, each at most ``slop`` places from where it would be."""

    def any_of(self, queries: Sequence[Q]) -> Q:
        """Return a query for the passages that match any of some queries; it scores the sum."""

    def all_of(self, queries: Sequence[Q], optional: Sequence[Q] = ()) -> Q:
        """Return a query for the passages that match all of some queries; it scores the sum, with that of optional ones."""

    def best_of(self, queries: Sequence[Q]) -> Q:
        """Return a query for the passages that match any of some queries; it scores the best."""

    def scoring(self, query: Q, score: float) -> Q:
        """Return a query that gives each passage that matches another the same score."""

    def times(self, query: Q, factor: float) -> Q:
        """Return a query that scores another times a factor."""

    def among(self, marks: Ordinals) -> Q:
        """Return a query for some passages, at least one, by their marks, given in order."""

    def from_to(self, first: int, last: int) -> Q:
        """Return a query for the passages from one to another, by their marks."""


def side_by_side(index: LexicalIndex[Q], parts: tuple[str, ...]) -> Q:
    """Return a query for words that stand side by side, whether or not they are parts of one."""
    if len(parts) == 1:
        return index.term(FORMS, parts[0])
    return index.any_of([index.phrase(field, parts) for field in (FORMS, PARTS)])


def any_sequence(
    index: LexicalIndex[Q], sequences: Iterable[tuple[str, ...]], passages: Iterable[tuple[int, int]] | None = None
) -> Q:
    """Return a query for the passages that have the words of any of some sequences side by side.

    Args:
        index: What makes queries.
        sequences: The sequences.
        passages: The passages that count, as the first and the last mark of those that follow one another; None is all.
    """
    anywhere = index.any_of([side_by_side(index, each) for each in sequences])
    if passages is None:
        return anywhere
    return index.all_of([anywhere, index.any_of([index.from_to(*each) for each in passages])])


def every_word(index: LexicalIndex[Q], parts: tuple[str, ...]) -> Q:
    """Return a query for the passages that have all of some words."""
    return index.all_of([index.any_of([index.term(field, part) for field in (FORMS, PARTS)]) for part in parts])


def having(index: LexicalIndex[Q], required: Required, clauses: Sequence[Q]) -> Q:
    """Return a query for the passages that have some words.

    It scores whether they are near each other, and the clauses, which passages need not match.
    """
    all_there = [_any_form(index, forms) for forms in required.forms]
    near = [index.scoring(index.phrase(FORMS, words, _SLOP), _NEAR) for words in required.near]
    return index.all_of([index.all_of(all_there, near)], clauses)


def _any_form(index: LexicalIndex[Q], forms: Iterable[str]) -> Q:
    either = [index.term(field, form) for form in forms for field in (FORMS, PARTS)]
    return index.scoring(index.any_of(either), 0.0)
