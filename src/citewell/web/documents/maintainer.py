"""Maintenance from the page and the API: status, changes since the build, rebuilds with progress, and rollback."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from citewell.building import BuildReport, build
from citewell.building.seeing import Seen, seen_in_file
from citewell.corpus.curating import Curator, Placed
from citewell.corpus.reading import SourceFile, read
from citewell.corpus.reading.archives import Archive
from citewell.corpus.unpacking import Unpacked, unpack
from citewell.corpus.watching import Watcher
from citewell.errors import CitewellError, IndexFaultError
from citewell.example import write_documents
from citewell.index import publishing
from citewell.index import status as inspecting
from citewell.index.checking import check
from citewell.index.finding import Finding
from citewell.index.index import AnyIndex
from citewell.index.known_files import options_of
from citewell.index.manifest import Manifest
from citewell.index.status import Status
from citewell.settings import Settings
from citewell.state.folder import StateFolder
from citewell.web import logs
from citewell.web.documents.rebuilds import Rebuild, facts, log
from citewell.web.jobs import Progress, Worker

# Of an upload. No real text is longer; a longer file was uploaded by mistake.
MOST_BYTES = 64_000_000


class Maintainer:
    """Maintains one index. Thread-safe; one rebuild runs at a time.

    Args:
        index: The index.
        settings: The settings for building it.
        state: Where replaced and removed documents are kept; None is beside the index.
    """

    def __init__(self, index: AnyIndex, settings: Settings, state: StateFolder | None = None) -> None:
        self._index = index
        self._state = state or StateFolder.beside(index.path)
        self._settings = settings
        self._worker = Worker("index rebuild", self._build, facts=facts, ended=self._ended, follow=self._follow)
        self._next: Rebuild | None = None
        self._confirmed = False
        self._removed: set[str] = set()
        # Called with each rebuild that has ended.
        self.listeners: list[Callable[[Rebuild], None]] = [log]

    @property
    def rebuilding(self) -> Rebuild | None:
        """The current or last rebuild; None if there was none."""
        return self._worker.job

    @property
    def unsettled(self) -> bool | None:
        """Whether the last rebuild left something undone, so that a retry makes sense; None while one is running."""
        last = self._worker.job
        if last is None or last.running:
            return None
        return last.outcome in {"held back", "failed"} or bool(last.report and last.report.kept)

    def status(self) -> Status:
        """Compare the index with its corpus.

        Raises:
            IndexFaultError: The index is missing or damaged.
        """
        return inspecting.status(self._index, words=self._settings.words, selection=self._settings.selection)

    @property
    def corpus(self) -> Path:
        """The folder of the documents.

        Raises:
            IndexFaultError: The index is missing or damaged, and the folder was never known.
        """
        return self._index.corpus()

    @property
    def is_first(self) -> bool:
        """Whether there has been no index yet."""
        return self._index.is_awaited

    def use_example(self) -> None:
        """Fill an empty corpus with the example documents, and build its index.

        Raises:
            UsageError: The corpus has files.
            CitewellError: They cannot be written.
        """
        corpus = self.corpus
        try:
            write_documents(corpus)
        except OSError as error:
            raise CitewellError(f"the example cannot be written to {corpus}: {error.strerror}") from error
        self.rebuild()

    def snapshots(self) -> list[Manifest]:
        """Return the manifests of all snapshots, newest first."""
        return [self._index.manifest(name) for name in reversed(self._index.names())]

    def checks(self) -> list[Finding]:
        """Run the health checks."""
        return list(check(self._index))

    def rollback(self) -> Manifest:
        """Return to the previous snapshot.

        Raises:
            IndexFaultError: There is none, or it is damaged.
            IndexBusyError: A rebuild is running.
        """
        return publishing.rollback(self._index)

    def rebuild(self, *, again: bool = False, guarded: bool = False, unattended: bool = False) -> None:
        """Start a rebuild unless one is running.

        Args:
            again: If one is running, start another one afterwards, because the corpus has changed since it began.
            guarded: Hold it back if it would lose many documents that were not removed here; False if a person has confirmed.
            unattended: Whether a change of the corpus started it, not a person.
        """
        request = Rebuild(unattended=unattended, guarded=guarded)
        with self._worker.lock:
            if self._worker.begin(request):
                return
            if again:
                queued = self._next or request
                self._next = replace(
                    request, unattended=queued.unattended and unattended, guarded=queued.guarded and guarded
                )
            # A confirmation during a rebuild also counts if that one is held back.
            self._confirmed = self._confirmed or not guarded

    def put(self, path: str, content: BinaryIO, *, replace: bool = False) -> Placed:
        """Add a document to the corpus; see `Curator.put`."""
        self._make_corpus()
        placed = self._curator().put(path, content, replace=replace)
        self._removed.discard(path)
        logs.event("document unchanged" if placed.unchanged else "document added", path=path, replaced=replace)
        return placed

    def unpack(self, path: str, content: bytes, *, replace: bool = False) -> Iterator[Unpacked]:
        """Add the documents of a ZIP archive to the corpus, one by one; see `unpack`.

        Raises:
            ReadingError: It is no archive, or holds too much.
        """
        archive = Archive(content)
        self._make_corpus()
        logs.event("archive unpacked", path=path)
        for each in unpack(self._curator(), path, archive, replace=replace):
            self._removed.discard(each.path)
            yield each

    def preview(self, path: str, content: BinaryIO) -> Seen:
        """Return what would be seen of a file, without adding it.

        Raises:
            ReadingError: It cannot be read.
            CitewellError: It cannot be stored temporarily.
        """
        try:
            with tempfile.TemporaryDirectory(prefix="citewell-") as folder:
                file = Path(folder, "file")
                with file.open("wb") as stream:
                    shutil.copyfileobj(content, stream)
                document = read(SourceFile(path, file), options_of(self._settings.reading))
        except OSError as error:
            raise CitewellError(f"{path} cannot be stored temporarily: {error.strerror}") from error
        return seen_in_file(document, self._settings)

    def remove(self, path: str) -> Path:
        """Remove a document from the corpus and return where it is kept; see `Curator.remove`."""
        kept = self._curator().remove(path)
        self._removed.add(path)
        logs.event("document removed", path=path)
        return kept

    def watcher(self) -> Watcher:
        """Return a context that keeps the index up to date with its corpus.

        Raises:
            UsageError: The corpus does not exist.
        """
        act = partial(self.rebuild, again=True, guarded=True, unattended=True)
        others = [self._index.path, self._state.path]
        return Watcher(
            self._index.corpus(),
            others,
            act,
            unsettled=lambda: self.unsettled,
            failing=_unwatched,
            selection=self._settings.selection,
        )

    def cancel(self) -> None:
        """Stop a rebuild at its next step; the index is unchanged."""
        with self._worker.lock:
            self._next, self._confirmed = None, False
            self._worker.cancel()

    def wait(self) -> None:
        """Wait until no rebuild is running."""
        self._worker.wait()

    def _build(self, request: Rebuild, progress: Progress) -> BuildReport:
        removed = set(self._removed)
        report = build(
            self._index.corpus(),
            self._index,
            self._settings,
            progress=progress,
            confirmed=removed | self._removed_before() if request.guarded else None,
        )
        self._removed -= removed
        return report

    def _ended(self, ended: Rebuild) -> None:
        for listener in self.listeners:
            listener(ended)

    def _follow(self, ended: Rebuild) -> Rebuild | None:
        """Return the rebuild requested while another ran: a new one, or the same if it was held back and is now confirmed."""
        request = self._next or (Rebuild() if ended.held_back and self._confirmed else None)
        self._next, self._confirmed = None, False
        return request

    def _removed_before(self) -> set[str]:
        """Return the documents removed since the current snapshot, also by earlier processes: they are kept with their time."""
        try:
            since = self._index.current()
        except IndexFaultError:
            return set()
        return self._curator().kept_since(since)

    def _make_corpus(self) -> None:
        """Make the folder of the corpus if its first document comes.

        Raises:
            CitewellError: It cannot be made.
        """
        if self.is_first:
            try:
                self.corpus.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CitewellError(f"the folder {self.corpus} cannot be made: {error.strerror}") from error

    def _curator(self) -> Curator:
        return Curator(self._index.corpus(), self._index.path, self._state, self._settings.selection)


def _unwatched(error: Exception, seconds: float) -> None:
    logs.warned("the corpus cannot be watched", error=str(error), retry_seconds=seconds)
