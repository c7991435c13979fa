"""The documents of a snapshot, in its catalogue: their texts, facts, headings and languages, and which a scope admits.

Documents are numbered from 0 in the order of their paths. Every row is verified against its seal when it is read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope
from citewell.document import Fact, Figure, Span
from citewell.errors import CitewellError, UsageError
from citewell.index.database import Database
from citewell.index.facts import FactTable
from citewell.index.maps import DocumentMaps
from citewell.index.recent import Recent
from citewell.index.scoping import Paths
from citewell.index.sealing import seal_text
from citewell.index.stored import DocumentOutline, DocumentSummary, StoredDocument, StoredHeading
from citewell.index.vectors import Ordinals
from citewell.text.fact_names import in_effect

# The seal is the last column; the others are in the order in which the writer seals them.
_DOCUMENTS = (
    "SELECT ordinal, path, title, digest, language, reader, container, words, pages, first_passage, end_passage, characters,"
    " text_seal, facts, figures, headings, seal FROM documents"
)
# Documents whose text is cached; an answer quotes only a few.
_TEXTS = 16


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """The part of a document that is kept in memory; its passages are ``range(first, end)``."""

    summary: DocumentSummary
    first: int
    end: int
    text_seal: str
    facts: str


class Documents:
    """Reads the documents of one catalogue. Thread-safe.

    What every question needs is read when the catalogue is opened, just after the whole file was verified.

    Args:
        file: The file of the catalogue.

    Raises:
        IndexDamagedError: The file is not a catalogue.
    """

    def __init__(self, file: Database) -> None:
        self._file = file
        self._documents = self._read_documents()
        self.paths = Paths([each.summary.path for each in self._documents])
        self.maps = DocumentMaps(file, self.paths)
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
        (row,) = self._file.sealed("documents", f"{_DOCUMENTS} WHERE ordinal = ?", ordinal, ordinals=[ordinal])
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

    def _headed(self) -> list[DocumentOutline]:
        """Return the headings and the length of every document, in order of their paths."""
        rows = self._file.sealed("documents", f"{_DOCUMENTS} ORDER BY ordinal", ordinals=range(len(self._documents)))
        return [DocumentOutline(row[1], row[2], row[11], _headings(row[-1])) for row in rows]

    def _read_documents(self) -> list[HeldDocument]:
        rows = self._file.sealed("documents", f"{_DOCUMENTS} ORDER BY ordinal")
        paths = [row[1] for row in rows]
        if [row[0] for row in rows] != list(range(len(rows))) or paths != sorted(paths):
            raise self._file.damaged("documents are missing or out of order")
        digests = {row[1]: row[3] for row in rows if row[6] is None}
        summaries = (replace(DocumentSummary(*row[1:9]), container_digest=digests.get(row[6])) for row in rows)
        return [
            HeldDocument(each, row[9], row[10], row[12], row[13]) for each, row in zip(summaries, rows, strict=True)
        ]

    def _text(self, document: int) -> str:
        """Return the text of a document, cached for the last few."""
        text = self._texts.get(document)
        if text is None:
            text = self._read_text(document)
            self._texts.put(document, text)
        return text

    def _read_text(self, document: int) -> str:
        rows = self._file.all("SELECT text FROM documents WHERE ordinal = ?", document)
        if len(rows) != 1 or seal_text(rows[0][0]) != self._documents[document].text_seal:
            raise self._file.damaged(f"the text of {self._documents[document].summary.path} has changed")
        return str(rows[0][0])


def _facts_of(documents: Sequence[HeldDocument], document: int) -> tuple[Fact, ...]:
    held = documents[document]
    about = held.summary
    return in_effect(_facts(held.facts), reader=about.reader, language=about.language, title=about.title)


def _facts(packed: str) -> tuple[Fact, ...]:
    return () if packed == "[]" else tuple(Fact(*each) for each in json.loads(packed))


def _headings(packed: str) -> tuple[StoredHeading, ...]:
    return tuple(StoredHeading(Span(start, end), tuple(above)) for start, end, above in json.loads(packed))
