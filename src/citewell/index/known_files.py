"""What a snapshot has of the files of its corpus: which were read, which could not be, which would be read otherwise now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from citewell._version import __version__
from citewell.corpus.reading import ReadingOptions, is_current, is_there, versions
from citewell.index.manifest import Manifest, Skipped
from citewell.index.storage import Snapshot
from citewell.settings import Reading


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """What a snapshot has of the files of its corpus.

    ``indexed`` are the digests of its documents, ``known`` those that count: none if everything is made again. ``stale`` were
    split with older settings, ``reread`` would be read in another way now. ``refused`` could not be read, and cannot now;
    ``unread`` are parts of files that could not.
    """

    indexed: dict[str, str]
    known: dict[str, str]
    stale: set[str]
    reread: set[str]
    refused: dict[str, Skipped]
    unread: dict[str, list[Skipped]]


def files_of(snapshot: Snapshot | None, options: ReadingOptions, *, force: bool) -> KnownFiles:
    """Return what a snapshot has of the files of its corpus.

    Args:
        snapshot: The snapshot; None is an empty one.
        options: What readers may do now.
        force: Whether everything is made again.
    """
    if snapshot is None:
        return KnownFiles({}, {}, set(), set(), {}, {})
    catalogue = snapshot.catalogue
    indexed = catalogue.file_digests()
    stale, unread = stale_of(snapshot) & indexed.keys(), unread_parts(snapshot)
    same = _same_reading(snapshot.manifest, options)
    # What is inside a file is read with it.
    old = {reader for reader in catalogue.readers if reader and not is_current(reader, options)}
    others = {each.file for each in catalogue.documents() if each.reader in old} if old else set()
    hopeful = {path for path, parts in unread.items() if not (same and all(_still(each, options) for each in parts))}
    refused = {each.path: each for each in snapshot.manifest.skipped if same and _still(each, options)}
    return KnownFiles(
        indexed=indexed,
        known={} if force else indexed,
        stale=stale,
        reread=stale | others | hopeful,
        refused={} if force else refused,
        unread=unread,
    )


def unread_parts(snapshot: Snapshot) -> dict[str, list[Skipped]]:
    """Return the parts of files that could not be read, by their file."""
    files = snapshot.catalogue.file_digests() if snapshot.manifest.skipped else ()
    found: dict[str, list[Skipped]] = {}
    for each in snapshot.manifest.skipped:
        for above in map(str, PurePosixPath(each.path).parents):
            if above in files:
                found.setdefault(above, []).append(each)
    return found


def stale_of(snapshot: Snapshot | None) -> set[str]:
    """Return the documents of a snapshot that were split with older settings; may include files that are not documents."""
    return {each.path for each in snapshot.manifest.skipped if each.retry} if snapshot else set()


def options_of(reading: Reading) -> ReadingOptions:
    """Return what readers may do, in their words."""
    return ReadingOptions(**reading.model_dump())


def _same_reading(manifest: Manifest, options: ReadingOptions) -> bool:
    """Return whether files would be read as when a snapshot was built; other readers, or other settings, may read more."""
    same = manifest.citewell == __version__ and manifest.readers == versions()
    return same and options_of(manifest.reading) == options


def _still(skipped: Skipped, options: ReadingOptions) -> bool:
    """Return whether what a file lacked to be read, if it was that, is still not there."""
    return not (skipped.lacks and is_there(skipped.lacks, options))
