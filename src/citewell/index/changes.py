"""A corpus held against a snapshot of its index: what is new, changed, gone, the same, and what cannot be read."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Literal

from citewell._version import __version__
from citewell.corpus.reading import SourceFile, Unread, check_corpus, digest_of, scan
from citewell.errors import UnavailableError
from citewell.files import file_digest
from citewell.index.catalogue import DocumentSummary
from citewell.index.folder import IndexFolder, Snapshot
from citewell.index.manifest import Skipped
from citewell.state.folder import KeptOut

Drift = Literal["changed", "gone", "unreadable"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different, by path.

    Files are told apart by the digest of their bytes; only reading them, at a build, shows whether new ones are documents.
    ``files`` are those that are documents or may be, with their ``digests``. ``again`` are those that a build could not
    read for want of memory or time: the next tries the same bytes once more, but they are nothing new. ``changed`` has also
    what was kept as other settings had split it and can be read now. ``kept`` are those of the index that the system does not
    hand out now; they stand in ``skipped``, too, but nothing is known of a change.
    ``lost`` are those of ``removed`` whose content is under no new name either.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    kept: tuple[Skipped, ...]
    lost: tuple[str, ...]
    again: tuple[str, ...]
    files: dict[str, SourceFile] = field(repr=False)
    digests: dict[str, str] = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def left_out(self) -> tuple[Skipped, ...]:
        """What is in the corpus and not in the index."""
        kept = {each.path for each in self.kept}
        return tuple(each for each in self.skipped if each.path not in kept)


def drifted(corpus: Path, documents: Iterable[DocumentSummary]) -> dict[str, Drift]:
    """Return which of some documents are no longer what was indexed, by path; none where the corpus is not there at all.

    Args:
        corpus: The folder of the corpus.
        documents: The documents as they were indexed.
    """
    found: dict[str, Drift] = {}
    # Not Path.is_dir, which raises where a folder above it may not be entered.
    for document in documents if os.path.isdir(corpus) else ():  # noqa: PTH112
        file = corpus / document.path
        try:
            now = file.stat()
            if _digest(file, now.st_size, now.st_mtime_ns, now.st_ctime_ns) != document.digest:
                found[document.path] = "changed"
        except (FileNotFoundError, NotADirectoryError):
            found[document.path] = "gone"
        except OSError:
            found[document.path] = "unreadable"
    return found


@lru_cache(maxsize=1024)
def _digest(file: Path, _size: int, _modified: int, _changed: int) -> str:
    """Return the digest of a file's bytes, read again only where the file system says that it was written since."""
    return file_digest(file)


def compare(corpus: Path, index: IndexFolder, snapshot: Snapshot | None, *, again: bool = False) -> Changes:
    """Hold a corpus against a snapshot of its index.

    Args:
        corpus: The folder of the corpus.
        index: The index, which may be inside.
        snapshot: The snapshot; None is an empty one.
        again: Take everything for new; the snapshot only says what is kept.

    Raises:
        UsageError: The corpus is not a folder, or is where what people write is kept.
    """
    check_corpus(corpus)
    held = {each.path: each.digest for each in snapshot.catalogue.documents()} if snapshot else {}
    refused = _refused(snapshot) if snapshot and not again else {}
    known = {} if again else held
    files, digests, skipped, withheld = _look(corpus, index, refused)
    # Of a corpus that went away meanwhile, nothing is gone.
    check_corpus(corpus)
    stale = stale_of(snapshot) & held.keys()
    kept = _kept(held, withheld, stale)
    here = {*digests, *(each.path for each in kept)}
    retried = {path for path, each in refused.items() if path not in known and each.digest == digests.get(path, "")}
    added = tuple(path for path in digests if path not in known and path not in retried)
    removed = tuple(path for path in known if path not in here)
    moved = {digests[path] for path in added}
    return Changes(
        added=added,
        changed=tuple(
            path for path, digest in digests.items() if path in known and (known[path] != digest or path in stale)
        ),
        removed=removed,
        unchanged=tuple(path for path, digest in digests.items() if known.get(path) == digest and path not in stale),
        skipped=(*skipped, *kept, *(each for each in _as_skipped(withheld) if each.path not in held)),
        kept=kept,
        lost=tuple(path for path in removed if known[path] not in moved),
        again=tuple(path for path in digests if path in retried),
        files=files,
        digests=digests,
    )


def keeping(path: str, reason: str, *, again: bool = False) -> Skipped:
    """Say of a document that it cannot be read just now, and that the index keeps what it has of it.

    Args:
        path: The document.
        reason: Why it cannot be read.
        again: Whether it is to be read as soon as it can be, even if it has not changed.
    """
    reason = f"{reason.replace('be read', 'be read just now', 1)}; the index keeps what it had"
    return Skipped(path=path, reason=reason, again=again)


def stale_of(snapshot: Snapshot | None) -> set[str]:
    """Return the documents of a snapshot that were kept as other settings had split them, and perhaps files that are none."""
    return {each.path for each in snapshot.manifest.skipped if each.again} if snapshot else set()


def _refused(snapshot: Snapshot) -> dict[str, Skipped]:
    """Return what was no document to the build of a snapshot; another version of Citewell may read it."""
    manifest = snapshot.manifest
    return {each.path: each for each in manifest.skipped} if manifest.citewell == __version__ else {}


def _look(
    corpus: Path, index: IndexFolder, refused: dict[str, Skipped]
) -> tuple[dict[str, SourceFile], dict[str, str], list[Skipped], list[Unread]]:
    """Return the files that may be documents, their digests, what is left out, and what is not handed out just now."""
    found, is_kept_out = scan(corpus), KeptOut(corpus, index.path)
    left_out = [each for each in found.skipped if each.passing or not is_kept_out(corpus / each.path)]
    skipped = _as_skipped(each for each in left_out if not each.passing)
    withheld = [each for each in left_out if each.passing]
    files: dict[str, SourceFile] = {}
    digests: dict[str, str] = {}
    for source in found.files:
        if is_kept_out(source.file):
            continue
        try:
            digest = digest_of(source)
        except UnavailableError as error:
            if not error.gone:
                withheld.append(Unread(source.path, error.message, passing=True))
            continue
        as_before = refused.get(source.path)
        if as_before and as_before.digest == digest:
            skipped.append(as_before)
        if not as_before or as_before.digest != digest or as_before.again:
            files[source.path], digests[source.path] = source, digest
    return files, digests, skipped, withheld


def _kept(held: Iterable[str], withheld: Iterable[Unread], stale: Collection[str]) -> tuple[Skipped, ...]:
    """Return which documents the system does not hand out just now, themselves or with their folder, and why."""
    reasons = {each.path: each.reason for each in withheld}
    kept: list[Skipped] = []
    for path in held if reasons else ():
        above = [path, *(str(folder) for folder in PurePosixPath(path).parents)]
        reason = next((reasons[place] for place in above if place in reasons), None)
        if reason:
            kept.append(keeping(path, reason, again=path in stale))
    return tuple(kept)


def _as_skipped(unread: Iterable[Unread]) -> list[Skipped]:
    return [Skipped(path=each.path, reason=each.reason) for each in unread]
