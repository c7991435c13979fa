"""Which documents a build writes: those that are new or have changed, and those of small segments, which it merges.

An update writes one new segment, and the documents that it replaces are no longer valid in theirs. So that segments stay few
and mostly valid, small ones are written again with it: each that is left is more than twice as large as the new one, so their
number grows with the logarithm of the corpus, and a document is written again as often (the logarithmic method of Bentley and
Saxe, 1980). A segment of which a fifth is no longer valid is written again as well.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from citewell.index.changes import Changes
from citewell.index.manifest import SegmentRecord
from citewell.index.storage import Snapshot

# A segment is merged into one that is not smaller than this part of it.
_GROWTH = 2
# Of the passages of a segment, the largest part that may be no longer valid.
_INVALID = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build writes: the new segment has the number ``number`` and the documents of ``written``, which are files.

    ``fresh`` are those of them that the snapshot does not have as they are. ``kept`` are the segments that stay, and which of
    their documents are no longer valid; all documents of the snapshot stay in them except ``leaving``. ``removed`` are the
    passages of those that do not, by the number of their segment. ``dropped`` is how many passages of the snapshot are no
    longer valid.
    """

    written: frozenset[str]
    fresh: frozenset[str]
    kept: tuple[SegmentRecord, ...] = ()
    leaving: frozenset[str] = frozenset()
    removed: tuple[tuple[int, range], ...] = ()
    number: int = 0
    dropped: int = 0


@dataclass(slots=True)
class _Planned:
    """A segment: how many passages stay valid, and the passages of each document that does not, by its number."""

    record: SegmentRecord
    passages: int
    removed: dict[int, range] = field(default_factory=dict)


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
    gone = _gone(carried, unchanged)
    segments = _segments(carried, gone)
    fresh = everything - unchanged
    passages = sum(each.passages for each in segments)
    dropped = carried.catalogue.passage_count - passages
    merged = segments if compact else _merged(segments, len(fresh) * passages // max(1, len(unchanged)))
    left = [each for each in segments if each not in merged]
    if not left:
        return Plan(everything, fresh, dropped=dropped)
    moving = [path for nth, each in enumerate(segments) if each in merged for path in carried.catalogue.in_segment(nth)]
    inside = carried.catalogue.containers()
    return Plan(
        written=fresh.union(path for path in moving if path not in gone and path not in inside),
        fresh=fresh,
        kept=tuple(
            each.record.model_copy(update={"removed": tuple(sorted({*each.record.removed, *each.removed}))})
            for each in left
        ),
        leaving=gone.union(moving),
        removed=(
            *((each.record.number, range(each.record.passages)) for each in merged),
            *((each.record.number, gone) for each in left for gone in each.removed.values()),
        ),
        number=1 + max(each.record.number for each in segments),
        dropped=dropped,
    )


def _gone(carried: Snapshot, unchanged: AbstractSet[str]) -> frozenset[str]:
    """Return the documents of a snapshot whose files are no longer there as they were."""
    inside = carried.catalogue.containers()
    files = carried.catalogue.digests().keys() - inside.keys()
    return frozenset({*(files - unchanged), *(path for path, file in inside.items() if file not in unchanged)})


def _segments(carried: Snapshot, gone: Collection[str]) -> list[_Planned]:
    """Return the segments of a snapshot, with what stays of each."""
    catalogue = carried.catalogue
    sizes = zip(carried.manifest.segments, catalogue.passages_by_segment(), strict=True)
    segments = [_Planned(record, passages) for record, passages in sizes]
    for path in gone:
        nth, number = catalogue.segment_of(path)
        base, inside = catalogue.base_of(nth), catalogue.passages_in(path)
        segments[nth].passages -= len(inside)
        segments[nth].removed[number] = range(inside.start - base, inside.stop - base)
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
