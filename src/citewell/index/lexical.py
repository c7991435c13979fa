"""Lexical search: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over passages and what stands above them.

The words come from ``citewell.text``: this module analyses nothing, and an engine counts and sums. Each word has one form, in
the field ``forms``; the parts of words that are written joined or parted are in a field of their own, so that they count
neither in the length of a passage nor twice in its score.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic

import numpy as np

from citewell.document import Span
from citewell.index.lexical_queries import (
    FORMS,
    PARTS,
    LexicalIndex,
    Q,
    any_sequence,
    every_word,
    having,
    side_by_side,
)
from citewell.index.numbering import Numbering, Ordinals, Stretches
from citewell.index.phrasing import Required
from citewell.index.settled import Scores, settled
from citewell.index.weights import OtherName, TermWeights, Weighted
from citewell.recent import Recent
from citewell.text.concepts import Concept, splits

# A term scores at most k1 + 1 times its weight, whatever its frequency in a passage.
SATURATION = 2.2

# So many concepts are remembered, with their weights and their queries.
_REMEMBERED = 4096
# The letters of a code; longer ones are a word.
_LONGEST_PREFIX = 2


class PassageTerms(Generic[Q]):
    """The BM25 index of one snapshot.

    Args:
        index: What counts and searches.
        numbering: The numbers of the passages; None is those of one segment.
    """

    def __init__(self, index: LexicalIndex[Q], numbering: Numbering | None = None) -> None:
        self._index = index
        self._numbering = numbering or Numbering([(0, self.count)])
        self._weighed: Recent[Hashable, Weighted] = Recent(_REMEMBERED)
        self._compiled: Recent[Hashable, Q] = Recent(_REMEMBERED)
        self._last: tuple[TermWeights, list[Q]] | None = None

    @property
    def count(self) -> int:
        """How many passages are valid."""
        return self._index.count

    def best(
        self,
        weights: TermWeights,
        count: int,
        *,
        within: Ordinals | None = None,
        required: Required | None = None,
    ) -> tuple[Ordinals, Scores]:
        """Find the passages with the best scores for some concepts.

        Args:
            weights: The concepts, as weighted by ``term_weights``.
            count: The maximum number.
            within: Search only these passages; None is all.
            required: The words that passages must have; what that scores is added, and they need no concepts then.

        Returns:
            Ordinals and BM25 scores, best first; passages without any of the concepts are not included.
        """
        clauses = self._clauses(weights)
        if not (clauses or required) or (within is not None and not len(within)):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        index = self._index
        query = having(index, required, clauses) if required else index.any_of(clauses)
        if within is not None:
            query = index.all_of([query, index.scoring(index.among(self._numbering.marks(within)), 0.0)])
        # Limited to the number of passages, because a huge count overflows.
        return settled(lambda asked: self._search(query, asked), min(count, self.count), max(1, self.count))

    def _search(self, query: Q, count: int) -> tuple[Ordinals, Scores]:
        marks, scores = self._index.search(query, count)
        try:
            return self._numbering.ordinals(marks), scores
        except ValueError as error:
            raise self._index.damaged(error) from error

    def term_weights(self, concepts: Iterable[Concept], languages: Iterable[str]) -> TermWeights:
        """Return the weight of each concept: its inverse document frequency, as BM25 defines it.

        Passages with any form of a concept count for it. A word that no passage has may be two that stand side by side. A
        function word with a capital is a name only where some passage has it as one.

        Args:
            concepts: The concepts.
            languages: The languages of the documents.
        """
        languages, concepts = tuple(languages), tuple(concepts)
        self._index.expect(form for each in concepts for form in _every_form(each))
        weighed = (self._weighted(each, languages) for each in concepts)
        return TermWeights(tuple(each for each in weighed if each.found or not each.concept.may_be_name), self._idf(0))

    def other_name(
        self, name: str, sequences: Sequence[tuple[str, ...]], passages: Stretches | None = None
    ) -> OtherName | None:
        """Return another name of what is asked, or None if no passage has it (`storage.Storage.other_name`)."""
        here = tuple(
            each
            for each in sequences
            if self._has_all(each) and self._index.passages_with(self._any_of([each], passages))
        )
        if not here:
            return None
        return OtherName(name, here, self._idf(self._index.passages_with(self._any_of(here, passages))), passages)

    def has(self, name: OtherName, within: Ordinals) -> bool:
        """Return whether any of some passages has another name of what is asked."""
        if not len(within):
            return False
        both = [self._any_of(name.sequences, name.passages), self._index.among(self._numbering.marks(within))]
        return self._index.passages_with(self._index.all_of(both)) > 0

    def _weighted(self, concept: Concept, languages: tuple[str, ...]) -> Weighted:
        """Return a concept with its weight; questions of one corpus have many words in common."""
        key = (concept.word, concept.kind, concept.is_key, concept.forms, concept.sequences, concept.bags, languages)
        known = self._weighed.get(key)
        if known is None:
            weighed = self._weigh(concept)
            known = weighed if weighed.found else self._split(weighed, languages)
            self._weighed.put(key, known)
        return _as_asked(known, concept)

    def _weigh(self, concept: Concept) -> Weighted:
        forms = frozenset(
            form for form in concept.forms if self._index.frequency(FORMS, form) or self._index.frequency(PARTS, form)
        )
        sequences = tuple(filter(self._has_pair, concept.sequences))
        bags = tuple(each for each in concept.bags if self._has_all(each))
        found = self._passages_with(
            forms, [*map(self._side_by_side, sequences), *(every_word(self._index, each) for each in bags)]
        )
        alone = any(
            part.isalpha() and len(part) > _LONGEST_PREFIX and self._index.frequency(FORMS, part)
            for part in _all(concept)
        )
        # A small corpus does not tell how rare a common word is that it lacks; a name or a code that it lacks is rare.
        weight = self._idf(found) if found or concept.is_key else self._idf(1)
        return Weighted(concept, weight, found, forms, sequences, bags, alone)

    def _split(self, unknown: Weighted, languages: tuple[str, ...]) -> Weighted:
        """Return a word that no passage has as two that stand side by side in some, if there are such."""
        for pair in splits(unknown.concept, languages):
            if self._has_pair(pair):
                return self._weigh(unknown.concept._replace(sequences=(pair,)))
        return unknown

    def _passages_with(self, forms: frozenset[str], others: list[Q]) -> int:
        counts = [(field, form, self._index.frequency(field, form)) for form in forms for field in (FORMS, PARTS)]
        counts = [each for each in counts if each[2]]
        if not others and len(counts) <= 1:
            return counts[0][2] if counts else 0
        queries = [*(self._index.term(field, form) for field, form, _ in counts), *others]
        return self._index.passages_with(self._index.any_of(queries))

    def _clauses(self, weights: TermWeights) -> list[Q]:
        # A question searches several times with the same concepts.
        known = self._last
        if known is None or known[0] is not weights:
            queries = [self._clause(each) for each in weights.concepts if each.is_found and each.weight]
            known = self._last = weights, queries
        return known[1]

    def _clause(self, weighted: Weighted) -> Q:
        """Return the query for a concept, which scores the best of its forms."""
        key = (weighted.forms, weighted.sequences, weighted.bags, weighted.weight, weighted.others)
        known = self._compiled.get(key)
        if known is None:
            known = self._compile(weighted)
            self._compiled.put(key, known)
        return known

    def _compile(self, weighted: Weighted) -> Q:
        index, weight = self._index, weighted.weight
        clauses = []
        for form in weighted.forms:
            if inside := index.all_with(FORMS, form):
                factor, here = weight / self._idf(inside), index.term(FORMS, form)
                clauses.append(here if factor == 1 else index.times(here, factor))
            if index.frequency(PARTS, form):
                clauses.append(index.scoring(index.term(PARTS, form), weight))
        clauses += [index.scoring(self._side_by_side(parts), weight) for parts in weighted.sequences]
        clauses += [self._bag(parts, weight) for parts in weighted.bags]
        clauses += [
            index.scoring(self._any_of(name.sequences, name.passages), theirs) for name, theirs in weighted.others
        ]
        return clauses[0] if len(clauses) == 1 else index.best_of(clauses)

    def _any_of(self, sequences: Iterable[tuple[str, ...]], passages: Stretches | None) -> Q:
        stretches = None if passages is None else self._numbering.stretches(passages)
        return any_sequence(self._index, sequences, stretches)

    def _side_by_side(self, parts: tuple[str, ...]) -> Q:
        return side_by_side(self._index, parts)

    def _bag(self, parts: tuple[str, ...], weight: float) -> Q:
        """Return a query that scores the share of some words that a passage has."""
        each = [self._weigh(Concept(part, Span(0, 0), (part,))) for part in parts]
        total = sum(part.weight for part in each)
        shares = [part._replace(weight=weight * part.weight / total) for part in each if part.found]
        return self._index.any_of([self._clause(part) for part in shares])

    def _has_pair(self, parts: tuple[str, ...]) -> bool:
        return self._has_all(parts) and self._index.passages_with(self._side_by_side(parts)) > 0

    def _has_all(self, parts: tuple[str, ...]) -> bool:
        return all(self._index.frequency(FORMS, part) or self._index.frequency(PARTS, part) for part in parts)

    def _idf(self, found: int) -> float:
        return math.log(1 + (self._index.all - found + 0.5) / (found + 0.5))


def _as_asked(known: Weighted, concept: Concept) -> Weighted:
    """Return a concept with the weight that it has in another question; a word may have been two there, side by side."""
    if concept.sequences != known.concept.sequences:
        concept = concept._replace(sequences=known.concept.sequences)
    return Weighted(
        concept, known.weight, known.found, known.forms, known.sequences, known.bags, known.named_without_number
    )


def _every_form(concept: Concept) -> Iterator[str]:
    yield from concept.forms
    for parts in (*concept.sequences, *concept.bags):
        yield from parts


def _all(concept: Concept) -> list[str]:
    return [part for parts in concept.sequences for part in parts]
