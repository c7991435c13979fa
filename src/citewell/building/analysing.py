"""The words of a document and of its passages: analysed once, in one pass, without holding all of them.

The terms of a text take eighty times its memory, so a document is analysed part by part, and only the terms of passages that
are still to come are kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from citewell.document import Passage, Span, above
from citewell.index.storage import WordsToWrite
from citewell.index.stored import StoredDocument
from citewell.text.parts import parts
from citewell.text.terms import Term, analyse
from citewell.text.vocabulary import WordCounts


class DocumentTerms:
    """The terms of a document, read once from its start to its end; each is counted and stored when it is read.

    Args:
        document: The document.
        counts: Where its words are counted.
        places: Where they are stored.
    """

    def __init__(self, document: StoredDocument, counts: WordCounts, places: WordsToWrite) -> None:
        self._document = document
        self._counts = counts
        self._places = places
        self._parts = parts(document.text)
        # The terms that are still needed, and the number of the first record of each.
        self._held: list[Term] = []
        self._records: list[int] = []
        self._read = 0

    def of_passages(self, passages: Sequence[Passage]) -> Iterator[tuple[list[Term], range]]:
        """Read the document, and yield what each passage has.

        Yields:
            The terms of a passage, after those of what stands above it, and the records of its own.
        """
        document = self._document
        contexts: dict[tuple[str, ...], list[Term]] = {}
        heads: dict[Span, list[Term]] = {}
        # The next passages may start before this one.
        starts = [passage.span.start for passage in passages]
        earliest = list(accumulate(reversed(starts), min))[::-1]
        for passage, start in zip(passages, earliest, strict=True):
            if passage.section not in contexts:
                standing = above(document.path, document.title, passage.section)
                contexts[passage.section] = analyse(standing, document.language)
            head = passage.head
            if head and head not in heads:
                heads = {head: analyse(head.of(document.text), document.language)}
            inside = self._inside(passage.span, start)
            records = range(self._record(inside.start), self._record(inside.stop))
            yield [*contexts[passage.section], *(heads[head] if head else ()), *self._held[inside]], records
        while self._read_part():
            self._forget(len(self._held))

    def _inside(self, span: Span, earliest: int) -> slice:
        """Return which held terms are in a span; those before ``earliest`` are no longer needed."""
        self._forget(bisect_left(self._held, earliest, key=_start))
        while self._read < span.end and self._read_part():
            self._forget(bisect_left(self._held, earliest, key=_start))
        return slice(*(bisect_left(self._held, edge, key=_start) for edge in (span.start, span.end)))

    def _record(self, held: int) -> int:
        """Return the number of the first record of a held term, or of the next one to come."""
        return self._records[held] if held < len(self._records) else self._places.count

    def _forget(self, count: int) -> None:
        del self._held[:count], self._records[:count]

    def _read_part(self) -> bool:
        part = next(self._parts, None)
        if part is None:
            return False
        terms = analyse(part.of(self._document.text), self._document.language, part.start)
        self._counts.add(terms)
        self._records += self._places.add(terms)
        self._held += terms
        self._read = part.end
        return True


def _start(term: Term) -> int:
    return term.span.start
