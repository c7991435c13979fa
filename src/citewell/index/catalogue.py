"""The catalogue of a snapshot: its documents (``documents``), passages and windows, in SQLite; ``cataloguing`` writes it.

Documents, passages and windows are numbered from 0 in the order of the corpus. The passages of a document and the windows of a
passage are consecutive, so they are stored as ranges. Passages overlap, so only their spans are stored, and the text of each
document once. Every row is verified against its seal (``sealing``) when it is read.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell.answer import Place, Scope
from citewell.document import Passage, Span, Window, above
from citewell.index.database import Database, Row
from citewell.index.documents import Documents
from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.sentence_spans import Sentences
from citewell.index.soundness import Soundness
from citewell.index.stored import DocumentOutline, StoredPassage
from citewell.index.vectors import Ordinals
from citewell.text.vocabulary import Known, Vocabulary

# The seal is the last column; the others are in the order in which the writer seals them.
_PASSAGES = (
    "SELECT ordinal, id, document, section, start, end, first_window, end_window, head,"
    " first_record, end_record, outline, seal FROM passages"
)
_WINDOWS = "SELECT ordinal, key, head, seal FROM windows"
# So many lists of headings are remembered.
_REMEMBERED = 4096
_AMONG = "ordinal IN (SELECT value FROM json_each(?))"
_AT = "SELECT ordinal FROM passages WHERE ordinal >= ? AND ordinal < ? AND start < ? AND end > ? ORDER BY ordinal"


class Catalogue(Documents):
    """Reads the catalogue of one snapshot: its documents, and their passages and windows. Thread-safe.

    The positions of passages and windows are read when the catalogue is opened, like the documents.

    Args:
        file: The file.
        soundness: Where damage is reported.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Path, soundness: Soundness | None = None) -> None:
        super().__init__(Database(file, soundness))
        self._firsts = [each.first for each in self._documents]
        self._window_starts = self._read_starts()
        self.passage_count = len(self._window_starts) - 1
        self.window_count = int(self._window_starts[-1])
        self.sentences = self._read_sentences()
        self._foreign: dict[str, npt.NDArray[np.bool_]] = {}

    def outlines(self) -> list[DocumentOutline]:
        """Return the outline of every document, in order of their paths."""
        firsts = self.passages(each.first for each in self._documents if each.first < each.end)
        starts = {passage.document: passage.span.start for passage in firsts}
        return [replace(each, first=starts.get(each.path, 0)) for each in self._headed()]

    def passages(self, ordinals: Iterable[int]) -> list[StoredPassage]:
        """Return passages by ordinal, in the given order."""
        ordered = [int(ordinal) for ordinal in ordinals]
        rows = self._file.sealed("passages", f"{_PASSAGES} WHERE {_AMONG}", json.dumps(ordered), ordinals=ordered)
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
        rows = self._file.sealed("windows", f"{_WINDOWS} ORDER BY ordinal", ordinals=range(self.window_count))
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
        return self._file.sealed("windows", f"{_WINDOWS} WHERE {_AMONG}", json.dumps(ordered), ordinals=ordered)

    def _passages_of(self, path: str) -> range:
        ordinal = self.paths.ordinals.get(path)
        return range(0) if ordinal is None else range(self._documents[ordinal].first, self._documents[ordinal].end)

    def _passage(self, row: Row) -> StoredPassage:
        ordinal, name, home, section, start, end, first, last, packed, first_record, end_record, outline = row
        head, document, span = _head(packed), self._documents[home].summary, Span(start, end)
        return StoredPassage(
            ordinal,
            name,
            document.path,
            document.title,
            _headings(section),
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


def _known(line: str) -> Known:
    word, count, is_name = line.split("\t")
    return Known(word, int(count), is_name == "1")


@lru_cache(maxsize=_REMEMBERED)
def _headings(packed: str) -> tuple[str, ...]:
    """Return the headings above a passage; the same stand above many."""
    return tuple(json.loads(packed))


def _head(packed: str) -> Span | None:
    # Few passages are below the head of a table.
    return None if packed == "[]" else Span(*json.loads(packed)[0])


def _ranges(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Ordinals:
    """Concatenate the ranges ``[start, end)``."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    found: Ordinals = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return found
