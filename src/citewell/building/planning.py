"""Which documents a build writes: those that are new or have changed, and those of small segments, which it merges.

An update writes one new segment, and the documents that it replaces are no longer valid in theirs. So that segments stay few
and mostly valid, small ones are written again with it: each that is left is more than twice as large as the new one, so their
number grows with the logarithm of the corpus, and a document is written again as often (the logarithmic method of Bentley and
Saxe, 1980). A segment of which a fifth is no longer valid is written again as well.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from citewell.index.changes import Changes
from citewell.index.manifest import SegmentRecord
from citewell.index.snapshot import Snapshot

# A segment is merged into one that is not smaller than this part of it.
_GROWTH = 2
# Of the passages of a segment, the largest part that may be no longer valid.
_INVALID = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build writes: the new segment has the number ``number`` and the documents of ``written``, which are files.

    ``fresh`` are those of them that the snapshot does not have as they are. ``kept`` are the segments that stay, and which of
    their documents are no longer valid. ``removed`` are the passages of those, and of segments that go, by the number of their
    segment. ``dropped`` is how many passages of the snapshot are no longer valid.
    """

    written: frozenset[str]
    fresh: frozenset[str]
    kept: tuple[SegmentRecord, ...] = ()
    removed: tuple[tuple[int, range], ...] = ()
    number: int = 0
    dropped: int = 0

    @property
    def is_update(self) -> bool:
        """Whether some of an earlier snapshot stays as it is."""
        return bool(self.kept)


@dataclass(slots=True)
class _Planned:
    """A segment: its files that stay valid, how many passages they have, and its documents that do not."""

    record: SegmentRecord
    files: list[str]
    valid: int
    removed: set[int]


def plan(changes: Changes, carried: Snapshot | None, *, renewed: Collection[str] = (), compact: bool = False) -> Plan:
    """Decide what a build writes.

    Args:
        changes: How the corpus differs from the current snapshot.
        carried: The current snapshot, if its documents can be carried over as they were split.
        renewed: Files that have not changed but are written again.
        compact: Whether everything is written again, so that nothing is left that is no longer valid.
    """
    kept = {each.path for each in changes.kept}
    everything = frozenset({*changes.files, *kept})
    if carried is None:
        return Plan(everything, everything)
    unchanged = (set(changes.unchanged) | kept) - set(renewed)
    segments = _segments(carried, unchanged)
    fresh = everything - unchanged
    passages = sum(each.valid for each in segments)
    dropped = carried.catalogue.passage_count - passages
    documents = max(1, sum(len(each.files) for each in segments))
    merged = segments if compact else _merged(segments, len(fresh) * passages // documents)
    left = [each for each in segments if each not in merged]
    if not left:
        return Plan(everything, fresh, dropped=dropped)
    written = fresh.union(*(each.files for each in merged))
    numbers = [each.record.number for each in segments]
    return Plan(
        written=written,
        fresh=fresh,
        dropped=dropped,
        kept=tuple(
            each.record.model_copy(update={"removed": tuple(sorted({*each.record.removed, *each.removed}))})
            for each in left
        ),
        removed=tuple(_removed(carried, segments, [each.record.number for each in merged])),
        number=max(numbers) + 1,
    )


def _segments(carried: Snapshot, unchanged: Collection[str]) -> list[_Planned]:
    """Return the segments of a snapshot, with what stays of each."""
    catalogue = carried.catalogue
    segments = [_Planned(record, [], 0, set()) for record in carried.manifest.segments]
    for document in catalogue.documents():
        nth, number = catalogue.segment_of(document.path)
        segment = segments[nth]
        if document.file in unchanged:
            segment.valid += len(catalogue.passages_in(document.path))
            if document.container is None:
                segment.files.append(document.path)
        else:
            segment.removed.add(number)
    return segments


def _merged(segments: list[_Planned], fresh: int) -> list[_Planned]:
    """Return the segments that are written again with ``fresh`` new passages."""
    merged: list[_Planned] = [
        each for each in segments if each.record.passages - each.valid > _INVALID * each.record.passages
    ]
    size = fresh + sum(each.valid for each in merged)
    for each in sorted(segments, key=lambda one: one.valid):
        if each not in merged and each.valid <= _GROWTH * size:
            merged.append(each)
            size += each.valid
    return merged


def _removed(carried: Snapshot, segments: list[_Planned], merged: Collection[int]) -> list[tuple[int, range]]:
    """Return the passages that leave BM25: of segments that are merged all, of the others those that are no longer valid."""
    found = [(each.record.number, range(each.record.passages)) for each in segments if each.record.number in merged]
    catalogue = carried.catalogue
    for document in catalogue.documents():
        nth, number = catalogue.segment_of(document.path)
        if segments[nth].record.number not in merged and number in segments[nth].removed:
            passages, base = catalogue.passages_in(document.path), catalogue.base_of(nth)
            found.append((segments[nth].record.number, range(passages.start - base, passages.stop - base)))
    return found
