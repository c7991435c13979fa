"""The documents of a snapshot: their texts, facts, headings and languages, and which a scope admits.

Documents are numbered from 0 in the order of their paths, in whichever segment they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial, reduce
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.document import Fact, Figure, Span
from citewell.errors import CitewellError, UsageError
from citewell.index.catalogue_segment import SegmentCatalogue
from citewell.index.facts import FactTable
from citewell.index.held import HeldDocuments, TwiceError
from citewell.index.maps import DocumentMaps
from citewell.index.numbering import Ordinals
from citewell.index.scoping import Paths
from citewell.index.segment_rows import Row
from citewell.index.stored import DocumentOutline, DocumentSummary, StoredDocument, StoredHeading
from citewell.lazy import lazy
from citewell.recent import Recent
from citewell.text.fact_names import in_effect

# Documents whose text is cached; an answer quotes only a few.
_TEXTS = 16


class Documents:
    """Reads the documents of one snapshot from the catalogues of its segments. Thread-safe.

    What every question needs is read when they are opened.

    Args:
        files: The catalogue of each segment.
        removed: Of each segment, the documents that are no longer valid.

    Raises:
        IndexDamagedError: Two segments have the same document.
    """

    def __init__(self, files: Sequence[SegmentCatalogue], removed: Sequence[Collection[int]]) -> None:
        self._files = files
        # Where the passages of each segment begin, and where the last ones end.
        self._bases = list(accumulate((file.passage_count for file in files), initial=0))
        try:
            self._held = HeldDocuments([file.listing for file in files], removed)
        except TwiceError as error:
            raise files[error.segment].damaged(error) from error
        self.document_count = len(self._held)
        self.paths = Paths(self._held.paths)
        self.maps = DocumentMaps(self._files, self._held, self.paths)
        self._texts: Recent[int, str] = Recent(_TEXTS)

    def documents(self, paths: Collection[str] | None = None) -> list[DocumentSummary]:
        """Return the documents at some paths, or all, in order, without their texts."""
        if paths is None:
            return self._summaries
        chosen = sorted({self.paths.ordinals[path] for path in paths if path in self.paths.ordinals})
        return [self._held.summary(ordinal) for ordinal in chosen]

    @lazy
    def _summaries(self) -> list[DocumentSummary]:
        return [listing.summary(number) for listing, number in self._held]

    def row_counts(self) -> tuple[int, int, int]:
        """Return how many documents, passages and windows the tables of all segments have, valid or not."""
        documents, passages, windows = zip(*(file.row_counts() for file in self._files), strict=True)
        return sum(documents), sum(passages), sum(windows)

    def file_digests(self) -> dict[str, str]:
        """Return the digests of the documents that are files of the corpus, and not inside one, by their paths."""
        found = self._held.digests()
        for path in self._held.containers():
            del found[path]
        return found

    def digests(self) -> dict[str, str]:
        """Return the digests of all documents by their paths."""
        return self._held.digests()

    def containers(self) -> dict[str, str]:
        """Return the file of each document that is inside one, by the paths of the documents."""
        return self._held.containers()

    def in_segment(self, segment: int) -> list[str]:
        """Return the paths of the documents of a segment."""
        return self._held.in_segment(segment)

    @property
    def readers(self) -> set[str]:
        """The names and versions of what has read documents; of some, perhaps, that are no longer valid."""
        return self._held.readers()

    @lazy
    def section_count(self) -> int:
        """The number of sections with text."""
        return sum(listing.sections[number] for listing, number in self._held)

    def document(self, path: str) -> StoredDocument:
        """Return one document.

        Raises:
            CitewellError: The snapshot has no such document.
        """
        ordinal = self.paths.ordinals.get(path)
        if ordinal is None:
            raise CitewellError(f"the index has no document {path!r}")
        about = self._held.summary(ordinal)
        figures, headings = self._row(ordinal)[-2:]
        return StoredDocument(
            path,
            about.title,
            about.digest,
            self._text(ordinal),
            _headings(headings),
            language=about.language,
            reader=about.reader,
            container=about.container,
            facts=_stored_facts(self._held, ordinal),
            figures=tuple(Figure(start, reference) for start, reference in json.loads(figures)),
        )

    @lazy
    def facts(self) -> FactTable:
        """The facts of every document, those that a build finds out included (``fact_names.in_effect``)."""
        # Not a method of this object, which would keep its files open when it is replaced: each would hold the other.
        return FactTable(partial(_facts_of, self._held), self._held.paths)

    def facts_of(self, path: str) -> tuple[Fact, ...]:
        """Return the facts of one document."""
        return _facts_of(self._held, self.paths.ordinals[path])

    def stored_facts(self, path: str) -> tuple[Fact, ...]:
        """Return the facts that are kept with one document, without those that a build finds out."""
        return _stored_facts(self._held, self.paths.ordinals[path])

    def inside(self, file: str) -> list[str]:
        """Return the paths of the documents inside a file, such as the attachments of a message."""
        return self._inside.get(file, [])

    @lazy
    def _inside(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, file in sorted(self._held.containers().items()):
            found.setdefault(file, []).append(path)
        return found

    def check(self, scope: Scope) -> None:
        """Check that every name in a scope matches a document, and that some document is in it.

        Raises:
            UsageError: It names a document, a folder or a fact that is not in the index, or nothing passes all its filters.
        """
        self.paths.check(scope)
        if scope.filters and not len(self.admitted(scope)):
            passing = " ".join(map(str, scope.filters))
            raise UsageError(f"no document passes all filters ({passing})", hint="remove one of them")

    def admitted(self, scope: Scope) -> Ordinals:
        """Return the documents in a scope, sorted.

        Raises:
            UsageError: A filter has a name or a value that no document has.
        """
        tests: list[Ordinals] = []
        if scope.documents or scope.folders:
            tests.append(self.paths.admitted(scope))
        if scope.filters:
            tests.append(self.facts.admitted(scope.filters))
        if scope.languages:
            tests.append(self._in_languages(scope.languages))
        everything: Ordinals = np.arange(self.document_count if not tests else 0, dtype=np.int64)
        return reduce(partial(np.intersect1d, assume_unique=True), tests) if tests else everything

    def _in_languages(self, languages: Collection[str]) -> Ordinals:
        found = [nth for nth, (listing, number) in enumerate(self._held) if listing.language(number) in languages]
        return np.array(found, dtype=np.int64)

    def admits(self, scope: Scope) -> npt.NDArray[np.bool_]:
        """Return for each document whether it is in a scope."""
        mask = np.zeros(self.document_count, dtype=bool)
        mask[self.admitted(scope)] = True
        return mask

    @lazy
    def languages(self) -> Counter[str]:
        """The languages of the documents (ISO 639-1), with how many documents are in each; most of them first."""
        found = {language: count for language, count in self._held.languages().items() if language}
        return Counter(dict(sorted(found.items(), key=lambda counted: (-counted[1], counted[0]))))

    @lazy
    def ordinals_by_segment(self) -> list[Ordinals]:
        """Of each segment, the ordinal here of each of its documents; -1 for those that are no longer valid."""
        found = [np.full(file.document_count, -1, dtype=np.int64) for file in self._files]
        segments, numbers = np.array(self._held.segments), np.array(self._held.numbers, dtype=np.int64)
        for nth, ordinals in enumerate(found):
            mine = np.flatnonzero(segments == nth)
            ordinals[numbers[mine]] = mine
        return found

    def _headed(self) -> list[DocumentOutline]:
        """Return the headings and the length of every document, in order of their paths."""
        rows = [file.read_documents() for file in self._files]
        return [
            DocumentOutline(
                listing.paths[number],
                listing.title(number),
                listing.characters[number],
                _headings(rows[segment][number][-1]),
            )
            for segment, (listing, number) in zip(self._held.segments, self._held, strict=True)
        ]

    def _row(self, document: int) -> Row:
        return self._files[self._held.segments[document]].document(self._held.numbers[document])

    def _text(self, document: int) -> str:
        """Return the text of a document, cached for the last few."""
        text = self._texts.get(document)
        if text is None:
            text = self._read_text(document)
            self._texts.put(document, text)
        return text

    def _read_text(self, document: int) -> str:
        listing, number = self._held.at(document)
        return self._files[self._held.segments[document]].text(number, listing.text_seal(number))


def _facts_of(documents: HeldDocuments, document: int) -> tuple[Fact, ...]:
    about = documents.summary(document)
    found = _stored_facts(documents, document)
    return in_effect(found, reader=about.reader, language=about.language, title=about.title)


def _stored_facts(documents: HeldDocuments, document: int) -> tuple[Fact, ...]:
    listing, number = documents.at(document)
    packed = listing.facts[number]
    return () if packed == "[]" else tuple(Fact(*each) for each in json.loads(packed))


def _headings(packed: str) -> tuple[StoredHeading, ...]:
    return tuple(StoredHeading(Span(start, end), tuple(above)) for start, end, above in json.loads(packed))
