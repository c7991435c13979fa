"""Reads the files of a build ahead: while one is split and written, other processes, or workers, read the next ones."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from citewell.building.background import begun
from citewell.building.report import Progress
from citewell.building.resuming import Unfinished
from citewell.building.workers import ReadFile
from citewell.corpus.reading import SourceFile, rest
from citewell.document import Document, Passage
from citewell.errors import CitewellError, ReadingError

if TYPE_CHECKING:
    from citewell.building.workers.shared import Shared

# More processes would need much memory for files of which few take long.
_MOST = 8
# Of the files that are read ahead, because each may become a document in memory.
_BYTES = 64_000_000


def usual_jobs() -> int:
    """Return how many files a build reads at once unless told otherwise: as many as there are processors, but at most 8."""
    return min(_MOST, os.cpu_count() or 1)


class FilesAhead:
    """Reads files in the order in which they are wanted, and the next ones meanwhile.

    As a context, it keeps at its end what was read and is no longer wanted, because the build was stopped.

    Args:
        unfinished: What builds that were stopped have read, and where this one keeps it.
        digests: The digest of each file, by its path, as far as it is known.
        jobs: How many files are read at once; with 1, none is read ahead.
        progress: Called during the long reading of the file that is wanted.
        shared: Who reads them instead, if it is not this machine; then ``jobs`` has no effect.
    """

    def __init__(
        self,
        unfinished: Unfinished,
        digests: Mapping[str, str],
        jobs: int,
        progress: Progress,
        shared: Shared | None = None,
    ) -> None:
        self._unfinished = unfinished
        self._digests = digests
        self._jobs = jobs
        self._progress = progress
        self._shared = shared
        self._expected: deque[SourceFile] = deque()
        # Those that are read ahead, with their sizes.
        self._started: dict[str, tuple[Future[ReadFile], int]] = {}
        # The passages of the documents that were read last.
        self._passages: dict[str, list[Passage]] = {}
        self._wanted = ""

    def __enter__(self) -> FilesAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._started:
            path, (future, _) = self._started.popitem()
            if future.done():
                # Nobody wants it any longer.
                with suppress(CitewellError):
                    self._kept(path, future)
        if self._jobs > 1:
            rest()

    def expect(self, sources: Iterable[SourceFile]) -> None:
        """Say which files will be wanted, in order; some of them may be left out then."""
        self._expected = deque(sources)

    def begin(self, sources: Iterable[SourceFile]) -> None:
        """Say which files will be wanted, in order, and read the first already, while something else is prepared.

        Workers begin later: they have to know the encoder first.
        """
        if not self._shared:
            self.expect(sources)
            self._read_ahead()

    def read(self, source: SourceFile) -> Document:
        """Read a file, unless it was read before.

        Raises:
            ReadingError: It cannot be read.
            CitewellError: No reader process can be started.
        """
        self._wanted = source.path
        while self._expected and self._expected[0].path <= source.path:
            self._expected.popleft()
        future, _ = self._started.pop(source.path, (None, 0))
        if future is None:
            before = self._unfinished.known(source.path, self._digests.get(source.path))
            if before:
                self._passages = {}
                return before
            future = self._start(source) if self._at_once > 1 else self._read_now(source)
        self._read_ahead()
        found = self._kept(source.path, future)
        self._passages = found.passages
        return found.document

    def passages_of(self, path: str) -> list[Passage] | None:
        """Return the passages of a document in the file that was read last, if workers have split it.

        Args:
            path: The path of the document.
        """
        return self._passages.pop(path, None)

    @property
    def _at_once(self) -> int:
        return self._shared.places if self._shared else self._jobs

    def _kept(self, path: str, future: Future[ReadFile]) -> ReadFile:
        try:
            found = future.result()
        except ReadingError as error:
            self._unfinished.keep_refusal(path, error)
            raise
        self._unfinished.keep(found.document)
        return found

    def _read_ahead(self) -> None:
        at_once = self._at_once if self._expected else 0
        while self._expected and len(self._started) < at_once - 1:
            source = self._expected[0]
            size = _size(source)
            if self._started and sum(waiting for _, waiting in self._started.values()) + size > _BYTES:
                return
            self._expected.popleft()
            if not self._unfinished.has(source.path, self._digests.get(source.path)):
                self._started[source.path] = self._start(source), size

    def _start(self, source: SourceFile) -> Future[ReadFile]:
        return begun(f"reads {source.path}", self._read_anew, source, self._report_of(source.path))

    def _read_now(self, source: SourceFile) -> Future[ReadFile]:
        future: Future[ReadFile] = Future()
        try:
            future.set_result(self._read_anew(source, self._progress))
        except ReadingError as error:
            future.set_exception(error)
        return future

    def _read_anew(self, source: SourceFile, progress: Progress) -> ReadFile:
        def here() -> Document:
            return self._unfinished.read_anew(source, progress)

        return self._shared.read(source, here) if self._shared else ReadFile(here())

    def _report_of(self, path: str) -> Progress:
        def report(what: str, done: int, total: int) -> None:
            # Two files at once would take turns on the same line.
            if self._wanted == path:
                self._progress(what, done, total)

        return report


def _size(source: SourceFile) -> int:
    """Return the size of a file; 0 if it is unknown, because reading it will report the error."""
    try:
        return source.file.stat().st_size
    except OSError:
        return 0
