"""What a build may take out of an index: nothing that is only not handed out just now, and not much while nobody watches."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from citewell.errors import HeldBackError, IndexMissingError, ReadingError, UnavailableError
from citewell.index.changes import Changes, keeping, stale_of
from citewell.index.folder import IndexFolder, Snapshot
from citewell.index.manifest import Skipped

# More of the documents than one in so many.
_SHARE = 2
_HIDDEN = "."


class Keeper:
    """Knows what the index in use has, and so what a build may not lose.

    Args:
        corpus: The folder of the corpus.
        index: The index.
        held: The snapshot in use, where it can be used.
        carried: The same, where its documents can be carried over as they were split.
        confirmed: Which documents an unattended build may take out of it; None is all.
    """

    def __init__(
        self,
        corpus: Path,
        index: IndexFolder,
        held: Snapshot | None,
        carried: Snapshot | None,
        confirmed: Collection[str] | None,
    ) -> None:
        self.held = held
        self.carried = carried
        self._corpus = corpus
        self._index = index
        self._confirmed = confirmed
        self._guard = Guard(corpus, index, confirmed) if held is None and confirmed is not None else None
        self._stale = stale_of(held)
        self._known = {each.path for each in held.catalogue.documents()} if held else set()

    def check(self, changes: Changes, refused: Collection[str] = ()) -> None:
        """Check that nothing is lost that must not be: before anything is read, and again when all that changed was.

        Raises:
            HeldBackError: The index would lose more than an unattended build may take out of it.
        """
        if self._guard:
            self._guard.check({path: digest for path, digest in changes.digests.items() if path not in refused})
        lost = losses(changes, refused)
        # Where nothing is left, the build fails with words of its own.
        if self._confirmed is not None and lost and len(refused) < len(changes.files) + len(changes.kept):
            check_losses(self._corpus, self._index, self._known, lost, self._confirmed)

    def keeps(self, path: str, error: ReadingError) -> Skipped | None:
        """Return what to say of a document that was there and is not handed out now; None where there is nothing to keep.

        What is gone since the corpus was looked at is not kept.
        """
        if not isinstance(error, UnavailableError) or error.gone or path not in self._known:
            return None
        return keeping(path, error.message, again=path in self._stale)


class Guard:
    """Guards what an index had that is there and cannot be used any more, while nobody watches.

    Args:
        corpus: The folder of the corpus.
        index: The index.
        confirmed: Which documents may leave it.
    """

    def __init__(self, corpus: Path, index: IndexFolder, confirmed: Collection[str]) -> None:
        self._corpus, self._index, self._confirmed = corpus, index, confirmed
        before = index.newest_other()
        self._before = {each.path: each.digest for each in before.catalogue.documents()} if before else None

    def check(self, here: dict[str, str]) -> None:
        """Check the files that would be documents, by their digests, against the newest snapshot that is whole.

        Where there is none, their number is held against what the manifest says.

        Raises:
            HeldBackError: Many would be lost, or nothing tells how many there were.
        """
        if self._before is not None:
            moved = set(here.values())
            lost = [path for path, digest in self._before.items() if path not in here and digest not in moved]
            if lost:
                check_losses(self._corpus, self._index, self._before, lost, self._confirmed)
            return
        said = "the index cannot be used as it is, and nobody watches"
        command = self._index.build_command(str(self._corpus))
        try:
            count = self._index.document_count()
        except IndexMissingError:
            if not self._index.names():
                return
            count = None
        if count is None:
            raise HeldBackError(f"{said}; how many documents it had is not known", lost=(), command=command)
        rest = count - len(self._confirmed)
        if (rest - len(here)) * _SHARE > rest:
            raise HeldBackError(
                f"{said}; it had {count} documents, and there are {len(here)}", lost=(), command=command
            )


def check_losses(
    corpus: Path, index: IndexFolder, known: Collection[str], lost: Collection[str], confirmed: Collection[str]
) -> None:
    """Check that an index does not lose more than half of its documents, or all of a folder that is there and empty.

    Args:
        corpus: The folder of the corpus.
        index: The index.
        known: The paths of the documents that the index has.
        lost: Those that it would lose.
        confirmed: Those that somebody has taken out.

    Raises:
        HeldBackError: It would, without those that somebody has taken out.
    """
    unasked = sorted(set(lost) - set(confirmed))
    command = index.build_command(str(corpus))
    rest = len(set(known) - set(confirmed))
    if len(unasked) * _SHARE > rest:
        raise HeldBackError(
            f"{len(unasked)} of {rest} documents would leave the index, such as {unasked[0]}",
            lost=tuple(unasked),
            command=command,
        )
    staying = {folder for path in set(known) - set(lost) for folder in _folders(path)}
    for folder in sorted({folder for path in unasked for folder in _folders(path)} - staying):
        if _is_empty(corpus / folder):
            emptied = tuple(path for path in unasked if path.startswith(f"{folder}/"))
            raise HeldBackError(
                f"the folder {folder} is there and empty, and its documents would leave the index ({len(emptied)}), "
                f"such as {emptied[0]}",
                lost=emptied,
                command=command,
            )


def losses(changes: Changes, refused: Collection[str]) -> list[str]:
    """Return the documents that an index loses: those that are gone, and those that turned out to be none any more."""
    return [*changes.lost, *(path for path in (*changes.changed, *changes.unchanged) if path in refused)]


def _folders(path: str) -> Iterator[str]:
    """Yield the folders that a document is in, but for the corpus itself."""
    return (str(folder) for folder in PurePosixPath(path).parents if str(folder) != ".")


def _is_empty(folder: Path) -> bool:
    """Say whether a folder is there and holds nothing but folders that are empty; what is hidden is not looked at."""
    # Not Path.is_dir, which raises where a folder above it may not be entered.
    if not os.path.isdir(folder):  # noqa: PTH112
        return False
    for _, folders, names in os.walk(folder):
        if any(not name.startswith(_HIDDEN) for name in names):
            return False
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
    return True
