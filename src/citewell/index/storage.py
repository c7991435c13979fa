"""What building and search ask of an engine that holds an index; all else is the same for every engine.

Texts are analysed, and words weighted, before an engine sees them: it keeps, sums and sorts. Passages and windows are numbered
from 0 (``catalogue``). Scores are float32. What is best comes first, and of equal scores, the lowest numbers first.
``tests/index/test_storage_contract.py`` holds every engine to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.index.catalogue import Catalogue
from citewell.index.cataloguing import AnalysedPassage
from citewell.index.concordance import Concordance
from citewell.index.manifest import Manifest, SegmentRecord
from citewell.index.numbering import Ordinals, Stretches
from citewell.index.phrasing import Required
from citewell.index.settled import Scores
from citewell.index.soundness import Soundness
from citewell.index.stored import DocumentMap, StoredDocument
from citewell.index.term_places import Keys, Starts
from citewell.index.weights import OtherName, TermWeights
from citewell.text.terms import Term
from citewell.text.vocabulary import WordCounts

Vectors = npt.NDArray[np.float32]
EVERYWHERE = Scope()


class Storage(Protocol):
    """The passages of a snapshot, with their words and their vectors. Thread-safe.

    ``soundness`` knows whether damage was found.

    All methods raise `IndexDamagedError` if what they read is not what was written.
    """

    soundness: Soundness

    @property
    def catalogue(self) -> Catalogue:
        """The documents, their passages, and where their sentences are."""

    @property
    def concordance(self) -> Concordance:
        """Every place of every word."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which documents were analysed, the most frequent first."""

    def nearest_windows(
        self, vector: Vectors, count: int, *, scope: Scope = EVERYWHERE
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Find the windows nearest to a vector.

        Args:
            vector: A unit vector, shape (dimension,).
            count: The maximum number.
            scope: The documents to search.

        Returns:
            The windows, the passage of each, and their cosines.

        Raises:
            UsageError: A filter of the scope has a name or a value that no document has.
        """

    def best_windows(self, vector: Vectors, passages: Ordinals) -> tuple[Ordinals, Ordinals, Scores]:
        """Return of each of some passages the window nearest to a vector, its passage and its cosine; nearest first."""

    def cosines(self, vector: Vectors, windows: Ordinals) -> Scores:
        """Return the cosine of each of some windows with a unit vector; equal vectors have equal ones."""

    def vectors_of(self, windows: Ordinals) -> Vectors:
        """Return the vectors of some windows, shape (n, dimension)."""

    def weights(self, text: str) -> TermWeights:
        """Return the concepts of a question or another text, with their weights here (inverse document frequency)."""

    def best_passages(
        self, weights: TermWeights, count: int, *, scope: Scope = EVERYWHERE, required: Required | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the passages with the best BM25 scores for some concepts.

        Args:
            weights: The concepts, as weighted by ``weights``.
            count: The maximum number.
            scope: The documents to search.
            required: The words that passages must have, in any place; near each other they score more. Passages need none of
                the concepts then.

        Returns:
            The passages, and their scores; without ``required``, those without any of the concepts are not included.

        Raises:
            UsageError: A filter of the scope has a name or a value that no document has.
        """

    def scores(self, weights: TermWeights, passages: Ordinals) -> Scores:
        """Return the BM25 scores of some passages, given in order, each once; 0 for one without any of the concepts."""

    def other_name(
        self, name: str, sequences: Sequence[tuple[str, ...]], passages: Stretches | None = None
    ) -> OtherName | None:
        """Return another name of what is asked, or None if no passage has it.

        Args:
            name: The name.
            sequences: Its terms, for each language.
            passages: The passages in which it counts; None is all.
        """

    def has_name(self, name: OtherName, scope: Scope) -> bool:
        """Return whether any passage in a scope has another name of what is asked."""

    def words(self, *parts: range) -> tuple[Keys, Starts]:
        """Return the words of some parts (``StoredPassage.records``), in order: their keys and places in the document."""

    def unseen(self) -> float | None:
        """Return the probability that the next word of such a text is none of these; None without any word."""


class Snapshot(Storage, Protocol):
    """A snapshot of an index: its storage, and the manifest that describes it."""

    manifest: Manifest


S_co = TypeVar("S_co", bound=Snapshot, covariant=True)


class WordsToWrite(Protocol):
    """Where the words of a new segment are written; ``count`` is how many records there are."""

    count: int

    def add(self, terms: Iterable[Term]) -> list[int]:
        """Add the next terms of a document; return the number of the first record of each.

        Raises:
            OSError: They cannot be written.
        """


class VectorsToWrite(Protocol):
    """Where the vectors of a new segment are written; ``count`` is how many there are."""

    count: int

    def add(self, vectors: Vectors) -> None:
        """Add unit vectors, shape (n, dimension)."""

    def rows(self, numbers: Ordinals) -> Vectors:
        """Return some of the vectors that were added, shape (n, dimension)."""

    def write(self) -> None:
        """Write all of them.

        Raises:
            OSError: They cannot be written.
        """


class Writer(Protocol):
    """Writes the new segment of a snapshot, document by document in the order of their paths.

    ``words`` counts its words.
    """

    words: WordCounts

    @property
    def places(self) -> WordsToWrite:
        """Where the words of a document are written, before it is added."""

    @property
    def vectors(self) -> VectorsToWrite:
        """Where the vectors of its windows are written, in order."""

    def remove(self, segment: int, passages: range) -> None:
        """Remove passages that follow one another from the search for words.

        Args:
            segment: The number of their segment.
            passages: The passages, by their numbers in it.
        """

    def add(
        self, document: StoredDocument, passages: Iterable[AnalysedPassage], where: DocumentMap | None = None
    ) -> None:
        """Add a document with its passages.

        Args:
            document: The document.
            passages: Its passages with their terms, and those of what stands above them.
            where: Its locations and boxes, if it has any.

        Raises:
            OSError: It cannot be written.
        """


class Draft(Protocol[S_co]):
    """A snapshot while it is written; nobody sees it before it is published, and it is dropped if it is not."""

    name: str

    def writing(self, number: int, dimension: int, *, continues: bool) -> AbstractContextManager[Writer]:
        """Write its new segment while the block runs; all of it is there when the block ends.

        Args:
            number: The number of the segment.
            dimension: The dimension of the vectors.
            continues: Whether segments of the snapshot that it was started from stay.
        """

    def segments(self) -> tuple[SegmentRecord, ...]:
        """Finish the new segment, and describe it; nothing if documents were only removed. Called once."""

    def files(self) -> dict[str, str]:
        """Finish what belongs to the snapshot and to none of its segments; return the digests of it, by names. Called once."""

    def seal(self, manifest: Manifest) -> S_co:
        """Open the written snapshot, and verify that its parts agree with each other and with the manifest.

        Raises:
            IndexDamagedError: They do not.
        """
