"""Writes the texts, passages and words of a new segment, whichever engine keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from citewell.index.cataloguing import AnalysedPassage, CatalogueWriter
from citewell.index.concordance_writing import ConcordanceWriter
from citewell.index.manifest import SegmentRecord
from citewell.index.promised import ChoiceRecord
from citewell.index.stored import DocumentMap, StoredDocument
from citewell.text.terms import Term


class PassagesToIndex(Protocol):
    """Where the passages of a new segment are indexed by their words."""

    def add(self, passage: int, terms: Sequence[Term]) -> None:
        """Add a passage, by its number in the segment."""


class SegmentWriter:
    """Writes what a segment has beside vectors and places of words (`storage.Writer`).

    Args:
        number: The number of the segment in its snapshot.
        catalogue: Writes its documents and passages.
        lexical: Indexes its passages.
        concordance: Writes the places of its words as they are written.
    """

    def __init__(
        self, number: int, catalogue: CatalogueWriter, lexical: PassagesToIndex, concordance: ConcordanceWriter
    ) -> None:
        self.number = number
        self.words = catalogue.words
        self._catalogue = catalogue
        self._lexical = lexical
        self._concordance = concordance

    @property
    def has_documents(self) -> bool:
        """Whether any document was added."""
        return self._catalogue.documents > 0

    def add(
        self, document: StoredDocument, passages: Iterable[AnalysedPassage], where: DocumentMap | None = None
    ) -> None:
        """Add a document (`storage.Writer.add`)."""
        self._catalogue.add(document, self._indexed(passages), where)
        self._concordance.add(document.text)

    def record(self, name: str, files: dict[str, str], choice: ChoiceRecord | None) -> SegmentRecord:
        """Describe the segment.

        Args:
            name: Its name.
            files: The digests of its files, by their names, if it has files.
            choice: How a search chooses among its windows, if it does.
        """
        return SegmentRecord(
            name=name,
            number=self.number,
            documents=self._catalogue.documents,
            passages=self._catalogue.passages,
            windows=self._catalogue.windows,
            choice=choice,
            files=files,
        )

    def _indexed(self, passages: Iterable[AnalysedPassage]) -> Iterator[AnalysedPassage]:
        """Index each passage by its words, and yield it."""
        for nth, each in enumerate(passages, self._catalogue.passages):
            self._lexical.add(nth, each.terms)
            yield each
