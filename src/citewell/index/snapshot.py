"""An opened snapshot: its stores, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from citewell.index.catalogue import Catalogue
from citewell.index.catalogue_file import CatalogueFile
from citewell.index.concordance import Concordance
from citewell.index.lexical import PassageTerms
from citewell.index.manifest import Manifest, SegmentRecord
from citewell.index.numbering import Numbering
from citewell.index.soundness import Soundness
from citewell.index.term_places import TermPlaces
from citewell.index.vectors import WindowVectors
from citewell.index.weights import TermWeights
from citewell.text.concepts import concepts
from citewell.text.terms import DEFAULT_LANGUAGE

CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"
VECTORS = "vectors.faiss"
TERMS = "terms.bin"
CONCORDANCE = "concordance.sqlite"


@dataclass(frozen=True, slots=True)
class SegmentFiles:
    """The files of a segment of a snapshot: its folder, its number for BM25, and its documents that are no longer valid."""

    folder: Path
    number: int = 0
    removed: frozenset[int] = frozenset()


def files_of(segments: Iterable[SegmentRecord], folder: Path) -> list[SegmentFiles]:
    """Return the files of segments, given the folder of all."""
    return [SegmentFiles(folder / each.name, each.number, frozenset(each.removed)) for each in segments]


class Stores:
    """The opened stores of a snapshot. Thread-safe.

    Args:
        lexical: The folder of its BM25 index.
        segments: Its segments.
        command: The command that rebuilds it.
    """

    def __init__(self, lexical: Path, segments: Sequence[SegmentFiles], command: str | None = None) -> None:
        self.soundness = soundness = Soundness(command)
        folders = [each.folder for each in segments]
        files = [CatalogueFile(folder / CATALOGUE, soundness) for folder in folders]
        self.terms = TermPlaces(*(folder / TERMS for folder in folders), soundness=soundness)
        self.catalogue = Catalogue(files, [each.removed for each in segments], self.terms.bases)
        valid = None if self.catalogue.is_whole else self.catalogue.valid_windows
        self.vectors = WindowVectors(*(folder / VECTORS for folder in folders), valid=valid)
        sizes = [(each.number, file.passage_count) for each, file in zip(segments, files, strict=True)]
        self.lexical = PassageTerms(lexical, soundness, Numbering(sizes))
        self.concordance = Concordance(
            *(folder / CONCORDANCE for folder in folders),
            documents=self.catalogue.ordinals_by_segment,
            soundness=soundness,
        )
        self.languages: tuple[str, ...] = self._languages()

    def weights(self, text: str) -> TermWeights:
        """Return the concepts of a question or another text, with their weights here."""
        return self.lexical.term_weights(concepts(text, self.languages), self.languages)

    def _languages(self) -> tuple[str, ...]:
        """Return the languages in which documents were analysed, the most frequent first."""
        known = list(self.catalogue.languages)
        unknown = self.catalogue.languages.total() < self.catalogue.document_count
        return tuple(dict.fromkeys([*known, DEFAULT_LANGUAGE] if unknown else known))


class Snapshot(Stores):
    """An opened snapshot: its manifest and its stores.

    Args:
        folder: Its own folder.
        segments: The folder of the segments of its index.
        manifest: Its manifest.
        command: The command that rebuilds it.
    """

    def __init__(self, folder: Path, segments: Path, manifest: Manifest, command: str | None = None) -> None:
        super().__init__(folder / LEXICAL, files_of(manifest.segments, segments), command)
        self.manifest = manifest


def count_faults(snapshot: Snapshot) -> Iterator[str]:
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
