"""Protects documents from being dropped: unavailable ones are kept, and automatic builds may not remove many."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from citewell.errors import HeldBackError, IndexMissingError, ReadingError, UnavailableError
from citewell.index.changes import Changes, keeping
from citewell.index.index import AnyIndex
from citewell.index.known_files import stale_of
from citewell.index.manifest import Skipped
from citewell.index.storage import Snapshot
from citewell.lazy import lazy

# An automatic build may not remove more than one document in this many.
_SHARE = 2
_HIDDEN = "."
_UNUSABLE = "the index is unusable, and an automatic rebuild may lose documents"


class Keeper:
    """Decides which documents a build has to keep.

    Args:
        corpus: The folder of the corpus.
        index: The index.
        current: The current snapshot, if it is usable.
        carried: The same, if its documents can be carried over as they were split.
        confirmed: The documents that an automatic build may remove; None is all.
    """

    def __init__(
        self,
        corpus: Path,
        index: AnyIndex,
        current: Snapshot | None,
        carried: Snapshot | None,
        confirmed: Collection[str] | None,
    ) -> None:
        self.current = current
        self.carried = carried
        self._corpus = corpus
        self._index = index
        self._confirmed = confirmed
        self._guard = Guard(corpus, index, confirmed) if current is None and confirmed is not None else None
        self._stale = stale_of(current)

    @lazy
    def _known(self) -> Collection[str]:
        return self.current.catalogue.file_digests().keys() if self.current else frozenset()

    def check(self, changes: Changes, refused: Collection[str] = ()) -> None:
        """Check the losses of a build: before files are read, and again when all changed ones have been.

        Raises:
            HeldBackError: The index would lose more than an automatic build may remove.
        """
        if self._guard:
            self._guard.check({path: digest for path, digest in changes.digests.items() if path not in refused})
        lost = losses(changes, refused)
        # If nothing is left, the build fails with its own message.
        if self._confirmed is not None and lost and len(refused) < len(changes.files) + len(changes.kept):
            check_losses(self._corpus, self._index, self._known, lost, self._confirmed)

    def keeps(self, path: str, error: ReadingError) -> Skipped | None:
        """Return the entry of an indexed document that is unavailable now; None if there is nothing to keep.

        A file that was deleted since the scan is not kept.
        """
        if not isinstance(error, UnavailableError) or error.gone or path not in self._known:
            return None
        return keeping(path, error.message, retry=path in self._stale)


class Guard:
    """Limits what an automatic build may remove when the current snapshot is unusable, counted in files.

    Args:
        corpus: The folder of the corpus.
        index: The index.
        confirmed: The documents that may be removed.
    """

    def __init__(self, corpus: Path, index: AnyIndex, confirmed: Collection[str]) -> None:
        self._corpus, self._index, self._confirmed = corpus, index, confirmed
        before = index.newest_other()
        self._before = before.catalogue.file_digests() if before else None

    def check(self, here: dict[str, str]) -> None:
        """Compare the readable files, by their digests, with the newest intact snapshot.

        If there is none, compare their number with the manifest.

        Raises:
            HeldBackError: Many would be lost, or their former number is unknown.
        """
        if self._before is not None:
            moved = set(here.values())
            lost = [path for path, digest in self._before.items() if path not in here and digest not in moved]
            if lost:
                check_losses(self._corpus, self._index, self._before, lost, self._confirmed)
            return
        command = self._index.build_command(str(self._corpus))
        try:
            count = self._index.file_count()
        except IndexMissingError:
            if not self._index.names():
                return
            count = None
        if count is None:
            raise HeldBackError(f"{_UNUSABLE}: how many it had is unknown", lost=(), command=command)
        rest = count - len(self._confirmed)
        if (rest - len(here)) * _SHARE > rest:
            raise HeldBackError(f"{_UNUSABLE}: it had {count}, and now there are {len(here)}", lost=(), command=command)


def check_losses(
    corpus: Path, index: AnyIndex, known: Collection[str], lost: Collection[str], confirmed: Collection[str]
) -> None:
    """Check that an index does not lose more than half of its documents, or all of a folder that is now empty.

    Args:
        corpus: The folder of the corpus.
        index: The index.
        known: The paths of the indexed documents.
        lost: Those that would be removed.
        confirmed: Those that a user has removed.

    Raises:
        HeldBackError: It would, not counting the confirmed ones.
    """
    unconfirmed = sorted(set(lost) - set(confirmed))
    command = index.build_command(str(corpus))
    rest = len(set(known) - set(confirmed))
    if len(unconfirmed) * _SHARE > rest:
        raise HeldBackError(
            f"{len(unconfirmed)} of {rest} documents would be removed from the index, such as {unconfirmed[0]}",
            lost=tuple(unconfirmed),
            command=command,
        )
    staying = {folder for path in set(known) - set(lost) for folder in _folders(path)}
    for folder in sorted({folder for path in unconfirmed for folder in _folders(path)} - staying):
        if _is_empty(corpus / folder):
            emptied = tuple(path for path in unconfirmed if path.startswith(f"{folder}/"))
            raise HeldBackError(
                f"the folder {folder} is now empty, and its {len(emptied)} documents would be removed from the index, "
                f"such as {emptied[0]}",
                lost=emptied,
                command=command,
            )


def losses(changes: Changes, refused: Collection[str]) -> list[str]:
    """Return the documents that an index loses: missing files, and files that are no longer readable documents."""
    return [*changes.lost, *(path for path in (*changes.changed, *changes.unchanged) if path in refused)]


def _folders(path: str) -> Iterator[str]:
    """Yield the folders that contain a document, except the corpus itself."""
    return (str(folder) for folder in PurePosixPath(path).parents if str(folder) != ".")


def _is_empty(folder: Path) -> bool:
    """Return whether a folder exists and contains only empty folders; hidden files are ignored."""
    # Not Path.is_dir, which raises if a parent folder may not be entered.
    if not os.path.isdir(folder):  # noqa: PTH112
        return False
    for _, folders, names in os.walk(folder):
        if any(not name.startswith(_HIDDEN) for name in names):
            return False
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
    return True
