"""Which documents a build writes: those that are new or have changed, and those of small segments, which it merges.

An update writes one new segment, and the documents that it replaces are no longer valid in theirs. So that segments stay few
and mostly valid, small ones are written again with it: each that is left is more than twice as large as the new one, so their
number grows with the logarithm of the corpus, and a document is written again as often (the logarithmic method of Bentley and
Saxe, 1980). A segment of which a fifth is no longer valid is written again as well.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from citewell.index.changes import Changes
from citewell.index.manifest import SegmentRecord
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentSummary

# A segment is merged into one that is not smaller than this part of it.
_GROWTH = 2
# Of the passages of a segment, the largest part that may be no longer valid.
_INVALID = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build writes: the new segment has the number ``number`` and the documents of ``written``, which are files.

    ``fresh`` are those of them that the snapshot does not have as they are. ``kept`` are the segments that stay, and which of
    their documents are no longer valid; ``staying`` are the documents of them that are. ``removed`` are the passages of those
    that are not, and of segments that go, by the number of their segment. ``dropped`` is how many passages of the snapshot are
    no longer valid.
    """

    written: frozenset[str]
    fresh: frozenset[str]
    kept: tuple[SegmentRecord, ...] = ()
    staying: tuple[DocumentSummary, ...] = ()
    removed: tuple[tuple[int, range], ...] = ()
    number: int = 0
    dropped: int = 0


@dataclass(slots=True)
class _Planned:
    """A segment: its documents that stay valid, how many passages they have, and the passages of each other one."""

    record: SegmentRecord
    documents: list[DocumentSummary] = field(default_factory=list)
    passages: int = 0
    removed: dict[int, range] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        return [each.path for each in self.documents if each.container is None]


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
    passages = sum(each.passages for each in segments)
    dropped = carried.catalogue.passage_count - passages
    merged = segments if compact else _merged(segments, len(fresh) * passages // max(1, len(unchanged)))
    left = [each for each in segments if each not in merged]
    if not left:
        return Plan(everything, fresh, dropped=dropped)
    return Plan(
        written=fresh.union(*(each.files for each in merged)),
        fresh=fresh,
        kept=tuple(
            each.record.model_copy(update={"removed": tuple(sorted({*each.record.removed, *each.removed}))})
            for each in left
        ),
        staying=tuple(document for each in left for document in each.documents),
        removed=(
            *((each.record.number, range(each.record.passages)) for each in merged),
            *((each.record.number, gone) for each in left for gone in each.removed.values()),
        ),
        number=1 + max(each.record.number for each in segments),
        dropped=dropped,
    )


def _segments(carried: Snapshot, unchanged: Collection[str]) -> list[_Planned]:
    """Return the segments of a snapshot, with what stays of each."""
    catalogue = carried.catalogue
    segments = [_Planned(record) for record in carried.manifest.segments]
    for document in catalogue.documents():
        nth, number = catalogue.segment_of(document.path)
        segment, inside = segments[nth], catalogue.passages_in(document.path)
        if document.file in unchanged:
            segment.documents.append(document)
            segment.passages += len(inside)
        else:
            base = catalogue.base_of(nth)
            segment.removed[number] = range(inside.start - base, inside.stop - base)
    return segments


def _merged(segments: list[_Planned], fresh: int) -> list[_Planned]:
    """Return the segments that are written again with ``fresh`` new passages."""
    merged = [each for each in segments if each.record.passages - each.passages > _INVALID * each.record.passages]
    size = fresh + sum(each.passages for each in merged)
    for each in sorted(segments, key=lambda one: one.passages):
        if each not in merged and each.passages <= _GROWTH * size:
            merged.append(each)
            size += each.passages
    return merged
