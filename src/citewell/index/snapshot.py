"""A snapshot on this machine: its stores, in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tantivy

from citewell.index.catalogue import Catalogue
from citewell.index.catalogue_file import CatalogueFile
from citewell.index.concordance import Concordance, ConcordanceFile
from citewell.index.lexical import PassageTerms
from citewell.index.lexical_reader import LexicalReader
from citewell.index.manifest import Manifest, SegmentRecord
from citewell.index.numbering import Numbering
from citewell.index.promised import ChoiceRecord
from citewell.index.segmented import SegmentedStorage
from citewell.index.sketches import Sketches
from citewell.index.soundness import Soundness
from citewell.index.term_file import TermFile
from citewell.index.term_places import TermPlaces
from citewell.index.vectors import WindowVectors
from citewell.index.verifying import FolderChecks, whole_check

CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"
VECTORS = "vectors.faiss"
SKETCHES = "sketches.faiss"
TERMS = "terms.bin"
CONCORDANCE = "concordance.sqlite"


@dataclass(frozen=True, slots=True)
class SegmentFiles:
    """The files of a segment of a snapshot: its folder, its number for BM25, and its documents that are no longer valid.

    ``digests`` are those of files that have still to be verified. A large one has sketches; ``choice`` says how they are used.
    """

    folder: Path
    number: int = 0
    removed: frozenset[int] = frozenset()
    digests: Mapping[str, str] = field(default_factory=dict)
    choice: ChoiceRecord | None = None


def files_of(segments: Iterable[SegmentRecord], folder: Path, *, verified: bool) -> list[SegmentFiles]:
    """Return the files of segments, given the folder of all, and whether they were verified."""
    return [
        SegmentFiles(
            folder / each.name, each.number, frozenset(each.removed), {} if verified else each.files, each.choice
        )
        for each in segments
    ]


class LocalStorage(SegmentedStorage[tantivy.Query]):
    """The stores of a snapshot on this machine (`Storage`): vectors in FAISS, BM25 in tantivy. Thread-safe.

    What has still to be verified is verified when it is first read: rows of the catalogue by their seals, words and vectors by
    the blocks that have them, and BM25 and the concordance as a whole, because a library reads them where it wants.

    Args:
        folder: Its own folder, which has its BM25 index.
        segments: Its segments.
        command: The command that rebuilds it.
        digests: Those of the files of its folder that have still to be verified.
    """

    def __init__(
        self,
        folder: Path,
        segments: Sequence[SegmentFiles],
        command: str | None = None,
        digests: Mapping[str, str] | None = None,
    ) -> None:
        soundness = Soundness(command)
        folders = [each.folder for each in segments]
        own = FolderChecks(folder, digests or {}, soundness)
        checks = [FolderChecks(each.folder, each.digests, soundness) for each in segments]
        files = [CatalogueFile(each / CATALOGUE, soundness) for each in folders]
        terms = TermPlaces(
            *(
                TermFile(each / TERMS, soundness, check.of_blocks(TERMS))
                for each, check in zip(folders, checks, strict=True)
            )
        )
        catalogue = Catalogue(files, [each.removed for each in segments], terms.bases)
        vectors = WindowVectors(
            *(each / VECTORS for each in folders),
            sketches=[_sketches(*each, soundness) for each in zip(segments, checks, strict=True)],
            valid=None if catalogue.is_whole else catalogue.valid_windows,
            checks=[each.of_blocks(VECTORS) for each in checks],
        )
        sizes = [(each.number, file.passage_count) for each, file in zip(segments, files, strict=True)]
        reader = LexicalReader(folder / LEXICAL, soundness, whole_check(own.digests(LEXICAL), soundness))
        found = [each.digests(CONCORDANCE) for each in checks]
        concordance = Concordance(
            *(ConcordanceFile(each / CONCORDANCE, soundness) for each in folders),
            documents=catalogue.ordinals_by_segment,
            check=whole_check({file: digest for each in found for file, digest in each.items()}, soundness),
        )
        super().__init__(soundness, catalogue, concordance, terms, vectors, PassageTerms(reader, Numbering(sizes)))


def _sketches(segment: SegmentFiles, checks: FolderChecks, soundness: Soundness) -> Sketches | None:
    """Return the sketches of a segment, if it has some; they are read as a whole, and verified before."""
    if segment.choice is None:
        return None
    whole_check(checks.digests(SKETCHES), soundness).check()
    return Sketches(segment.folder / SKETCHES, segment.choice)


class LocalSnapshot(LocalStorage):
    """An opened snapshot on this machine: its manifest and its stores.

    Args:
        folder: Its own folder.
        segments: The folder of the segments of its index.
        manifest: Its manifest.
        command: The command that rebuilds it.
        verified: Whether its files were just verified, or written; otherwise each is when it is first read.
    """

    def __init__(
        self,
        folder: Path,
        segments: Path,
        manifest: Manifest,
        command: str | None = None,
        *,
        verified: bool = False,
    ) -> None:
        files = files_of(manifest.segments, segments, verified=verified)
        super().__init__(folder, files, command, {} if verified else manifest.files)
        self.folder = folder
        self.manifest = manifest
