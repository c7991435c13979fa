"""The catalogue of a snapshot: its documents, passages and windows, in SQLite; ``cataloguing`` writes it.

Documents, passages and windows are numbered from 0 in the order of the corpus. The passages of a document and the windows of a
passage are consecutive, so they are stored as ranges. Passages overlap, so only their spans are stored, and the text of each
document once. Every row is verified against its seal (``sealing``) when it is read.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell.answer import Place, Scope
from citewell.document import Fact, Figure, Passage, Span, Window, above
from citewell.errors import CitewellError, UsageError
from citewell.index.database import Database, Row
from citewell.index.facts import FactTable
from citewell.index.maps import DocumentMaps
from citewell.index.recent import Recent
from citewell.index.scoping import Paths
from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.sentence_spans import Sentences
from citewell.index.soundness import Soundness
from citewell.index.stored import (
    DocumentOutline,
    DocumentSummary,
    StoredDocument,
    StoredHeading,
    StoredPassage,
)
from citewell.index.vectors import Ordinals
from citewell.text.fact_names import in_effect
from citewell.text.vocabulary import Known, Vocabulary

# The seal is the last column; the others are in the order in which the writer seals them.
_DOCUMENTS = (
    "SELECT ordinal, path, title, digest, language, reader, container, words, pages, first_passage, end_passage, characters,"
    " text_seal, facts, figures, headings, seal FROM documents"
)
_PASSAGES = (
    "SELECT ordinal, id, document, section, start, end, first_window, end_window, head,"
    " first_record, end_record, outline, seal FROM passages"
)
_WINDOWS = "SELECT ordinal, key, head, seal FROM windows"
_AMONG = "ordinal IN (SELECT value FROM json_each(?))"
_AT = "SELECT ordinal FROM passages WHERE ordinal >= ? AND ordinal < ? AND start < ? AND end > ? ORDER BY ordinal"
# Documents whose text is cached; an answer quotes only a few.
_TEXTS = 16


@dataclass(frozen=True, slots=True)
class _Held:
    """The part of a document that is kept in memory; its passages are ``range(first, end)``."""

    summary: DocumentSummary
    first: int
    end: int
    text_seal: str
    facts: str


class Catalogue:
    """Reads the catalogue of one snapshot. Thread-safe.

    The data that every question needs (the documents and the positions of their passages and windows) is read when the
    catalogue is opened, just after the whole file was verified. Every row that is read later is verified against its seal.

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        self._file = Database(file, soundness)
        self._documents = self._read_documents()
        self._firsts = [each.first for each in self._documents]
        self.paths = Paths([each.summary.path for each in self._documents])
        self.maps = DocumentMaps(self._file, self.paths)
        self._window_starts = self._read_starts()
        self.passage_count = len(self._window_starts) - 1
        self.window_count = int(self._window_starts[-1])
        self.sentences = self._read_sentences()
        self._texts: Recent[int, str] = Recent(_TEXTS)
        self._foreign: dict[str, npt.NDArray[np.bool_]] = {}

    def documents(self, paths: Collection[str] | None = None) -> list[DocumentSummary]:
        """Return the documents at some paths, or all, in order, without their texts."""
        if paths is None:
            return [each.summary for each in self._documents]
        chosen = sorted({self.paths.ordinals[path] for path in paths if path in self.paths.ordinals})
        return [self._documents[ordinal].summary for ordinal in chosen]

    def document(self, path: str) -> StoredDocument:
        """Return one document.

        Raises:
            CitewellError: The snapshot has no such document.
        """
        ordinal = self.paths.ordinals.get(path)
        if ordinal is None:
            raise CitewellError(f"the index has no document {path!r}")
        (row,) = self._rows("documents", f"{_DOCUMENTS} WHERE ordinal = ?", ordinal, ordinals=[ordinal])
        return StoredDocument(
            path,
            row[2],
            row[3],
            self._text(ordinal),
            _headings(row[-1]),
            language=row[4],
            reader=row[5],
            container=row[6],
            facts=_facts(row[-3]),
            figures=tuple(Figure(start, reference) for start, reference in json.loads(row[-2])),
        )

    @cached_property
    def facts(self) -> FactTable:
        """The facts of every document, those that a build finds out included (``fact_names.in_effect``)."""
        # Not a method of this object, which would keep its files open when it is replaced: each would hold the other.
        return FactTable(partial(_facts_of, self._documents), [held.summary.path for held in self._documents])

    def facts_of(self, path: str) -> tuple[Fact, ...]:
        """Return the facts of one document."""
        return _facts_of(self._documents, self.paths.ordinals[path])

    def inside(self, file: str) -> list[str]:
        """Return the paths of the documents inside a file, such as the attachments of a message."""
        return self._inside.get(file, [])

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self._documents:
            if each.summary.container:
                found.setdefault(each.summary.container, []).append(each.summary.path)
        return found

    def outlines(self) -> list[DocumentOutline]:
        """Return the outline of every document, in order of their paths."""
        rows = self._rows("documents", f"{_DOCUMENTS} ORDER BY ordinal", ordinals=range(len(self._documents)))
        firsts = self.passages(each.first for each in self._documents if each.first < each.end)
        starts = {passage.document: passage.span.start for passage in firsts}
        return [DocumentOutline(row[1], row[2], row[11], _headings(row[-1]), starts.get(row[1], 0)) for row in rows]

    def passages(self, ordinals: Iterable[int]) -> list[StoredPassage]:
        """Return passages by ordinal, in the given order."""
        ordered = [int(ordinal) for ordinal in ordinals]
        rows = self._rows("passages", f"{_PASSAGES} WHERE {_AMONG}", json.dumps(ordered), ordinals=ordered)
        return [self._passage(row) for row in rows]

    def sentences_of(self, passage: StoredPassage) -> range:
        """Return the numbers of a passage's sentences."""
        home = self._documents[self.paths.ordinals[passage.document]]
        windows = range(int(self._window_starts[home.first]), int(self._window_starts[home.end]))
        return self.sentences.inside(passage.span, windows)

    def begins_document(self, passage: StoredPassage) -> bool:
        """Return whether a passage is the first of its document."""
        return passage.ordinal == self._documents[self.paths.ordinals[passage.document]].first

    def path_of(self, passage: int) -> str:
        """Return the path of a passage's document."""
        return self._documents[bisect_right(self._firsts, passage) - 1].summary.path

    def passages_of(self, windows: Ordinals) -> Ordinals:
        """Return the passage of each window."""
        found: Ordinals = np.searchsorted(self._window_starts, windows, side="right") - 1
        return found

    def windows_of(self, passages: Ordinals) -> Ordinals:
        """Return the windows of some passages."""
        starts, ends = self._window_starts[passages], self._window_starts[passages + 1]
        return _ranges(starts, ends)

    def check(self, scope: Scope) -> None:
        """Check that every name in a scope matches a document, and that some document is in it.

        Raises:
            UsageError: It names a document, a folder or a fact that is not in the index, or nothing passes all its filters.
        """
        self.paths.check(scope)
        if scope.filters and not len(self.admitted(scope)):
            passing = " ".join(map(str, scope.filters))
            raise UsageError(f"no document passes all filters ({passing})", hint="remove one of them")

    def admitted(self, scope: Scope) -> Ordinals:
        """Return the documents in a scope, sorted.

        Raises:
            UsageError: A filter has a name or a value that no document has.
        """
        if not scope.filters:
            return self.paths.admitted(scope)
        passing = self.facts.admitted(scope.filters)
        if not (scope.documents or scope.folders):
            return passing
        return np.intersect1d(passing, self.paths.admitted(scope), assume_unique=True)

    def admits(self, scope: Scope) -> npt.NDArray[np.bool_]:
        """Return for each document whether it is in a scope."""
        mask = np.zeros(len(self._documents), dtype=bool)
        mask[self.admitted(scope)] = True
        return mask

    def within(self, scope: Scope) -> Ordinals:
        """Return the passages of the documents in a scope."""
        admitted = [self._documents[ordinal] for ordinal in self.admitted(scope).tolist()]
        ends = np.array([(each.first, each.end) for each in admitted], dtype=np.int64).reshape(-1, 2)
        return _ranges(*ends.T)

    def passages_at(self, place: Place) -> Ordinals:
        """Return the passages that have text at a place, which is in a document of the snapshot."""
        held = self._documents[self.paths.ordinals[place.document]]
        bounds = (held.first, held.end, place.end, place.start)
        return np.array([each[0] for each in self._file.all(_AT, *bounds)], dtype=np.int64)

    def foreign_to(self, language: str) -> npt.NDArray[np.bool_]:
        """Return for each passage whether its language is known and another one, shape (passages,)."""
        if language not in self._foreign:
            lengths = [each.end - each.first for each in self._documents]
            foreign = [each.summary.language not in (None, language) for each in self._documents]
            self._foreign[language] = np.repeat(foreign, lengths)
        return self._foreign[language]

    @cached_property
    def languages(self) -> Counter[str]:
        """The languages of the documents (ISO 639-1), with how many documents are in each; most of them first."""
        found = Counter(each.summary.language for each in self._documents if each.summary.language)
        return Counter(dict(sorted(found.items(), key=lambda counted: (-counted[1], counted[0]))))

    @cached_property
    def section_count(self) -> int:
        """The number of sections with text."""
        return int(self._file.all("SELECT count(*) FROM (SELECT DISTINCT document, section FROM passages)")[0][0])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all documents."""
        for words, sealed in self._file.all("SELECT words, seal FROM words WHERE ordinal = 0"):
            if sealed == seal("words", 0, seal_text(words)):
                return Vocabulary(_known(line) for line in words.split("\n") if line)
        raise self._file.damaged("its vocabulary has changed")

    def window_keys(self) -> list[str]:
        """Return the key of every window, by ordinal."""
        rows = self._rows("windows", f"{_WINDOWS} ORDER BY ordinal", ordinals=range(self.window_count))
        return [row[1] for row in rows]

    def split_document(self, path: str) -> list[Passage]:
        """Return a document's passages and windows as they were split."""
        found = self.passages(self._passages_of(path))
        if not found:
            return []
        first = found[0].first_window
        heads = [_head(packed) for _, _, packed in self._windows(range(first, found[-1].end_window))]
        text = self._text(self.paths.ordinals[path])
        return [self._rebuilt(each, heads[each.first_window - first : each.end_window - first], text) for each in found]

    def ids(self, path: str) -> list[str]:
        """Return the stored ids of a document's passages."""
        return [each.id for each in self.passages(self._passages_of(path))]

    def _rebuilt(self, passage: StoredPassage, heads: Iterable[Span | None], text: str) -> Passage:
        made = []
        context = above(passage.document, passage.title, passage.section)
        for window, head in enumerate(heads, passage.first_window):
            sentences = tuple(self.sentences.of_window(window))
            span = Span(sentences[0].start, sentences[-1].end)
            made.append(Window(span, sentences, span.of(text), head, head.of(text) if head else "", context))
        return Passage(passage.document, passage.section, passage.span, passage.text, tuple(made))

    def _windows(self, windows: Iterable[int]) -> list[Row]:
        ordered = [int(ordinal) for ordinal in windows]
        return self._rows("windows", f"{_WINDOWS} WHERE {_AMONG}", json.dumps(ordered), ordinals=ordered)

    def _passages_of(self, path: str) -> range:
        ordinal = self.paths.ordinals.get(path)
        return range(0) if ordinal is None else range(self._documents[ordinal].first, self._documents[ordinal].end)

    def _passage(self, row: Row) -> StoredPassage:
        ordinal, name, home, section, start, end, first, last, packed, first_record, end_record, outline = row
        head, document, span = _head(packed), self._documents[home].summary, Span(start, end)
        above: tuple[str, ...] = () if section == "[]" else tuple(json.loads(section))
        return StoredPassage(
            ordinal,
            name,
            document.path,
            document.title,
            above,
            span,
            span.of(self._text(home)),
            first,
            last,
            head,
            head.of(self._text(home)) if head else "",
            document.language,
            range(first_record, end_record),
            outline,
        )

    def _read_documents(self) -> list[_Held]:
        rows = self._rows("documents", f"{_DOCUMENTS} ORDER BY ordinal")
        paths = [row[1] for row in rows]
        if [row[0] for row in rows] != list(range(len(rows))) or paths != sorted(paths):
            raise self._file.damaged("documents are missing or out of order")
        digests = {row[1]: row[3] for row in rows if row[6] is None}
        summaries = (replace(DocumentSummary(*row[1:9]), container_digest=digests.get(row[6])) for row in rows)
        return [_Held(each, row[9], row[10], row[12], row[13]) for each, row in zip(summaries, rows, strict=True)]

    def _read_starts(self) -> npt.NDArray[np.int64]:
        """Return the first window of each passage, followed by the end of the last."""
        rows = self._file.all("SELECT ordinal, first_window FROM passages ORDER BY ordinal")
        count = self._file.all("SELECT count(*) FROM windows")[0][0]
        try:
            found = np.array([*rows, (len(rows), count)], dtype=np.int64).reshape(-1, 2)
        except (TypeError, ValueError, OverflowError) as error:
            raise self._file.damaged(error) from error
        if (found[:, 0] != np.arange(len(found))).any() or (np.diff(found[:, 1]) < 0).any():
            raise self._file.damaged("passages are missing or out of order")
        return found[:, 1].copy()

    def _read_sentences(self) -> Sentences:
        for spans, windows, sealed in self._file.all("SELECT spans, windows, seal FROM sentences WHERE ordinal = 0"):
            try:
                if sealed == seal("sentences", 0, seal_bytes(spans), seal_bytes(windows)):
                    return Sentences(spans, windows)
            except (TypeError, ValueError) as error:
                raise self._file.damaged(error) from error
        raise self._file.damaged("its sentences have changed")

    def _text(self, document: int) -> str:
        """Return the text of a document, cached for the last few."""
        text = self._texts.get(document)
        if text is None:
            text = self._read_text(document)
            self._texts.put(document, text)
        return text

    def _read_text(self, document: int) -> str:
        rows = self._file.all("SELECT text FROM documents WHERE ordinal = ?", document)
        if len(rows) != 1 or seal_text(rows[0][0]) != self._documents[document].text_seal:
            raise self._file.damaged(f"the text of {self._documents[document].summary.path} has changed")
        return str(rows[0][0])

    def _rows(self, table: str, query: str, *parameters: object, ordinals: Sequence[int] | None = None) -> list[Row]:
        """Return verified rows without their seals; with ``ordinals``, exactly those rows in that order.

        Raises:
            IndexDamagedError: A row has changed or is missing.
        """
        rows = self._file.all(query, *parameters)
        for *values, sealed in rows:
            if sealed != seal(table, *values):
                raise self._file.damaged(f"a row of the table {table} has changed")
        if ordinals is None:
            return [row[:-1] for row in rows]
        found = {row[0]: row[:-1] for row in rows}
        missing = next((ordinal for ordinal in ordinals if ordinal not in found), None)
        if missing is not None:
            raise self._file.damaged(f"row {missing} of the table {table} is missing")
        return [found[ordinal] for ordinal in ordinals]


def _known(line: str) -> Known:
    word, count, is_name = line.split("\t")
    return Known(word, int(count), is_name == "1")


def _facts_of(documents: Sequence[_Held], document: int) -> tuple[Fact, ...]:
    held = documents[document]
    about = held.summary
    return in_effect(_facts(held.facts), reader=about.reader, language=about.language, title=about.title)


def _facts(packed: str) -> tuple[Fact, ...]:
    return () if packed == "[]" else tuple(Fact(*each) for each in json.loads(packed))


def _headings(packed: str) -> tuple[StoredHeading, ...]:
    return tuple(StoredHeading(Span(start, end), tuple(above)) for start, end, above in json.loads(packed))


def _head(packed: str) -> Span | None:
    # Few passages are below the head of a table.
    return None if packed == "[]" else Span(*json.loads(packed)[0])


def _ranges(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Ordinals:
    """Concatenate the ranges ``[start, end)``."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    found: Ordinals = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return found
