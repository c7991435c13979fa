"""A snapshot on this machine: its stores, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from citewell.answer import Scope
from citewell.index.catalogue import Catalogue
from citewell.index.catalogue_file import CatalogueFile
from citewell.index.concordance import Concordance
from citewell.index.lexical import PassageTerms
from citewell.index.manifest import Manifest, SegmentRecord
from citewell.index.numbering import Numbering, Ordinals, Stretches
from citewell.index.phrasing import Required
from citewell.index.recent import Recent
from citewell.index.settled import Scores, best_of
from citewell.index.soundness import Soundness
from citewell.index.storage import EVERYWHERE, Vectors
from citewell.index.term_places import Keys, Starts, TermPlaces
from citewell.index.vectors import WindowVectors
from citewell.index.verifying import FolderChecks, whole_check
from citewell.index.weights import OtherName, TermWeights
from citewell.text.concepts import concepts
from citewell.text.terms import DEFAULT_LANGUAGE

CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"
VECTORS = "vectors.faiss"
TERMS = "terms.bin"
CONCORDANCE = "concordance.sqlite"
# Scopes whose passages are remembered: one is of the size of its passages.
_SCOPES = 4


@dataclass(frozen=True, slots=True)
class SegmentFiles:
    """The files of a segment of a snapshot: its folder, its number for BM25, and its documents that are no longer valid.

    ``digests`` are those of files that have still to be verified.
    """

    folder: Path
    number: int = 0
    removed: frozenset[int] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict)


def files_of(segments: Iterable[SegmentRecord], folder: Path, *, verified: bool) -> list[SegmentFiles]:
    """Return the files of segments, given the folder of all, and whether they were verified."""
    return [
        SegmentFiles(folder / each.name, each.number, frozenset(each.removed), {} if verified else each.files)
        for each in segments
    ]


class LocalStorage:
    """The stores of a snapshot on this machine (`Storage`): vectors in FAISS, BM25 in tantivy. Thread-safe.

    What has still to be verified is verified when it is first read: rows of the catalogue by their seals, words and vectors by
    the blocks that have them, and BM25 and the concordance as a whole, because a library reads them where it wants.

    Args:
        folder: Its own folder, which has its BM25 index.
        segments: Its segments.
        command: The command that rebuilds it.
        digests: Those of the files of its folder that have still to be verified.
    """

    def __init__(
        self,
        folder: Path,
        segments: Sequence[SegmentFiles],
        command: str | None = None,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        self.soundness = soundness = Soundness(command)
        folders = [each.folder for each in segments]
        own = FolderChecks(folder, digests or {}, soundness)
        checks = [FolderChecks(each.folder, each.digests, soundness) for each in segments]
        files = [CatalogueFile(each / CATALOGUE, soundness) for each in folders]
        self.terms = TermPlaces(
            *(each / TERMS for each in folders), soundness=soundness, checks=[each.of_blocks(TERMS) for each in checks]
        )
        self.catalogue = Catalogue(files, [each.removed for each in segments], self.terms.bases)
        self.vectors = WindowVectors(
            *(each / VECTORS for each in folders),
            valid=None if self.catalogue.is_whole else self.catalogue.valid_windows,
            checks=[each.of_blocks(VECTORS) for each in checks],
        )
        sizes = [(each.number, file.passage_count) for each, file in zip(segments, files, strict=True)]
        self.lexical = PassageTerms(
            folder / LEXICAL, soundness, Numbering(sizes), check=whole_check(own.digests(LEXICAL), soundness)
        )
        found = [each.digests(CONCORDANCE) for each in checks]
        self.concordance = Concordance(
            *(each / CONCORDANCE for each in folders),
            documents=self.catalogue.ordinals_by_segment,
            soundness=soundness,
            check=whole_check({file: digest for each in found for file, digest in each.items()}, soundness),
        )
        self.languages: tuple[str, ...] = self._languages()
        self._within: Recent[Scope, Ordinals] = Recent(_SCOPES)

    def nearest_windows(
        self, vector: Vectors, count: int, *, scope: Scope = EVERYWHERE
    ) -> tuple[Ordinals, Ordinals, Scores]:
        """Find the windows nearest to a vector (`Storage.nearest_windows`)."""
        passages = self._passages(scope)
        within = None if passages is None else self.catalogue.windows_of(passages)
        windows, cosines = self.vectors.nearest(vector, count, within=within)
        return windows, self.catalogue.passages_of(windows), cosines

    def best_windows(self, vector: Vectors, passages: Ordinals) -> tuple[Ordinals, Ordinals, Scores]:
        """Return of each of some passages the window nearest to a vector (`Storage.best_windows`)."""
        every = self.catalogue.windows_of(passages)
        windows, cosines = best_of(every, self.vectors.cosines(vector, every), len(every))
        owners = self.catalogue.passages_of(windows)
        first = np.sort(np.unique(owners, return_index=True)[1])
        return windows[first], owners[first], cosines[first]

    def cosines(self, vector: Vectors, windows: Ordinals) -> Scores:
        """Return the cosine of each of some windows (`Storage.cosines`)."""
        return self.vectors.cosines(vector, windows)

    def vectors_of(self, windows: Ordinals) -> Vectors:
        """Return the vectors of some windows (`Storage.vectors_of`)."""
        return self.vectors.rows(windows)

    def weights(self, text: str) -> TermWeights:
        """Return the concepts of a text with their weights here (`Storage.weights`)."""
        return self.lexical.term_weights(concepts(text, self.languages), self.languages)

    def best_passages(
        self, weights: TermWeights, count: int, *, scope: Scope = EVERYWHERE, required: Required | None = None
    ) -> tuple[Ordinals, Scores]:
        """Find the passages with the best BM25 scores (`Storage.best_passages`)."""
        return self.lexical.best(weights, count, within=self._passages(scope), required=required)

    def scores(self, weights: TermWeights, passages: Ordinals) -> Scores:
        """Return the BM25 scores of some passages (`Storage.scores`)."""
        found = np.zeros(len(passages), dtype=np.float32)
        if len(passages):
            scored, scores = self.lexical.best(weights, len(passages), within=passages)
            found[np.searchsorted(passages, scored)] = scores
        return found

    def other_name(
        self, name: str, sequences: Sequence[tuple[str, ...]], passages: Stretches | None = None
    ) -> OtherName | None:
        """Return another name of what is asked, if passages have it (`Storage.other_name`)."""
        return self.lexical.other_name(name, sequences, passages)

    def has_name(self, name: OtherName, scope: Scope) -> bool:
        """Return whether any passage in a scope has another name of what is asked (`Storage.has_name`)."""
        passages = self._passages(scope)
        return passages is None or self.lexical.has(name, passages)

    def words(self, *parts: range) -> tuple[Keys, Starts]:
        """Return the words of some parts (`Storage.words`)."""
        return self.terms.read(*parts)

    def unseen(self) -> float | None:
        """Return the probability that the next word of such a text is none of these (`Storage.unseen`)."""
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


class LocalSnapshot(LocalStorage):
    """An opened snapshot on this machine: its manifest and its stores.

    Args:
        folder: Its own folder.
        segments: The folder of the segments of its index.
        manifest: Its manifest.
        command: The command that rebuilds it.
        verified: Whether its files were just verified, or written; otherwise each is when it is first read.
    """

    def __init__(
        self,
        folder: Path,
        segments: Path,
        manifest: Manifest,
        command: str | None = None,
        *,
        verified: bool = False,
    ) -> None:
        files = files_of(manifest.segments, segments, verified=verified)
        super().__init__(folder, files, command, {} if verified else manifest.files)
        self.folder = folder
        self.manifest = manifest


def count_faults(snapshot: LocalSnapshot) -> Iterator[str]:
    """Yield each count in which the catalogue, BM25, FAISS and the manifest of a snapshot disagree."""
    manifest, catalogue = snapshot.manifest, snapshot.catalogue
    documents, passages, windows = catalogue.row_counts()
    counts = {
        ("documents", "their table"): (documents, sum(each.documents for each in manifest.segments)),
        ("passages", "their table"): (passages, sum(each.passages for each in manifest.segments)),
        ("windows", "their table"): (windows, sum(each.windows for each in manifest.segments)),
        ("passages", "catalogue"): (catalogue.passage_count, manifest.passages),
        ("passages", "BM25"): (snapshot.lexical.count, manifest.passages),
        ("windows", "catalogue"): (catalogue.window_count, manifest.windows),
        ("windows", "sentences"): (catalogue.sentences.window_count, sum(each.windows for each in manifest.segments)),
        ("windows", "FAISS"): (snapshot.vectors.count, sum(each.windows for each in manifest.segments)),
        ("passages", "its segments"): (catalogue.passages_end, sum(each.passages for each in manifest.segments)),
        ("dimensions", "FAISS"): (snapshot.vectors.dimension, manifest.encoder.dimension),
        ("documents", "catalogue"): (catalogue.document_count, manifest.documents),
    }
    for (what, where), (found, expected) in counts.items():
        if found != expected:
            yield f"{where} has {found} {what}, but the manifest says {expected}"
