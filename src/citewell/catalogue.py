"""The catalogue of a snapshot: its documents, passages and windows, in SQLite.

Documents, passages and windows are numbered from 0 in the order of the corpus. The passages of a document and the windows of a
passage are consecutive, so that a range says which they are. Passages overlap, so only their spans are kept: the text of each
document is there once.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.document import Document, Passage, Span, Window
from citewell.errors import CitewellError, IndexDamagedError
from citewell.spelling import Vocabulary, count_words
from citewell.vectors import Ordinals

_SCHEMA = """
CREATE TABLE documents (
    ordinal INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL, digest TEXT NOT NULL, text TEXT NOT NULL,
    headings TEXT NOT NULL, first_passage INTEGER NOT NULL, end_passage INTEGER NOT NULL);
CREATE TABLE passages (
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL REFERENCES documents,
    section TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    first_window INTEGER NOT NULL, end_window INTEGER NOT NULL);
CREATE TABLE windows (
    ordinal INTEGER PRIMARY KEY, key TEXT NOT NULL, sentences TEXT NOT NULL);
CREATE TABLE words (
    word TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
"""

_PASSAGES = (
    "SELECT p.ordinal, p.id, p.document, d.path, d.title, p.section, p.start, p.end, p.first_window, p.end_window"
    " FROM passages p JOIN documents d ON d.ordinal = p.document"
)
_PASSAGES_BY_ORDINAL = f"{_PASSAGES} WHERE p.ordinal IN (SELECT value FROM json_each(?))"  # noqa: S608 - two constants
_PASSAGES_OF_DOCUMENT = _PASSAGES + " WHERE d.path = ? ORDER BY p.ordinal"
# Documents whose text is kept at hand; a question quotes from a few.
_TEXTS = 16
# Rarer words of a large corpus are mostly its own misspellings.
_VOCABULARY = 200_000


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text."""

    path: str
    title: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoredHeading:
    """A heading: where it stands, and its words without their markup, after those of the headings above it."""

    span: Span
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it was when the snapshot was built; a heading without text of its own is in the paths of others only."""

    path: str
    title: str
    digest: str
    text: str
    headings: tuple[StoredHeading, ...]


@dataclass(frozen=True, slots=True)
class DocumentOutline:
    """The headings of a document, how long it is, and where its first passage starts; without its text."""

    path: str
    title: str
    characters: int
    headings: tuple[StoredHeading, ...]
    first: int = 0


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the title of its document; its windows are ``range(first_window, end_window)``."""

    ordinal: int
    id: str
    document: str
    title: str
    section: tuple[str, ...]
    span: Span
    text: str
    first_window: int
    end_window: int


class CatalogueWriter:
    """Writes the catalogue of a new snapshot, document by document in the order of their paths."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        # The snapshot becomes visible only when it is whole and synced, so no journal has to protect it meanwhile.
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _SCHEMA)
        self.documents = 0
        self.passages = 0
        self.windows = 0
        self._words: Counter[str] = Counter()

    def add(self, document: StoredDocument, passages: Iterable[Passage]) -> None:
        """Add a document with its passages and their windows."""
        first = self.passages
        for passage in passages:
            self._add_passage(passage)
        headings = json.dumps(
            [[each.span.start, each.span.end, each.path] for each in document.headings], ensure_ascii=False
        )
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.documents,
                document.path,
                document.title,
                document.digest,
                document.text,
                headings,
                first,
                self.passages,
            ),
        )
        self.documents += 1
        count_words(document.text, self._words)

    def close(self) -> None:
        """Finish the file."""
        self._connection.executemany("INSERT INTO words VALUES (?, ?)", sorted(self._words.items()))
        self._connection.execute("COMMIT")
        self._connection.close()

    def _add_passage(self, passage: Passage) -> None:
        first = self.windows
        rows = [
            (first + nth, window.key, json.dumps([[span.start, span.end] for span in window.sentences]))
            for nth, window in enumerate(passage.windows)
        ]
        self._connection.executemany("INSERT INTO windows VALUES (?, ?, ?)", rows)
        self.windows += len(rows)
        self._connection.execute(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.passages,
                passage.id,
                self.documents,
                json.dumps(passage.section, ensure_ascii=False),
                passage.span.start,
                passage.span.end,
                first,
                self.windows,
            ),
        )
        self.passages += 1


class Catalogue:
    """Reads the catalogue of one snapshot. Safe to share between threads.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._file = file
        try:
            self._connection = sqlite3.connect(
                f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            starts = self._connection.execute("SELECT first_window FROM passages ORDER BY ordinal").fetchall()
            self.window_count: int = self._connection.execute("SELECT count(*) FROM windows").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise IndexDamagedError(f"{file} is not a catalogue: {error}") from error
        self.passage_count = len(starts)
        self._text = lru_cache(maxsize=_TEXTS)(self._read_text)
        self._window_starts = np.array([*(row[0] for row in starts), self.window_count], dtype=np.int64)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def documents(self, paths: Collection[str] | None = None) -> list[DocumentSummary]:
        """Return the documents at some paths, or all, in order, without their texts."""
        chosen = "" if paths is None else f"WHERE path IN ({', '.join('?' * len(paths))})"
        rows = self._all(f"SELECT path, title, digest FROM documents {chosen} ORDER BY ordinal", *(paths or ()))  # noqa: S608
        return [DocumentSummary(*row) for row in rows]

    def document(self, path: str) -> StoredDocument:
        """Return one document.

        Raises:
            CitewellError: The snapshot has no such document.
        """
        rows = self._all("SELECT path, title, digest, text, headings FROM documents WHERE path = ?", path)
        if not rows:
            raise CitewellError(f"the index holds no document {path!r}")
        _, title, digest, text, headings = rows[0]
        return StoredDocument(path, title, digest, text, _headings(headings))

    def outlines(self) -> list[DocumentOutline]:
        """Return the outline of every document, in order of their paths."""
        rows = self._all(
            "SELECT d.path, d.title, length(d.text), d.headings, coalesce(p.start, 0) FROM documents d"
            " LEFT JOIN passages p ON p.ordinal = d.first_passage ORDER BY d.ordinal"
        )
        return [
            DocumentOutline(path, title, length, _headings(packed), first)
            for path, title, length, packed, first in rows
        ]

    def passages(self, ordinals: Iterable[int]) -> list[StoredPassage]:
        """Return passages by ordinal, in the order asked for."""
        wanted = [int(ordinal) for ordinal in ordinals]
        rows = self._all(_PASSAGES_BY_ORDINAL, json.dumps(wanted))
        found = {row[0]: self._passage(row) for row in rows}
        return [found[ordinal] for ordinal in wanted]

    def sentences(self, windows: Iterable[int]) -> list[tuple[Span, ...]]:
        """Return the sentences of each window, in the order asked for."""
        wanted = [int(ordinal) for ordinal in windows]
        query = "SELECT ordinal, sentences FROM windows WHERE ordinal IN (SELECT value FROM json_each(?))"
        found = dict(self._all(query, json.dumps(wanted)))
        return [_spans(found[ordinal]) for ordinal in wanted]

    def passages_of(self, windows: Ordinals) -> Ordinals:
        """Return which passage each window belongs to."""
        found: Ordinals = np.searchsorted(self._window_starts, windows, side="right") - 1
        return found

    def windows_of(self, passages: Ordinals) -> Ordinals:
        """Return the windows of some passages."""
        starts, ends = self._window_starts[passages], self._window_starts[passages + 1]
        return _ranges(starts, ends)

    def within(self, scope: Scope) -> Ordinals:
        """Return the passages of the documents that a scope admits."""
        rows = self._all("SELECT path, first_passage, end_passage FROM documents ORDER BY ordinal")
        admitted = [(first, end) for path, first, end in rows if scope.admits(path)]
        return _ranges(*np.array(admitted, dtype=np.int64).reshape(-1, 2).T)

    def headings(self) -> Iterator[str]:
        """Yield the innermost heading of each section that has one, in order, each once."""
        rows = self._all("SELECT section FROM passages GROUP BY section ORDER BY min(ordinal)")
        seen: set[str] = set()
        for (section,) in rows:
            path = json.loads(section)
            if path and path[-1] not in seen:
                seen.add(path[-1])
                yield path[-1]

    @cached_property
    def section_count(self) -> int:
        """How many sections of documents hold text."""
        return int(self._all("SELECT count(*) FROM (SELECT DISTINCT document, section FROM passages)")[0][0])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all documents."""
        rows = self._all("SELECT word FROM words ORDER BY count DESC, word LIMIT ?", _VOCABULARY)
        return Vocabulary(row[0] for row in rows)

    def window_keys(self) -> list[str]:
        """Return the key of every window, by ordinal."""
        return [row[0] for row in self._all("SELECT key FROM windows ORDER BY ordinal")]

    def split_document(self, path: str) -> list[Passage]:
        """Return a document's passages and windows as they were split."""
        found = [self._passage(row) for row in self._all(_PASSAGES_OF_DOCUMENT, path)]
        if not found:
            return []
        first, end = found[0].first_window, found[-1].end_window
        query = "SELECT sentences FROM windows WHERE ordinal >= ? AND ordinal < ? ORDER BY ordinal"
        sentences = [_spans(packed) for (packed,) in self._all(query, first, end)]
        return [_rebuilt(each, sentences[each.first_window - first : each.end_window - first]) for each in found]

    def ids(self, path: str) -> list[str]:
        """Return the ids of a document's passages, as they were when it was split."""
        query = (
            "SELECT p.id FROM passages p JOIN documents d ON d.ordinal = p.document WHERE d.path = ? ORDER BY p.ordinal"
        )
        return [row[0] for row in self._all(query, path)]

    def _passage(self, row: tuple[Any, ...]) -> StoredPassage:
        ordinal, name, home, document, title, section, start, end, first, last = row
        span = Span(start, end)
        return StoredPassage(
            ordinal, name, document, title, tuple(json.loads(section)), span, span.of(self._text(home)), first, last
        )

    def _read_text(self, document: int) -> str:
        return str(self._all("SELECT text FROM documents WHERE ordinal = ?", document)[0][0])

    def _all(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        try:
            with self._lock, closing(self._connection.execute(query, parameters)) as cursor:
                return cursor.fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexDamagedError(f"{self._file} is damaged: {error}") from error


def stored(document: Document) -> StoredDocument:
    """Return a document as the catalogue keeps it."""
    headings = tuple(
        StoredHeading(section.heading, section.path or (document.title,))
        for section in document.sections
        if section.heading
    )
    return StoredDocument(document.path, document.title, document.digest, document.text, headings)


def _rebuilt(passage: StoredPassage, windows: Iterable[tuple[Span, ...]]) -> Passage:
    made = []
    for sentences in windows:
        span = Span(sentences[0].start, sentences[-1].end)
        local = Span(span.start - passage.span.start, span.end - passage.span.start)
        made.append(Window(span, sentences, local.of(passage.text)))
    return Passage(passage.document, passage.section, passage.span, passage.text, tuple(made))


def _headings(packed: str) -> tuple[StoredHeading, ...]:
    return tuple(StoredHeading(Span(start, end), tuple(above)) for start, end, above in json.loads(packed))


def _spans(packed: str) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in json.loads(packed))


def _ranges(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Ordinals:
    """Concatenate the ranges ``[start, end)``."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    found: Ordinals = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return found
