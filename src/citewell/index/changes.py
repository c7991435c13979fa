"""Compares a corpus with a snapshot of its index: added, changed, removed, unchanged and unreadable files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from citewell.corpus.facts_file import table_digest
from citewell.corpus.reading import Excluded, SourceFile, Unread, check_corpus, scan
from citewell.index.file_digests import SEEN, FileDigests
from citewell.index.index import AnyIndex
from citewell.index.known_files import KnownFiles, files_of, options_of
from citewell.index.looking import Here, SettledFolders, as_skipped, look
from citewell.index.manifest import Skipped
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentSummary
from citewell.settings import Reading, Selection
from citewell.state.folder import Exclusions
from citewell.text.fact_names import TABLE

Drift = Literal["changed", "gone", "unreadable"]


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences, by path.

    Files are compared by the digest of their bytes; whether new ones are documents is known only after a build has read them.
    ``files`` may be documents, with their ``digests``. ``retried`` failed in the last build because memory or time ran out, and
    are tried again with the same bytes; they are not new. ``changed`` includes documents that were kept with other settings and
    can be read now. ``kept`` are indexed documents that are temporarily unavailable; they are also in ``skipped``, and whether
    they have changed is unknown.
    ``table`` is the table of facts, if it has changed: then documents have other facts, and none is read again.
    ``lost`` are those of ``removed`` whose content is not at another path, either, and that no rule leaves out.
    ``excluded`` are files and folders that a rule leaves out; ``rule_faults`` is what is wrong with rules that are not used.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    kept: tuple[Skipped, ...]
    lost: tuple[str, ...]
    retried: tuple[str, ...]
    table: str | None = None
    files: Mapping[str, SourceFile] = field(repr=False, default_factory=dict)
    digests: dict[str, str] = field(repr=False, default_factory=dict)
    excluded: tuple[Excluded, ...] = ()
    rule_faults: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.table)

    def to_read(self, *, everything: bool = False) -> list[str]:
        """Return the files that a build has to read, sorted by path.

        Args:
            everything: Whether it uses nothing of the snapshot.
        """
        return sorted(self.files if everything else (*self.added, *self.changed, *self.retried))

    @property
    def dropped(self) -> tuple[tuple[str, Excluded], ...]:
        """The documents that leave the index because a rule leaves them out now, with that."""
        by = by_path(self.excluded)
        return tuple((path, found) for path in self.removed if (found := by(path)))

    @property
    def left_out(self) -> tuple[Skipped, ...]:
        """The files of the corpus that are not in the index."""
        kept = {each.path for each in self.kept}
        return tuple(each for each in self.skipped if each.path not in kept)


def drifted(corpus: Path, documents: Iterable[DocumentSummary]) -> dict[str, Drift]:
    """Return which documents differ from what was indexed, by path; none if the corpus is missing.

    Args:
        corpus: The folder of the corpus.
        documents: The documents as indexed.
    """
    found: dict[str, Drift] = {}
    # Not Path.is_dir, which raises if a parent folder may not be entered.
    for document in documents if os.path.isdir(corpus) else ():  # noqa: PTH112
        file = corpus / document.file
        try:
            if SEEN.of(file) != document.file_digest:
                found[document.path] = "changed"
        except (FileNotFoundError, NotADirectoryError):
            found[document.path] = "gone"
        except OSError:
            found[document.path] = "unreadable"
    return found


def compare(
    corpus: Path,
    index: AnyIndex,
    snapshot: Snapshot | None,
    *,
    force: bool = False,
    reading: Reading | None = None,
    selection: Selection | None = None,
    digests: FileDigests | None = None,
) -> Changes:
    """Compare a corpus with a snapshot of its index.

    Args:
        corpus: The folder of the corpus.
        index: The index, which may be inside the corpus.
        snapshot: The snapshot; None is an empty one.
        force: Treat every file as new; the snapshot only tells which documents to keep.
        reading: What the readers may do; None is what they might in the snapshot.
        selection: Which files are documents; None is as in the snapshot.
        digests: The digests of the files, as far as they are known; None are those that the index has.

    Raises:
        UsageError: The corpus is not a folder, or is a state folder.
    """
    check_corpus(corpus)
    settings = snapshot.manifest if snapshot else None
    options = options_of(reading or (settings.reading if settings else Reading()))
    before = files_of(snapshot, options, force=force)
    known = digests or FileDigests(index.digests)
    folders = SettledFolders(known, before)
    found = scan(corpus, selection or (settings.selection if settings else None), folders)
    here = look(corpus, found, Exclusions(corpus, index.path), before, known, folders)
    # If the corpus has disappeared meanwhile, its files do not count as removed.
    check_corpus(corpus)
    return _difference(before, here, _changed_table(corpus, snapshot))


def _difference(before: KnownFiles, here: Here, table: str | None) -> Changes:
    known, digests = before.known, here.digests
    kept = _kept(before.indexed, here.unavailable, before.stale)
    staying = {*digests, *(each.path for each in kept)}
    retried = {
        path for path, each in before.refused.items() if path not in known and each.digest == digests.get(path, "")
    }
    same = _same(before, here)
    others = [path for path in digests if path not in same] if len(same) < len(digests) else []
    added = tuple(path for path in others if path not in known and path not in retried)
    removed = tuple(path for path in known if path not in staying)
    unavailable = [each for each in as_skipped(here.unavailable) if each.path not in before.indexed]
    parts = [each for path in digests if path in same for each in before.unread.get(path, ())] if before.unread else []
    by = by_path(here.excluded)
    moved = {digests[path] for path in added}
    return Changes(
        added=added,
        changed=tuple(path for path in others if path in known),
        removed=removed,
        unchanged=tuple(digests if not others else (path for path in digests if path in same)),
        skipped=(*here.skipped, *kept, *unavailable, *parts),
        kept=kept,
        lost=tuple(path for path in removed if known[path] not in moved and not by(path)),
        retried=tuple(path for path in others if path in retried),
        table=table,
        files=here.files,
        digests=digests,
        excluded=here.excluded,
        rule_faults=here.faults,
    )


def _same(before: KnownFiles, here: Here) -> Collection[str]:
    """Return the files of a corpus that are as they were indexed, and would be read in the same way."""
    if not before.reread and len(here.settled) == len(here.digests):
        return here.settled
    known = before.known
    looked = (path for path, digest in here.digests.items() if path in here.settled or known.get(path) == digest)
    return {path for path in looked if path not in before.reread}


def _changed_table(corpus: Path, snapshot: Snapshot | None) -> str | None:
    """Return the name of the table of facts if it has changed; one that cannot be read now counts as unchanged."""
    now = table_digest(corpus)
    return TABLE if snapshot and now is not None and now != snapshot.manifest.facts else None


def by_path(excluded: Iterable[Excluded]) -> Callable[[str], Excluded | None]:
    """Return a function that tells which of some entries holds a path: that of the file or of a folder above it."""
    known = {each.path: each for each in excluded}

    def of(path: str) -> Excluded | None:
        if not known:
            return None
        folders = (f"{folder}/" for folder in PurePosixPath(path).parents)
        return next((known[each] for each in (path, *folders) if each in known), None)

    return of


def keeping(path: str, reason: str, *, retry: bool = False) -> Skipped:
    """Create the entry of a document that is temporarily unavailable and keeps its last version.

    Args:
        path: The document.
        reason: Why it cannot be read.
        retry: Whether it has to be read as soon as possible, even if it has not changed.
    """
    reason = f"{reason.replace('cannot be read', 'cannot be read now', 1)}; the index keeps the last version"
    return Skipped(path=path, reason=reason, retry=retry)


def _kept(indexed: Iterable[str], unavailable: Iterable[Unread], stale: Collection[str]) -> tuple[Skipped, ...]:
    """Return the indexed documents that are temporarily unavailable, alone or with their folder, and why."""
    reasons = {each.path: each.reason for each in unavailable}
    kept: list[Skipped] = []
    for path in indexed if reasons else ():
        above = [path, *(str(folder) for folder in PurePosixPath(path).parents)]
        reason = next((reasons[place] for place in above if place in reasons), None)
        if reason:
            kept.append(keeping(path, reason, retry=path in stale))
    return tuple(kept)
