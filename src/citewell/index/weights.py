"""The weights of a question's concepts in one index: how much each tells, and in which forms the index has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from citewell.index.numbering import Stretches
from citewell.lazy import lazy
from citewell.text.concepts import Concept

# What a passage counts that has only another name of what is asked, by the house's own words.
_OTHER_NAME = 0.7


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name of what is asked, by the house's own words, that some passage has.

    ``sequences`` are its terms, which stand side by side, for each language. ``rarity`` is its idf. Only ``passages`` count, if
    given.
    """

    name: str
    sequences: tuple[tuple[str, ...], ...]
    rarity: float
    passages: Stretches | None = None

    def stands_in(self, terms: Collection[str]) -> bool:
        """Return whether a text has the name, given its terms."""
        return any(all(term in terms for term in sequence) for sequence in self.sequences)


class Weighted(NamedTuple):
    """A concept of a question in one index: its weight (idf) if it occurs once in a passage of average length.

    ``found`` is how many passages have it, in any form; ``forms``, ``sequences`` and ``bags`` are those that some passage has.
    ``others`` are its other names, each with the weight of a passage that has only that.
    """

    concept: Concept
    weight: float
    found: int
    forms: frozenset[str] = frozenset()
    sequences: tuple[tuple[str, ...], ...] = ()
    bags: tuple[tuple[str, ...], ...] = ()
    # Whether the corpus has the name part of a code ("COVID" of "COVID-19") as a word of its own.
    named_without_number: bool = False
    others: tuple[tuple[OtherName, float], ...] = ()

    def scaled(self, factor: float) -> Weighted:
        """Return the concept with its weight times a factor."""
        others = tuple((name, factor * weight) for name, weight in self.others)
        return self._replace(weight=factor * self.weight, others=others)

    def widened(self, others: Iterable[OtherName]) -> Weighted:
        """Return the concept with other names.

        Another name tells as much as it is rare, but not more than the asked one. A word that the documents only have by other
        names has their weight, so that it counts less than the other words of the question.
        """
        known = tuple(others)
        if not known:
            return self
        if self.found:
            return self._replace(others=tuple((name, _OTHER_NAME * min(self.weight, name.rarity)) for name in known))
        weights = tuple((name, _OTHER_NAME * name.rarity) for name in known)
        return self._replace(weight=max(weight for _, weight in weights), others=weights)

    @property
    def is_composed(self) -> bool:
        """Whether some of its forms mean it only together with others, or in some passages."""
        return bool(self.sequences or self.bags or self.others)

    @property
    def every_form(self) -> Iterator[str]:
        """Every form that a passage may have of it."""
        yield from self.forms
        others = (each for name, _ in self.others for each in name.sequences)
        for parts in (*self.sequences, *self.bags, *others):
            yield from parts

    @property
    def is_found(self) -> bool:
        """Whether some passage has it, in any form or by another name."""
        return bool(self.found or self.others)

    def stands_in(self, terms: Collection[str]) -> bool:
        """Return whether a text has the concept in some form or by another name, given its terms."""
        if self._is_written_in(terms):
            return True
        return bool(self.others) and any(name.stands_in(terms) for name, _ in self.others)

    def weight_in(self, terms: Collection[str]) -> float:
        """Return what the concept counts in a text, given its terms: its weight, or that of another name."""
        if self._is_written_in(terms):
            return self.weight
        if not self.others:
            return 0.0
        return max((weight for name, weight in self.others if name.stands_in(terms)), default=0.0)

    def _is_written_in(self, terms: Collection[str]) -> bool:
        if not self.forms.isdisjoint(terms):
            return True
        # Few concepts have any of these.
        several = (*self.sequences, *self.bags)
        return bool(several) and any(all(part in terms for part in parts) for parts in several)


@dataclass(frozen=True)
class TermWeights:
    """The concepts of a question with their weights. ``unknown`` is the weight of a word that occurs in no passage."""

    concepts: tuple[Weighted, ...]
    unknown: float

    @lazy
    def total(self) -> float:
        """The sum of the weights."""
        return sum(each.weight for each in self.concepts)

    def matched(self, forms: Collection[str]) -> float:
        """Return the sum of the weights of the concepts that a text has, given its forms."""
        return sum(each.weight_in(forms) for each in self.concepts)

    @lazy
    def vary(self) -> bool:
        """Whether they are others in some passages."""
        return any(name.passages for each in self.concepts if each.others for name, _ in each.others)

    def at(self, passage: int) -> TermWeights:
        """Return the weights as they are in one passage: some other names count only in some passages."""
        if not self.vary:
            return self
        return replace(self, concepts=tuple(_at(each, passage) for each in self.concepts))


def _at(weighted: Weighted, passage: int) -> Weighted:
    here = tuple(each for each in weighted.others if each[0].passages is None or passage in each[0].passages)
    return weighted._replace(others=here)
