"""The BM25 index of a snapshot as tantivy has it: counted and searched, and what damage looks like there."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy

from citewell.errors import IndexDamagedError, IndexUnreadableError
from citewell.index.lexical_files import link_files, passages_in, searcher
from citewell.index.lexical_tantivy import TantivyQueries
from citewell.index.numbering import Ordinals
from citewell.index.postings import MARK
from citewell.index.settled import Scores
from citewell.index.soundness import Soundness
from citewell.index.verifying import VERIFIED, Check
from citewell.recent import Recent

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class _Opened:
    searcher: tantivy.Searcher
    count: int
    all: int


class LexicalReader(TantivyQueries):
    """Reads the BM25 index of one snapshot (`lexical_queries.LexicalIndex`). Thread-safe.

    It is opened when it is first used, if it was not verified before: tantivy trusts what its files say of their sizes, so a
    damaged one could make it ask for more memory than there is, which ends the process.

    Args:
        folder: Its folder.
        soundness: Where damage is reported.
        check: What verifies all files of the folder.

    Raises:
        IndexDamagedError: The folder contains no BM25 index.
        IndexUnreadableError: There is no place for the lock that tantivy needs to open it.
    """

    def __init__(self, folder: Path, soundness: Soundness | None = None, check: Check = VERIFIED) -> None:
        self._folder = folder
        self._soundness = soundness or Soundness()
        self._check = check
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._valid: Recent[tuple[str, str], int] = Recent(_REMEMBERED)
        if check.is_done:
            self._open_once()

    @property
    def searcher(self) -> tantivy.Searcher:
        """What searches it."""
        return (self._opened or self._open_once()).searcher

    @property
    def count(self) -> int:
        """How many passages are valid."""
        return (self._opened or self._open_once()).count

    @property
    def all(self) -> int:
        """How many count in frequencies, and so in scores: also removed ones, until tantivy has merged their files."""
        return (self._opened or self._open_once()).all

    def search(self, query: tantivy.Query, count: int) -> tuple[Ordinals, Scores]:
        """Return the marks of the best passages for a query, and their scores, best first; ``count`` is at least 1."""
        with self._reading():
            hits = self.searcher.search(query, count, count=False).hits
            marks = self.searcher.fast_field_values(MARK, [address for _, address in hits])
            if None in marks:
                raise ValueError("it has passages without a number")
            return np.array(marks, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    def passages_with(self, query: tantivy.Query) -> int:
        """Return how many valid passages match a query."""
        with self._reading():
            return int(self.searcher.search(query, 1, count=True).count)  # type: ignore[attr-defined]

    def frequency(self, field: str, form: str) -> int:
        """Return how many passages have a form; if none but removed ones may, as many as are valid."""
        found = self.all_with(field, form)
        if not 0 < found <= self.all - self.count:
            return found
        valid = self._valid.get((field, form))
        if valid is None:
            valid = self.passages_with(self.term(field, form))
            self._valid.put((field, form), valid)
        return valid

    def all_with(self, field: str, form: str) -> int:
        """Return how many passages have a form, as tantivy scores it: also removed ones that are in its files."""
        # Asked for dozens of forms in each question: a context manager would take most of the time.
        try:
            found: int = self.searcher.doc_freq(field, form)
        except BaseException as error:
            if not _is_broken(error):
                raise
            raise self.damaged(error) from error
        if not 0 <= found <= self.all:
            raise self.damaged("it counts more passages than there are")
        return found

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""
        return self._soundness.mark_damaged(f"the BM25 index in {self._folder} is damaged: {reason}")

    def _open_once(self) -> _Opened:
        with self._lock:
            if self._opened is None:
                self._check.check()
                found = self._open()
                with self._reading():
                    self._opened = _Opened(found, found.num_docs, passages_in(self._folder))
            return self._opened

    def _open(self) -> tantivy.Searcher:
        """Open the index in place, or through links in a temporary folder, because tantivy creates a lock file to open it."""
        with self._reading():
            try:
                return searcher(self._folder)
            except ValueError as error:
                if not self._folder.is_dir():
                    raise
                first = error
            try:
                # Files stay mapped when the links are deleted.
                with tempfile.TemporaryDirectory(prefix="citewell-") as place:
                    return searcher(link_files(self._folder, Path(place)))
            except OSError as error:
                raise IndexUnreadableError(
                    f"{self._folder} cannot be opened ({first}), nor through a temporary folder ({error.strerror})",
                    hint="set TMPDIR to a writable folder",
                ) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Convert tantivy's errors and panics about damaged files to Citewell's errors."""
        try:
            yield
        except BaseException as error:
            if not _is_broken(error):
                raise
            raise self.damaged(error) from error


def _is_broken(error: BaseException) -> bool:
    """Return whether an error is one of tantivy about damaged files."""
    return isinstance(error, ValueError | OverflowError) or is_panic(error)


def is_panic(error: BaseException) -> bool:
    """Return whether an error is a panic of a Rust library; it is not an ``Exception``, and its class cannot be imported."""
    return type(error).__module__.startswith("pyo3") and type(error).__name__ == "PanicException"
