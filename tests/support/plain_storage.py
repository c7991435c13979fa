"""What the contract of a storage says, computed plainly: every passage and every window is looked at, with NumPy alone."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from citewell.answer import Scope
from citewell.document import above
from citewell.index.numbering import Ordinals
from citewell.index.phrasing import Required
from citewell.index.settled import Scores
from citewell.index.storage import EVERYWHERE, Storage, Vectors
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights, Weighted
from citewell.text.terms import analyse

K1, B = 1.2, 0.75


class PlainStorage:
    """The passages, words and vectors of a storage none of whose documents is invalid, searched one by one.

    Args:
        storage: The storage, which is only asked for its passages and vectors.
    """

    def __init__(self, storage: Storage) -> None:
        catalogue = storage.catalogue
        assert catalogue.is_whole
        self.catalogue = catalogue
        self._passages = catalogue.passages(range(catalogue.passages_end))
        self._owners = np.array([each.ordinal for each in self._passages for _ in _windows(each)])
        self._vectors = storage.vectors_of(np.arange(catalogue.windows_end))
        self._words = [_Words(each) for each in self._passages]
        lengths = [len(each.forms) for each in self._words]
        self._mean = sum(lengths) / len(lengths)

    def nearest_windows(
        self, vector: Vectors, count: int, *, scope: Scope = EVERYWHERE
    ) -> tuple[Ordinals, Ordinals, Scores]:
        admitted = self._admitted(scope)
        windows = np.array([nth for nth, owner in enumerate(self._owners) if owner in admitted], dtype=np.int64)
        cosines = self._vectors[windows] @ vector
        order = np.lexsort((windows, -cosines))[:count]
        return windows[order], self._owners[windows[order]], cosines[order]

    def best_windows(self, vector: Vectors, passages: Ordinals) -> tuple[Ordinals, Ordinals, Scores]:
        windows, owners, cosines = self.nearest_windows(vector, len(self._owners))
        wanted, first = set(passages.tolist()), list[int]()
        for nth, owner in enumerate(owners.tolist()):
            if owner in wanted:
                wanted.remove(owner)
                first.append(nth)
        return windows[first], owners[first], cosines[first]

    def best_passages(self, weights: TermWeights, count: int, *, scope: Scope = EVERYWHERE) -> tuple[Ordinals, Scores]:
        scored = [(ordinal, self._score(weights, ordinal)) for ordinal in sorted(self._admitted(scope))]
        ordinals, scores = np.array([each for each in scored if each[1]]).reshape(-1, 2).T
        order = np.lexsort((ordinals, -scores))[:count]
        return ordinals[order].astype(np.int64), scores[order].astype(np.float32)

    def having(self, required: Required, scope: Scope) -> set[int]:
        """Return the passages that have some words."""
        return {ordinal for ordinal in self._admitted(scope) if self._words[ordinal].has(required)}

    def having_side_by_side(self, required: Required, scope: Scope) -> set[int]:
        """Return those of them that have all words of any of `Required.near` side by side."""
        having = self.having(required, scope)
        return {nth for nth in having if any(map(self._words[nth].has_side_by_side, required.near))}

    def scores(self, weights: TermWeights, passages: Ordinals) -> Scores:
        return np.array([self._score(weights, ordinal) for ordinal in passages.tolist()], dtype=np.float32)

    def _admitted(self, scope: Scope) -> set[int]:
        """Test each document by itself, and not as the catalogue does."""

        def admits(path: str) -> bool:
            folders = any(path.startswith(f"{folder}/") for folder in scope.folders)
            named = not (scope.documents or scope.folders) or path in scope.documents or folders
            facts = {(fact.name, fact.value) for fact in self.catalogue.facts_of(path)}
            passing = all(((each.name, each.value) in facts) != each.excluded for each in scope.filters)
            (about,) = self.catalogue.documents([path])
            return named and passing and (not scope.languages or about.language in scope.languages)

        paths = {each.path for each in self.catalogue.documents() if admits(each.path)}
        return {each.ordinal for each in self._passages if each.document in paths}

    def _score(self, weights: TermWeights, ordinal: int) -> float:
        return sum(max(self._counted(each, ordinal), default=0.0) for each in weights.concepts if each.is_found)

    def _counted(self, weighted: Weighted, ordinal: int) -> Iterator[float]:
        """Yield what each form of a concept counts in a passage, of which the best counts."""
        here = self._words[ordinal]
        yield from (self._form(form, weighted.weight, ordinal) for form in weighted.forms)
        for words in weighted.sequences:
            if here.has_side_by_side(words):
                yield weighted.weight
        for words in weighted.bags:
            # Each word has its share.
            rare = {word: self._rarity(word) for word in words}
            total = sum(rare.values())
            yield sum(self._form(word, weighted.weight * each / total, ordinal) for word, each in rare.items())
        for name, weight in weighted.others:
            counts = name.passages is None or ordinal in name.passages
            if counts and any(here.has_side_by_side(words) for words in name.sequences):
                yield weight

    def _form(self, form: str, weight: float, ordinal: int) -> float:
        """Return what a form counts in a passage: by how often it is there, or its weight where it is a part of a word."""
        here = self._words[ordinal]
        often, length = here.forms.count(form), _kept(len(here.forms))
        counted = weight * often * (K1 + 1) / (often + K1 * (1 - B + B * length / self._mean))
        return max(counted, weight if form in here.parts else 0.0)

    def _rarity(self, form: str) -> float:
        having = sum(form in each.forms or form in each.parts for each in self._words)
        return math.log(1 + (len(self._words) - having + 0.5) / (having + 0.5))


class _Words:
    """The words of a passage, after those of what stands above it: their forms, and the parts of joined ones."""

    def __init__(self, passage: StoredPassage) -> None:
        standing = above(passage.document, passage.title, passage.section)
        terms = [
            term
            for text in (standing, passage.head_text, passage.text)
            for term in (analyse(text, passage.language) if text else ())
        ]
        self.forms = [each.text for each in terms]
        self.parts = [part for each in terms for part in each.parts]

    def has_side_by_side(self, words: tuple[str, ...]) -> bool:
        among = (self.forms,) if len(words) == 1 else (self.forms, self.parts)
        return any(tuple(each[at : at + len(words)]) == words for each in among for at in range(len(each)))

    def has(self, required: Required) -> bool:
        every = {*self.forms, *self.parts}
        return all(every.intersection(forms) for forms in required.forms)


def _windows(passage: StoredPassage) -> range:
    return range(passage.first_window, passage.end_window)


def _kept(length: int) -> int:
    """Return the length of a passage as it is kept, in a byte: exact up to 40, then with three bits (Lucene's SmallFloat)."""
    steps = [24 + (code if code < 8 else (code & 7 | 8) << (code >> 3) - 1) for code in range(120)]
    return length if length <= 40 else max(step for step in steps if step <= length)
