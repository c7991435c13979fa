"""Writes the catalogue of a new segment, whichever engine keeps it; ``catalogue_segment`` reads it.

Each row has a seal (``sealing``) over all its values. What every question needs of documents is in one row (``listing``), with
the seals of their texts: so they are listed and verified at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citewell.document import Passage, Span
from citewell.index.listing import ListedDocument, ListingWriter, seal_of
from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.segment_rows import RowsToWrite, sealed
from citewell.index.sentence_spans import SentencesWriter
from citewell.index.stored import DocumentMap, DocumentSummary, StoredDocument, pages_of
from citewell.text.terms import Term
from citewell.text.vocabulary import WordCounts
from citewell.text.words import count_words

# The rarer words of a large corpus are mostly its own typos.
_VOCABULARY = 200_000


@dataclass(frozen=True, slots=True)
class AnalysedPassage:
    """A passage, its terms after those of what stands above it, its records (``term_places``), and its ``outline``.

    That is a digest of its letters and digits.
    """

    passage: Passage
    terms: Sequence[Term]
    records: range
    outline: str


class CatalogueWriter:
    """Writes the catalogue of a new snapshot, document by document in the order of their paths.

    ``words`` are the counted words of the documents so far.

    Args:
        rows: Where its rows are written.
    """

    def __init__(self, rows: RowsToWrite) -> None:
        self._rows = rows
        self.documents = 0
        self.passages = 0
        self.windows = 0
        self.words = WordCounts()
        self._sentences = SentencesWriter()
        self._listing = ListingWriter()

    def add(
        self, document: StoredDocument, passages: Iterable[AnalysedPassage], where: DocumentMap | None = None
    ) -> None:
        """Add a document with its passages and their windows.

        Args:
            document: The document.
            passages: Its passages.
            where: Its locations and boxes, if it has any.
        """
        self._sentences.start_document()
        windows, sections = [], set()
        for analysed in passages:
            self._add_passage(analysed)
            windows.append(len(analysed.passage.windows))
            sections.add(analysed.passage.section)
        headings = json.dumps(
            [[each.span.start, each.span.end, each.path] for each in document.headings], ensure_ascii=False
        )
        facts = json.dumps([[each.name, each.value, each.source] for each in document.facts], ensure_ascii=False)
        figures = json.dumps([[each.start, each.reference] for each in document.figures], ensure_ascii=False)
        where = where or DocumentMap()
        summary = DocumentSummary(
            document.path,
            document.title,
            document.digest,
            document.language,
            document.reader,
            document.container,
            count_words(document.text),
            pages_of(where.locations),
        )
        listed = ListedDocument(summary, len(sections), len(document.text), seal_text(document.text), facts)
        self._listing.add(listed, windows)
        row = (self.documents, figures, headings)
        self._rows.add("documents", [(self.documents, seal("documents", *row), figures, headings, document.text)])
        self._add_map(where)
        self.documents += 1

    def _add_map(self, where: DocumentMap) -> None:
        # Of two at one place, the last.
        places = {each.start: each.location for each in where.locations}
        self._rows.add(
            "locations",
            (
                sealed("locations", self.documents, start, at.kind, at.label, at.page, int(at.is_ocr))
                for start, at in places.items()
            ),
        )
        if where.boxes:
            written = seal("boxes", self.documents, seal_bytes(where.boxes))
            self._rows.add("boxes", [(self.documents, where.boxes, written)])

    def close(self) -> None:
        """Write what is known when all documents are there."""
        often = self.words.most_frequent(_VOCABULARY)
        words = "\n".join(f"{known.word}\t{known.count}\t{int(known.is_name)}" for known in often)
        self._rows.add("words", [(0, words, seal("words", 0, seal_text(words)))])
        spans, windows = self._sentences.packed()
        self._rows.add("sentences", [(0, spans, windows, seal("sentences", 0, seal_bytes(spans), seal_bytes(windows)))])
        packed = self._listing.packed()
        self._rows.add("listing", [(0, *packed, seal_of(packed))])

    def _add_passage(self, analysed: AnalysedPassage) -> None:
        passage, first = analysed.passage, self.windows
        rows = [(first + nth, window.key, _packed(window.head)) for nth, window in enumerate(passage.windows)]
        self._rows.add("windows", (sealed("windows", *row) for row in rows))
        for window in passage.windows:
            self._sentences.add(window.sentences)
        self.windows += len(rows)
        row = (
            self.passages,
            passage.id,
            self.documents,
            json.dumps(passage.section, ensure_ascii=False),
            passage.span.start,
            passage.span.end,
            first,
            self.windows,
            _packed(passage.head),
            analysed.records.start,
            analysed.records.stop,
            analysed.outline,
        )
        self._rows.add("passages", [sealed("passages", *row)])
        self.passages += 1


def _packed(head: Span | None) -> str:
    return json.dumps([[head.start, head.end]] if head else [])
