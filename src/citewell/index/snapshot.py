"""An opened snapshot: its stores, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from citewell.index.catalogue import Catalogue
from citewell.index.concordance import Concordance
from citewell.index.lexical import PassageTerms
from citewell.index.manifest import Manifest
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


class Stores:
    """The opened stores of a snapshot. Thread-safe.

    Args:
        folder: The folder of the snapshot.
        command: The command that rebuilds it.
    """

    def __init__(self, folder: Path, command: str | None = None) -> None:
        self.folder = folder
        self.soundness = Soundness(command)
        self.catalogue = Catalogue(folder / CATALOGUE, self.soundness)
        self.lexical = PassageTerms(folder / LEXICAL, self.soundness)
        self.vectors = WindowVectors(folder / VECTORS)
        self.terms = TermPlaces(folder / TERMS, self.soundness)
        self.concordance = Concordance(folder / CONCORDANCE, self.soundness)
        self.languages: tuple[str, ...] = self._languages()

    def weights(self, text: str) -> TermWeights:
        """Return the concepts of a question or another text, with their weights here."""
        return self.lexical.term_weights(concepts(text, self.languages), self.languages)

    def _languages(self) -> tuple[str, ...]:
        """Return the languages in which documents were analysed, the most frequent first."""
        known = list(self.catalogue.languages)
        unknown = self.catalogue.languages.total() < len(self.catalogue.documents())
        return tuple(dict.fromkeys([*known, DEFAULT_LANGUAGE] if unknown else known))


class Snapshot(Stores):
    """An opened snapshot: its manifest and its stores."""

    def __init__(self, folder: Path, manifest: Manifest, command: str | None = None) -> None:
        super().__init__(folder, command)
        self.manifest = manifest


def count_faults(snapshot: Snapshot) -> Iterator[str]:
    """Yield each count in which the catalogue, BM25, FAISS and the manifest of a snapshot disagree."""
    manifest, catalogue = snapshot.manifest, snapshot.catalogue
    counts = {
        ("passages", "catalogue"): (catalogue.passage_count, manifest.passages),
        ("passages", "BM25"): (snapshot.lexical.count, manifest.passages),
        ("windows", "catalogue"): (catalogue.window_count, manifest.windows),
        ("windows", "sentences"): (catalogue.sentences.window_count, manifest.windows),
        ("windows", "FAISS"): (snapshot.vectors.count, manifest.windows),
        ("dimensions", "FAISS"): (snapshot.vectors.dimension, manifest.encoder.dimension),
        ("documents", "catalogue"): (len(catalogue.documents()), manifest.documents),
    }
    for (what, where), (found, expected) in counts.items():
        if found != expected:
            yield f"{where} has {found} {what}, but the manifest says {expected}"
