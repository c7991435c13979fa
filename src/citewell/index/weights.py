"""The weights of a question's concepts in one index: how much each tells, and in which forms the index has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from citewell.text.concepts import Concept
from citewell.text.terms import Term


@dataclass(frozen=True, slots=True)
class Weighted:
    """A concept of a question in one index: its weight (idf) if it occurs once in a passage of average length.

    ``found`` is how many passages have it, in any form; ``forms``, ``sequences`` and ``bags`` are those that some passage has.
    """

    concept: Concept
    weight: float
    found: int
    forms: frozenset[str] = frozenset()
    sequences: tuple[tuple[str, ...], ...] = ()
    bags: tuple[tuple[str, ...], ...] = ()
    # Whether the corpus has the name part of a code ("COVID" of "COVID-19") as a word of its own.
    named_without_number: bool = False

    def scaled(self, factor: float) -> Weighted:
        """Return the concept with its weight times a factor."""
        return replace(self, weight=factor * self.weight)

    def stands_in(self, terms: Collection[str]) -> bool:
        """Return whether a text has the concept in some form, given its terms."""
        return any(form in terms for form in self.forms) or any(
            all(part in terms for part in parts) for parts in (*self.sequences, *self.bags)
        )


@dataclass(frozen=True, slots=True)
class TermWeights:
    """The concepts of a question with their weights. ``unknown`` is the weight of a word that occurs in no passage."""

    concepts: tuple[Weighted, ...]
    unknown: float

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return sum(each.weight for each in self.concepts)

    def matched(self, terms: Iterable[Term]) -> float:
        """Return the sum of the weights of the concepts that a text has, given its terms."""
        return sum(each.weight for each in self.found_in(terms))

    def found_in(self, terms: Iterable[Term]) -> list[Weighted]:
        """Return the concepts that a text has, given its terms."""
        here: set[str] = set()
        for term in terms:
            here.update([term.text, *term.parts])
        return [each for each in self.concepts if each.stands_in(here)]
