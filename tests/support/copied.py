"""The documents of one snapshot, written into another engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from citewell.building.analysing import DocumentTerms
from citewell.index.cataloguing import AnalysedPassage
from citewell.index.manifest import SegmentRecord
from citewell.index.storage import Draft, Snapshot, Writer
from citewell.search.likeness import outline_of

S = TypeVar("S", bound=Snapshot)


def copied(
    snapshot: Snapshot,
    draft: Draft[Snapshot],
    paths: Sequence[str],
    number: int,
    removed: Iterable[tuple[int, range]] = (),
) -> tuple[SegmentRecord, ...]:
    """Write some documents of a snapshot, in the order of their paths, into a new segment.

    ``removed`` are passages of earlier segments, by the number of the segment, that go.
    """
    with draft.writing(number, snapshot.manifest.encoder.dimension, continues=number > 0) as writer:
        for segment, passages in removed:
            writer.remove(segment, passages)
        for path in paths:
            _copy(snapshot, path, writer)
        writer.vectors.write()
    return draft.segments()


def in_two(snapshot: Snapshot, first: Draft[S], second: Draft[S], *, removed: int = 0) -> S:
    """Write the documents of a snapshot into two segments, and open them; so many of the first are no longer valid."""
    catalogue = snapshot.catalogue
    paths = [each.path for each in catalogue.documents()]
    cut = len(paths) * 3 // 4
    (one,) = copied(snapshot, first, paths[:cut], 0)
    gone = range(0, 2 * removed, 2)
    (other,) = copied(snapshot, second, paths[cut:], 1, [(0, catalogue.passages_in(paths[nth])) for nth in gone])
    staying = [path for nth, path in enumerate(paths) if nth not in gone]
    changed = {
        "name": second.name,
        "segments": (one.model_copy(update={"removed": tuple(gone)}), other),
        "documents": len(staying),
        "passages": sum(len(catalogue.passages_in(path)) for path in staying),
        "windows": sum(catalogue.window_count_of(path) for path in staying),
        "files": second.files(),
    }
    return second.seal(snapshot.manifest.model_copy(update=changed))


def _copy(snapshot: Snapshot, path: str, writer: Writer) -> None:
    catalogue = snapshot.catalogue
    document, passages = catalogue.document(path), catalogue.split_document(path)
    windows = catalogue.windows_of(np.array(catalogue.passages_in(path)))
    writer.vectors.add(snapshot.vectors_of(windows))
    terms = DocumentTerms(document, writer.words, writer.places).of_passages(passages)

    def analysed() -> Iterator[AnalysedPassage]:
        for passage, (words, records) in zip(passages, terms, strict=True):
            yield AnalysedPassage(passage, words, records, outline_of(passage.text))

    writer.add(document, analysed(), catalogue.maps.of(path))
