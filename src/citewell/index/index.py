"""An index, wherever it is: its snapshots by their names, the one in use, and what is known of one that cannot be used."""

from __future__ import annotations

import json
import shlex
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Generic, Protocol
from weakref import WeakSet

from citewell.encoder.naming import name_of
from citewell.errors import IndexDamagedError, IndexFaultError, IndexMismatchError, IndexMissingError
from citewell.index.finding import Finding
from citewell.index.manifest import FORMAT, Manifest, unsealed
from citewell.index.storage import Draft, S_co, Snapshot

_UNFINISHED = "unfinished.sqlite"
_DIGESTS = "files.sqlite"


class InUse(Protocol):
    """Provides the current snapshot. Thread-safe."""

    def snapshot(self) -> Snapshot:
        """Return the current snapshot, after opening it if it is new or may have changed.

        Raises:
            IndexFaultError: It is missing or damaged, or was found damaged after it was opened.
        """


class Publishing(Protocol[S_co]):
    """Writes the snapshots of an index that is locked."""

    def start(self, before: Snapshot | None = None) -> Draft[S_co]:
        """Begin a new snapshot, which may continue another one."""

    def publish(self, draft: Draft[Snapshot], manifest: Manifest) -> None:
        """Make a written snapshot the current one, atomically."""

    def switch(self, name: str) -> None:
        """Make another snapshot the current one, atomically."""

    def prune(self) -> None:
        """Remove all snapshots except the current one and the one it replaced."""

    def clear(self) -> None:
        """Remove what belongs to no snapshot."""


class Index(ABC, Generic[S_co]):
    """An index: ``place`` is where it is, as ``--index`` takes it, and ``pointer_name`` what names its current snapshot.

    ``path`` is its folder on this machine. In ``unfinished`` a build keeps what it has read and encoded until it has published
    a snapshot, and in ``digests`` the digests of the files of the corpus.

    Args:
        place: Where it is.
        path: Its folder on this machine; it need not exist yet.
        corpus: The folder of the documents, as long as there is no index that names one.
    """

    pointer_name: str
    # What tells a search which windows of a large segment it compares.
    chooser: str
    # What to do when a build could not write here.
    writing_hint: str

    def __init__(self, place: str, path: Path, corpus: Path | None = None) -> None:
        self.place = place
        self.path = path
        self.unfinished = path / _UNFINISHED
        self.digests = path / _DIGESTS
        self._corpus: str | None = None
        self._first_corpus = None if corpus is None else str(corpus)
        self._opened: WeakSet[S_co] = WeakSet()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close its connections, if it has some; snapshots of it cannot be read after that."""

    def build_command(self, corpus: str | None = None) -> str:
        """Return the command that builds this index."""
        place = corpus or self._corpus or self._first_corpus or "corpus"
        return f"citewell index --corpus {shlex.quote(place)} --index {shlex.quote(self.place)}"

    def corpus(self) -> Path:
        """Return the folder of the corpus; for an index that has become unreadable, the last known one.

        Raises:
            IndexFaultError: The index is missing or damaged, and the folder was never known.
        """
        try:
            return Path(self.manifest().corpus)
        except IndexFaultError:
            known = self._corpus or self._first_corpus
            if known is None:
                raise
            return Path(known)

    @property
    @abstractmethod
    def is_awaited(self) -> bool:
        """Whether there is no index here yet, and none has been read since this was opened."""

    @abstractmethod
    def current(self) -> str:
        """Return the name of the current snapshot.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: What names it does not name a snapshot.
        """

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of all complete snapshots, oldest first."""

    @abstractmethod
    def description(self, name: str) -> bytes:
        """Return the manifest of a snapshot as it is stored.

        Raises:
            IndexFaultError: It is missing, or cannot be read.
        """

    @abstractmethod
    def described(self, name: str) -> str:
        """Return what the manifest of a snapshot is called where it is."""

    @abstractmethod
    def in_use(self) -> InUse:
        """Return what provides the current snapshot."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[Publishing[S_co]]:
        """Lock the index for writing while the block runs, and return what writes it; the lock ends with the process.

        Raises:
            IndexBusyError: Another process is writing.
            IndexFaultError: It cannot be written.
        """

    @abstractmethod
    def findings(self, manifest: Manifest) -> Iterator[Finding]:
        """Verify all of a snapshot; a damaged one is marked, so that answers from it stop.

        Yields:
            One finding per check, in order.
        """

    @abstractmethod
    def size(self) -> int:
        """Return how many bytes the current snapshot has."""

    @abstractmethod
    def unwritable(self, error: OSError) -> IndexFaultError:
        """Return the error for an index that cannot be written."""

    @abstractmethod
    def open_snapshot(self, name: str, *, in_full: bool = False) -> S_co:
        """Open a snapshot, as `open` does.

        Raises:
            IndexFaultError: As in `open`.
        """

    def _missing(self) -> IndexMissingError:
        message = f"there is no index in {self.place}"
        return IndexMissingError(message, command=self.build_command(), is_first=self.is_awaited)

    def manifest(self, name: str | None = None) -> Manifest:
        """Return the manifest of a snapshot; None is the current one.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: The manifest is missing or invalid.
            IndexMismatchError: It has another format.
        """
        chosen = name or self.current()
        content = self.description(chosen)
        try:
            fields = json.loads(content)
            if isinstance(fields, dict) and fields.get("format", FORMAT) != FORMAT:
                raise IndexMismatchError(
                    f"the index in {self.place} has format {fields['format']}; this Citewell reads format {FORMAT}",
                    command=self.build_command(),
                )
            manifest = unsealed(content)
        except (ValueError, RecursionError) as error:
            raise IndexDamagedError(f"{self.described(chosen)} is damaged", command=self.build_command()) from error
        if name is None:
            self._corpus = manifest.corpus
        return manifest

    def model(self) -> str | None:
        """Return the name of the encoder of the current snapshot, also for another format; None if unknown."""
        named = self._encoder().get("model")
        return None if named is None else name_of(named)

    def encoder_identity(self) -> str | None:
        """Return the identity of the encoder of the current snapshot, also for another format; None if unknown."""
        identity = self._encoder().get("identity")
        return identity if isinstance(identity, str) else None

    def _encoder(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.description(self.current()))["encoder"])
        except (IndexFaultError, ValueError, RecursionError, KeyError, TypeError):
            return {}

    def file_count(self) -> int | None:
        """Return how many files are documents of the current snapshot, also for another format; None if unknown.

        Raises:
            IndexMissingError: There is no index here.
        """
        try:
            manifest = self.manifest()
            return manifest.documents - manifest.inside
        except IndexMissingError:
            raise
        except IndexMismatchError:
            fields = json.loads(self.description(self.current()))
            documents, inside = fields.get("documents"), fields.get("inside", 0)
            return documents - inside if isinstance(documents, int) and isinstance(inside, int) else None
        except IndexFaultError:
            return None

    def open(self, *, in_full: bool = False) -> S_co:
        """Open the current snapshot.

        Args:
            in_full: Whether all of it is verified now; otherwise it is when it is first read.

        Raises:
            IndexMissingError: There is no index here.
            IndexDamagedError: A part is missing or does not match the manifest.
            IndexMismatchError: It has another format.
            IndexUnreadableError: It cannot be read or opened.
        """
        while True:
            name = self.current()
            try:
                return self.open_snapshot(name, in_full=in_full)
            except IndexDamagedError:
                # Another process may have switched and pruned between the two reads; then another one is current.
                if self.current() == name:
                    raise

    def mark_damaged(self, name: str, reason: str) -> None:
        """Stop all reading from a snapshot that was opened here, because a check found it damaged.

        Args:
            name: The name of the snapshot.
            reason: The problem.
        """
        with self._lock:
            for snapshot in self._opened:
                if snapshot.manifest.name == name:
                    snapshot.soundness.mark_damaged(reason)

    def named(self) -> str | None:
        """Return the name of the current snapshot; None if there is none, or it cannot be known."""
        try:
            return self.current()
        except IndexFaultError:
            return None

    def newest_other(self) -> S_co | None:
        """Open and verify the newest intact snapshot that is not the current one, if there is one."""
        in_use = self.named()
        for name in reversed(self.names()):
            if name != in_use:
                with suppress(IndexFaultError):
                    return self.open_snapshot(name, in_full=True)
        return None

    def previous(self) -> str | None:
        """Return the snapshot that ``rollback`` returns to: the replaced one, or after a rollback the newest other."""
        current = self.current()
        others = [name for name in self.names() if name != current]
        replaced = self.manifest(current).replaced
        return replaced if replaced in others else (others[-1] if others else None)


AnyIndex = Index[Snapshot]
