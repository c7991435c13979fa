"""A storage whose rows belong to segments: what is asked of its parts, which an engine brings, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol

import numpy as np

from citewell.answer import Scope
from citewell.errors import IndexDamagedError
from citewell.index.catalogue import Catalogue
from citewell.index.concordance import Concordance
from citewell.index.lexical import PassageTerms
from citewell.index.lexical_queries import Q
from citewell.index.manifest import Manifest
from citewell.index.numbering import Ordinals, Stretches
from citewell.index.phrasing import Required
from citewell.index.settled import Scores, best_of
from citewell.index.soundness import Soundness
from citewell.index.storage import EVERYWHERE, Vectors
from citewell.index.term_places import Keys, Starts, TermPlaces
from citewell.index.weights import OtherName, TermWeights
from citewell.recent import Recent
from citewell.text.concepts import concepts
from citewell.text.terms import DEFAULT_LANGUAGE

# Scopes whose passages are remembered: one is of the size of its passages.
_SCOPES = 4


class VectorStore(Protocol):
    """The vectors of the windows of a snapshot, those that are no longer valid included. Thread-safe.

    All methods raise `IndexFaultError` if they cannot be read, or are damaged.
    """

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def dimension(self) -> int:
        """The dimension of the vectors."""

    def nearest(self, vector: Vectors, count: int, *, within: Ordinals | None = None) -> tuple[Ordinals, Scores]:
        """Find the windows nearest to a vector.

        Args:
            vector: A unit vector, shape (dimension,).
            count: The maximum number.
            within: Search only these windows, which are valid; None is all that are.

        Returns:
            Ordinals and cosines, best first; of equal ones, the lowest ordinals first.
        """

    def rows(self, ordinals: Ordinals) -> Vectors:
        """Return the vectors of some windows, shape (n, dimension)."""

    def cosines(self, vector: Vectors, ordinals: Ordinals) -> Scores:
        """Return the cosine of each of some windows with a unit vector, as ``nearest`` does; some may be the same."""


class SegmentedStorage(Generic[Q]):
    """The parts of a snapshot (`storage.Storage`). Thread-safe.

    Args:
        soundness: Where damage is reported.
        catalogue: Its documents, passages and windows.
        concordance: The places of its words.
        terms: The words of its passages.
        vectors: The vectors of its windows.
        lexical: Its BM25 index.
    """

    def __init__(
        self,
        soundness: Soundness,
        catalogue: Catalogue,
        concordance: Concordance,
        terms: TermPlaces,
        vectors: VectorStore,
        lexical: PassageTerms[Q],
    ) -> None:
        self.soundness = soundness
        self.catalogue = catalogue
        self.concordance = concordance
        self.terms = terms
        self.vectors = vectors
        self.lexical = lexical
        self.languages: tuple[str, ...] = self._languages()
        self._within: Recent[Scope, Ordinals] = Recent(_SCOPES)

    def nearest_windows(
        self, vector: Vectors, count: int, *, scope: Scope = EVERYWHERE
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Find the windows nearest to a vector (`storage.Storage.nearest_windows`)."""
        passages = self._passages(scope)
        within = None if passages is None else self.catalogue.windows_of(passages)
        windows, cosines = self.vectors.nearest(vector, count, within=within)
        return windows, self.catalogue.passages_of(windows), cosines

    def best_windows(self, vector: Vectors, passages: Ordinals) -> tuple[Ordinals, Ordinals, Scores]:
        """Return of each of some passages the window nearest to a vector (`storage.Storage.best_windows`)."""
        every = self.catalogue.windows_of(passages)
        windows, cosines = best_of(every, self.vectors.cosines(vector, every), len(every))
        owners = self.catalogue.passages_of(windows)
        first = np.sort(np.unique(owners, return_index=True)[1])
        return windows[first], owners[first], cosines[first]

    def cosines(self, vector: Vectors, windows: Ordinals) -> Scores:
        """Return the cosine of each of some windows (`storage.Storage.cosines`)."""
        return self.vectors.cosines(vector, windows)

    def vectors_of(self, windows: Ordinals) -> Vectors:
        """Return the vectors of some windows (`storage.Storage.vectors_of`)."""
        return self.vectors.rows(windows)

    def weights(self, text: str) -> TermWeights:
        """Return the concepts of a text with their weights here (`storage.Storage.weights`)."""
        return self.lexical.term_weights(concepts(text, self.languages), self.languages)

    def best_passages(
        self, weights: TermWeights, count: int, *, scope: Scope = EVERYWHERE, required: Required | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the passages with the best BM25 scores (`storage.Storage.best_passages`)."""
        return self.lexical.best(weights, count, within=self._passages(scope), required=required)

    def scores(self, weights: TermWeights, passages: Ordinals) -> Scores:
        """Return the BM25 scores of some passages (`storage.Storage.scores`)."""
        found = np.zeros(len(passages), dtype=np.float32)
        if len(passages):
            scored, scores = self.lexical.best(weights, len(passages), within=passages)
            found[np.searchsorted(passages, scored)] = scores
        return found

    def other_name(
        self, name: str, sequences: Sequence[tuple[str, ...]], passages: Stretches | None = None
    ) -> OtherName | None:
        """Return another name of what is asked, if passages have it (`storage.Storage.other_name`)."""
        return self.lexical.other_name(name, sequences, passages)

    def has_name(self, name: OtherName, scope: Scope) -> bool:
        """Return whether any passage in a scope has another name of what is asked (`storage.Storage.has_name`)."""
        passages = self._passages(scope)
        return passages is None or self.lexical.has(name, passages)

    def words(self, *parts: range) -> tuple[Keys, Starts]:
        """Return the words of some parts (`storage.Storage.words`)."""
        return self.terms.read(*parts)

    def unseen(self) -> float | None:
        """Return the probability that the next word of such a text is none of these (`storage.Storage.unseen`)."""
        return self.terms.unseen()

    def _passages(self, scope: Scope) -> Ordinals | None:
        """Return the passages in a scope; None is all. A question searches several times in the same one."""
        if not scope:
            return None
        found = self._within.get(scope)
        if found is None:
            found = self.catalogue.within(scope)
            self._within.put(scope, found)
        return found

    def _languages(self) -> tuple[str, ...]:
        """Return the languages in which documents were analysed, the most frequent first."""
        known = list(self.catalogue.languages)
        unknown = self.catalogue.languages.total() < self.catalogue.document_count
        return tuple(dict.fromkeys([*known, DEFAULT_LANGUAGE] if unknown else known))


def check_written(snapshot: SegmentedStorage[Q], manifest: Manifest) -> None:
    """Check that the parts of a snapshot that was just written agree.

    Raises:
        IndexDamagedError: They do not.
    """
    for fault in count_faults(snapshot, manifest):
        raise IndexDamagedError(f"the new snapshot is not consistent ({fault}); the current one is unchanged")


def count_faults(snapshot: SegmentedStorage[Q], manifest: Manifest) -> Iterator[str]:
    """Yield each count in which the catalogue, BM25, the vectors and the manifest of a snapshot disagree."""
    catalogue = snapshot.catalogue
    documents, passages, windows = catalogue.row_counts()
    counts = {
        ("documents", "their table"): (documents, sum(each.documents for each in manifest.segments)),
        ("passages", "their table"): (passages, sum(each.passages for each in manifest.segments)),
        ("windows", "their table"): (windows, sum(each.windows for each in manifest.segments)),
        ("passages", "catalogue"): (catalogue.passage_count, manifest.passages),
        ("passages", "BM25"): (snapshot.lexical.count, manifest.passages),
        ("windows", "catalogue"): (catalogue.window_count, manifest.windows),
        ("windows", "sentences"): (catalogue.sentences.window_count, sum(each.windows for each in manifest.segments)),
        ("windows", "the store of vectors"): (snapshot.vectors.count, sum(each.windows for each in manifest.segments)),
        ("passages", "its segments"): (catalogue.passages_end, sum(each.passages for each in manifest.segments)),
        ("dimensions", "the store of vectors"): (snapshot.vectors.dimension, manifest.encoder.dimension),
        ("documents", "catalogue"): (catalogue.document_count, manifest.documents),
    }
    for (what, where), (found, expected) in counts.items():
        if found != expected:
            yield f"{where} has {found} {what}, but the manifest says {expected}"
