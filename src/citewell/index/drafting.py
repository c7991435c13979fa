"""A snapshot on this machine while it is written: its new segment, and the BM25 index of all its segments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from citewell.index import catalogue_file, concordance_writing
from citewell.index.blocks import write_blocks
from citewell.index.cataloguing import CatalogueWriter
from citewell.index.concordance_writing import ConcordanceWriter
from citewell.index.database import DatabaseWriter
from citewell.index.manifest import Manifest, SegmentRecord, file_digests
from citewell.index.postings import LexicalWriter
from citewell.index.segment_writing import SegmentWriter
from citewell.index.segmented import check_written
from citewell.index.snapshot import (
    CATALOGUE,
    CONCORDANCE,
    LEXICAL,
    SKETCHES,
    TERMS,
    VECTORS,
    LocalSnapshot,
)
from citewell.index.term_file import TermPlacesWriter
from citewell.index.vectors import VectorsWriter


class LocalDraft:
    """A snapshot that nothing names yet (`storage.Draft`): ``folder`` is its own folder, ``segment`` that of its new segment.

    Args:
        name: Its name.
        folder: Its own folder, which is empty.
        segment: The folder of its new segment, which is empty.
        before: The snapshot that it may continue.
    """

    def __init__(self, name: str, folder: Path, segment: Path, before: LocalSnapshot | None = None) -> None:
        self.name = name
        self.folder = folder
        self.segment = segment
        self._before = before
        self._continued: LocalSnapshot | None = None
        self._written: LocalWriter | None = None

    @contextmanager
    def writing(self, number: int, dimension: int, *, continues: bool) -> Iterator[LocalWriter]:
        """Write the snapshot while the block runs (`storage.Draft.writing`)."""
        self._continued = self._before if continues else None
        with ExitStack() as stack:
            writer = LocalWriter(self, number, dimension, self.earlier if continues else None, stack)
            yield writer
            writer.close()
        if writer.has_documents:
            self._written = writer
        else:
            # Documents were only removed.
            shutil.rmtree(self.segment)

    @property
    def earlier(self) -> Path | None:
        """The BM25 index that it may continue, if there is one."""
        return self._before.folder / LEXICAL if self._before else None

    def segments(self) -> tuple[SegmentRecord, ...]:
        """Finish the new segment, if it has documents, and describe it (`storage.Draft.segments`)."""
        if self._written is None:
            return ()
        write_blocks(self.segment, (TERMS, VECTORS))
        return (self._written.record(self.name, file_digests(self.segment), self._written.vectors.choice),)

    def files(self) -> dict[str, str]:
        """Finish the snapshot's own files, and return their digests (`storage.Draft.files`); those that it shares are known."""
        before = self._continued
        known = {before.folder / name: digest for name, digest in before.manifest.files.items()} if before else {}
        write_blocks(self.folder)
        return file_digests(self.folder, known)

    def seal(self, manifest: Manifest) -> LocalSnapshot:
        """Open the snapshot, and verify that its parts agree (`storage.Draft.seal`)."""
        snapshot = LocalSnapshot(self.folder, self.segment.parent, manifest, verified=True)
        check_written(snapshot, manifest)
        return snapshot


class LocalWriter(SegmentWriter):
    """Writes a segment (`storage.Writer`).

    Args:
        draft: The snapshot.
        number: The number of the segment.
        dimension: The dimension of its vectors.
        earlier: The folder of the BM25 index that is continued, if one is.
        stack: What ends what is begun here.
    """

    def __init__(self, draft: LocalDraft, number: int, dimension: int, earlier: Path | None, stack: ExitStack) -> None:
        folder = draft.segment
        rows = DatabaseWriter(folder / CATALOGUE, catalogue_file.SCHEMA, catalogue_file.CHANGED)
        catalogue = CatalogueWriter(stack.enter_context(rows))
        self._postings = stack.enter_context(LexicalWriter(draft.folder / LEXICAL, number, earlier))
        self.places = stack.enter_context(TermPlacesWriter(folder / TERMS))
        places = DatabaseWriter(folder / CONCORDANCE, concordance_writing.SCHEMA, page=concordance_writing.PAGE)
        concordance = stack.enter_context(places)
        super().__init__(number, catalogue, self._postings, stack.enter_context(ConcordanceWriter(concordance)))
        self.vectors = VectorsWriter(folder / VECTORS, dimension, folder / SKETCHES)
        stack.callback(self.vectors.close)

    def remove(self, segment: int, passages: range) -> None:
        """Remove passages of an earlier segment (`storage.Writer.remove`)."""
        self._postings.remove(segment, passages)

    def close(self) -> None:
        """Finish the catalogue; all else is finished when the block ends."""
        self._catalogue.close()
