"""The documents of a snapshot: their texts, facts, headings and languages, and which a scope admits.

Documents are numbered from 0 in the order of their paths, in whichever segment they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.document import Fact, Figure, Span
from citewell.errors import CitewellError, UsageError
from citewell.index.catalogue_file import CatalogueFile
from citewell.index.facts import FactTable
from citewell.index.maps import DocumentMaps
from citewell.index.numbering import Ordinals
from citewell.index.recent import Recent
from citewell.index.scoping import Paths
from citewell.index.stored import DocumentOutline, DocumentSummary, StoredDocument, StoredHeading
from citewell.text.fact_names import in_effect

# Documents whose text is cached; an answer quotes only a few.
_TEXTS = 16


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """The part of a document that is kept in memory; its passages are ``range(first, end)``.

    It is document ``number`` of its ``segment``.
    """

    summary: DocumentSummary
    segment: int
    number: int
    first: int
    end: int
    text_seal: str
    facts: str


class Documents:
    """Reads the documents of one snapshot from the catalogues of its segments. Thread-safe.

    What every question needs is read when they are opened, just after the files were verified.

    Args:
        files: The catalogue of each segment.
        removed: Of each segment, the documents that are no longer valid.

    Raises:
        IndexDamagedError: Two segments have the same document.
    """

    def __init__(self, files: Sequence[CatalogueFile], removed: Sequence[Collection[int]]) -> None:
        self._files = files
        # Where the passages of each segment begin, and where the last ones end.
        self._bases = list(accumulate((file.passage_count for file in files), initial=0))
        self._documents = self._read_documents(removed)
        self.paths = Paths([each.summary.path for each in self._documents])
        self.maps = DocumentMaps(self._files, self._documents, self.paths)
        self._texts: Recent[int, str] = Recent(_TEXTS)

    def documents(self, paths: Collection[str] | None = None) -> list[DocumentSummary]:
        """Return the documents at some paths, or all, in order, without their texts."""
        if paths is None:
            return [each.summary for each in self._documents]
        chosen = sorted({self.paths.ordinals[path] for path in paths if path in self.paths.ordinals})
        return [self._documents[ordinal].summary for ordinal in chosen]

    def files(self) -> list[DocumentSummary]:
        """Return the documents that are files of the corpus, and not inside one."""
        return [each.summary for each in self._documents if not each.summary.container]

    def document(self, path: str) -> StoredDocument:
        """Return one document.

        Raises:
            CitewellError: The snapshot has no such document.
        """
        ordinal = self.paths.ordinals.get(path)
        if ordinal is None:
            raise CitewellError(f"the index has no document {path!r}")
        held = self._documents[ordinal]
        row = self._files[held.segment].document(held.number)
        return StoredDocument(
            path,
            row[2],
            row[3],
            self._text(ordinal),
            _headings(row[-1]),
            language=row[4],
            reader=row[5],
            container=row[6],
            facts=_facts(row[-3]),
            figures=tuple(Figure(start, reference) for start, reference in json.loads(row[-2])),
        )

    @cached_property
    def facts(self) -> FactTable:
        """The facts of every document, those that a build finds out included (``fact_names.in_effect``)."""
        # Not a method of this object, which would keep its files open when it is replaced: each would hold the other.
        return FactTable(partial(_facts_of, self._documents), [held.summary.path for held in self._documents])

    def facts_of(self, path: str) -> tuple[Fact, ...]:
        """Return the facts of one document."""
        return _facts_of(self._documents, self.paths.ordinals[path])

    def stored_facts(self, path: str) -> tuple[Fact, ...]:
        """Return the facts that are kept with one document, without those that a build finds out."""
        return _facts(self._documents[self.paths.ordinals[path]].facts)

    def inside(self, file: str) -> list[str]:
        """Return the paths of the documents inside a file, such as the attachments of a message."""
        return self._inside.get(file, [])

    @cached_property
    def _inside(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self._documents:
            if each.summary.container:
                found.setdefault(each.summary.container, []).append(each.summary.path)
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
        if not scope.filters:
            return self.paths.admitted(scope)
        passing = self.facts.admitted(scope.filters)
        if not (scope.documents or scope.folders):
            return passing
        return np.intersect1d(passing, self.paths.admitted(scope), assume_unique=True)

    def admits(self, scope: Scope) -> npt.NDArray[np.bool_]:
        """Return for each document whether it is in a scope."""
        mask = np.zeros(len(self._documents), dtype=bool)
        mask[self.admitted(scope)] = True
        return mask

    @cached_property
    def languages(self) -> Counter[str]:
        """The languages of the documents (ISO 639-1), with how many documents are in each; most of them first."""
        found = Counter(each.summary.language for each in self._documents if each.summary.language)
        return Counter(dict(sorted(found.items(), key=lambda counted: (-counted[1], counted[0]))))

    @cached_property
    def ordinals_by_segment(self) -> list[Ordinals]:
        """Of each segment, the ordinal here of each of its documents; -1 for those that are no longer valid."""
        found = [np.full(file.document_count, -1, dtype=np.int64) for file in self._files]
        for ordinal, held in enumerate(self._documents):
            found[held.segment][held.number] = ordinal
        return found

    def _headed(self) -> list[DocumentOutline]:
        """Return the headings and the length of every document, in order of their paths."""
        rows = [file.read_documents() for file in self._files]
        mine = (rows[held.segment][held.number] for held in self._documents)
        return [DocumentOutline(row[1], row[2], row[11], _headings(row[-1])) for row in mine]

    def _read_documents(self, removed: Sequence[Collection[int]]) -> list[HeldDocument]:
        found: list[HeldDocument] = []
        for nth, (file, gone, base) in enumerate(zip(self._files, removed, self._bases, strict=False)):
            rows = [row for row in file.documents() if row[0] not in gone]
            # What is inside a file is in the segment of the file.
            digests = {row[1]: row[3] for row in rows if row[6] is None}
            for row in rows:
                summary = DocumentSummary(*row[1:9])
                if summary.container:
                    summary = replace(summary, container_digest=digests.get(summary.container))
                found.append(HeldDocument(summary, nth, row[0], base + row[9], base + row[10], row[12], row[13]))
        if len(self._files) > 1:
            found.sort(key=lambda each: each.summary.path)
            twice = next((one for one, other in pairwise(found) if one.summary.path == other.summary.path), None)
            if twice:
                raise self._files[twice.segment].damaged(f"{twice.summary.path} is in another segment, too")
        return found

    def _text(self, document: int) -> str:
        """Return the text of a document, cached for the last few."""
        text = self._texts.get(document)
        if text is None:
            text = self._read_text(document)
            self._texts.put(document, text)
        return text

    def _read_text(self, document: int) -> str:
        held = self._documents[document]
        return self._files[held.segment].text(held.number, held.text_seal)


def _facts_of(documents: Sequence[HeldDocument], document: int) -> tuple[Fact, ...]:
    held = documents[document]
    about = held.summary
    return in_effect(_facts(held.facts), reader=about.reader, language=about.language, title=about.title)


def _facts(packed: str) -> tuple[Fact, ...]:
    return () if packed == "[]" else tuple(Fact(*each) for each in json.loads(packed))


def _headings(packed: str) -> tuple[StoredHeading, ...]:
    return tuple(StoredHeading(Span(start, end), tuple(above)) for start, end, above in json.loads(packed))
