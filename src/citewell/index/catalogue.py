"""The catalogue of a snapshot: its documents (``documents``), passages and windows, of all its segments.

Passages and windows are numbered from 0, segment after segment, those that are no longer valid included. The passages of a
document and the windows of a passage are consecutive. Passages overlap, so only their spans are stored, and the text of each
document once.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from citewell.answer import Place, Scope
from citewell.document import Passage, Span, Window, above
from citewell.index.catalogue_segment import SegmentCatalogue
from citewell.index.documents import Documents
from citewell.index.numbering import Ordinals, concatenated
from citewell.index.segment_rows import Row
from citewell.index.sentence_spans import PassageSentences, Sentences
from citewell.index.stored import DocumentOutline, StoredPassage
from citewell.lazy import lazy
from citewell.recent import Recent
from citewell.text.vocabulary import Vocabulary, merged

# So many lists of headings, and so many passages, are remembered.
_REMEMBERED = 4096


class Catalogue(Documents):
    """Reads the catalogue of one snapshot: its documents, and their passages and windows. Thread-safe.

    ``passage_count`` and ``window_count`` count what is valid, ``passages_end`` and ``windows_end`` everything that has a
    number.

    Args:
        files: The catalogue of each segment.
        removed: Of each segment, the documents that are no longer valid; nothing is that all are.
        records: Of each segment, the number of its first record of words (``term_places``).

    Raises:
        IndexDamagedError: They do not fit together.
    """

    def __init__(
        self,
        files: Sequence[SegmentCatalogue],
        removed: Sequence[Collection[int]] = (),
        records: Sequence[int] = (),
    ) -> None:
        super().__init__(files, removed or [()] * len(files))
        self._records = records or [0] * len(files)
        self._window_bases = list(accumulate((file.window_count for file in files), initial=0))
        starts = [file.window_starts[:-1] + base for file, base in zip(files, self._window_bases, strict=False)]
        self._window_starts = np.concatenate([*starts, self._window_bases[-1:]])
        self.sentences = Sentences.joined([file.sentences for file in files])
        # Documents without passages begin where the next one does.
        self._by_passage: list[int] = np.argsort(np.array(self._held.firsts, dtype=np.int64), kind="stable").tolist()
        self._firsts = [self._held.firsts[nth] for nth in self._by_passage]
        self.passages_end, self.windows_end = self._bases[-1], self._window_bases[-1]
        self.passage_count = sum(self._held.ends) - sum(self._held.firsts)
        self.is_whole = self.passage_count == self.passages_end
        self.window_count = self.windows_end if self.is_whole else int(self.valid_windows.sum())
        self._foreign: dict[str, npt.NDArray[np.bool_]] = {}
        self._recent: Recent[int, StoredPassage] = Recent(_REMEMBERED)
        self._sentences: Recent[int, PassageSentences] = Recent(_REMEMBERED)

    def outlines(self) -> list[DocumentOutline]:
        """Return the outline of every document, in order of their paths."""
        firsts = self.passages(
            first for first, end in zip(self._held.firsts, self._held.ends, strict=True) if first < end
        )
        starts = {passage.document: passage.span.start for passage in firsts}
        return [replace(each, first=starts.get(each.path, 0)) for each in self._headed()]

    def passages(self, ordinals: Iterable[int]) -> list[StoredPassage]:
        """Return passages by ordinal, in the given order."""
        ordered = [int(ordinal) for ordinal in ordinals]
        found: dict[int, StoredPassage] = {}
        by_segment: dict[int, list[int]] = {}
        for ordinal in dict.fromkeys(ordered):
            passage = self._recent.get(ordinal)
            if passage is None:
                by_segment.setdefault(self._segment_of(ordinal), []).append(ordinal)
            else:
                found[ordinal] = passage
        for segment, some in by_segment.items():
            rows = self._files[segment].passages([ordinal - self._bases[segment] for ordinal in some])
            for ordinal, row in zip(some, rows, strict=True):
                found[ordinal] = passage = self._passage(segment, row)
                self._recent.put(ordinal, passage)
        return [found[ordinal] for ordinal in ordered]

    def sentences_of(self, passage: StoredPassage) -> PassageSentences:
        """Return the sentences of a passage."""
        found = self._sentences.get(passage.ordinal)
        if found is None:
            inside = self.passages_in(passage.document)
            windows = range(int(self._window_starts[inside.start]), int(self._window_starts[inside.stop]))
            introduced = passage.ordinal == inside.start
            found = self.sentences.of_passage(passage.span, windows, introduced=introduced)
            self._sentences.put(passage.ordinal, found)
        return found

    def path_of(self, passage: int) -> str:
        """Return the path of a passage's document."""
        return self._held.paths[self._by_passage[bisect_right(self._firsts, passage) - 1]]

    def passages_of(self, windows: Ordinals) -> Ordinals:
        """Return the passage of each window."""
        found: Ordinals = np.searchsorted(self._window_starts, windows, side="right") - 1
        return found

    def windows_of(self, passages: Ordinals) -> Ordinals:
        """Return the windows of some passages."""
        starts, ends = self._window_starts[passages], self._window_starts[passages + 1]
        return concatenated(starts, ends)

    def within(self, scope: Scope) -> Ordinals:
        """Return the passages of the documents in a scope, sorted."""
        found = self._passages_in(self.admitted(scope).tolist())
        return found if len(self._files) == 1 else np.sort(found)

    @lazy
    def valid_passages(self) -> Ordinals:
        """The passages of all documents, sorted."""
        return np.sort(self._passages_in(range(self.document_count)))

    @lazy
    def windows_in_order(self) -> Ordinals:
        """All valid windows, in the order of the paths of their documents."""
        if len(self._files) == 1 and self.is_whole:
            return np.arange(self.windows_end, dtype=np.int64)
        return self.windows_of(self._passages_in(range(self.document_count)))

    @lazy
    def valid_windows(self) -> npt.NDArray[np.bool_]:
        """Whether each window is one of a valid document, shape (windows_end,)."""
        valid = np.zeros(self.windows_end, dtype=bool)
        valid[self.windows_in_order] = True
        return valid

    def passages_at(self, place: Place) -> Ordinals:
        """Return the passages that have text at a place, which is in a document of the snapshot."""
        segment, passages = self.segment_of(place.document)[0], self.passages_in(place.document)
        base = self._bases[segment]
        inside = range(passages.start - base, passages.stop - base)
        found = self._files[segment].passages_at(inside, place.start, place.end)
        return np.array(found, dtype=np.int64) + base

    def foreign_to(self, language: str) -> npt.NDArray[np.bool_]:
        """Return for each passage whether its language is known and another one, shape (passages_end,)."""
        if language not in self._foreign:
            foreign = np.zeros(self.passages_end, dtype=bool)
            spoken = (listing.language(number) for listing, number in self._held)
            others = [nth for nth, each in enumerate(spoken) if each not in (None, language)]
            foreign[self._passages_in(others)] = True
            self._foreign[language] = foreign
        return self._foreign[language]

    @lazy
    def vocabulary(self) -> Vocabulary:
        """The words of all documents; for a while after an update, those of former versions, too."""
        return Vocabulary(merged([file.words() for file in self._files]))

    def windows_with(self, keys: Sequence[str]) -> dict[str, int]:
        """Return a window that has each of some keys, whose document may be no longer valid; some have none."""
        found: dict[str, int] = {}
        for file, base in zip(self._files, self._window_bases, strict=False):
            found.update((key, base + window) for key, window in file.windows_with(keys).items())
        return found

    def split_document(self, path: str) -> list[Passage]:
        """Return a document's passages and windows as they were split."""
        found = self.passages(self.passages_in(path))
        if not found:
            return []
        ordinal = self.paths.ordinals[path]
        segment, first = self._held.segments[ordinal], found[0].first_window
        base = self._window_bases[segment]
        rows = self._files[segment].windows(range(first - base, found[-1].end_window - base))
        heads = [_head(packed) for _, _, packed in rows]
        text = self._text(ordinal)
        return [self._rebuilt(each, heads[each.first_window - first : each.end_window - first], text) for each in found]

    def ids(self, path: str) -> list[str]:
        """Return the stored ids of a document's passages."""
        return [each.id for each in self.passages(self.passages_in(path))]

    def segment_of(self, path: str) -> tuple[int, int]:
        """Return the segment of a document, and its number in it."""
        ordinal = self.paths.ordinals[path]
        return self._held.segments[ordinal], self._held.numbers[ordinal]

    def passages_by_segment(self) -> list[int]:
        """Return how many valid passages each segment has."""
        sizes = self._held.spans[:, 1] - self._held.spans[:, 0]
        counted = np.bincount(self._held.segments, weights=sizes, minlength=len(self._files))
        return [int(each) for each in counted]

    def base_of(self, segment: int) -> int:
        """Return the first passage of a segment."""
        return self._bases[segment]

    def passages_in(self, path: str) -> range:
        """Return the passages of a document; none if there is no such document."""
        ordinal = self.paths.ordinals.get(path)
        return range(0) if ordinal is None else range(self._held.firsts[ordinal], self._held.ends[ordinal])

    def window_count_of(self, path: str) -> int:
        """Return how many windows a document has."""
        passages = self.passages_in(path)
        return int(self._window_starts[passages.stop] - self._window_starts[passages.start])

    def _rebuilt(self, passage: StoredPassage, heads: Iterable[Span | None], text: str) -> Passage:
        made = []
        context = above(passage.document, passage.title, passage.section)
        for window, head in enumerate(heads, passage.first_window):
            sentences = tuple(self.sentences.of_window(window))
            span = Span(sentences[0].start, sentences[-1].end)
            made.append(Window(span, sentences, span.of(text), head, head.of(text) if head else "", context))
        return Passage(passage.document, passage.section, passage.span, passage.text, tuple(made))

    def _segment_of(self, passage: int) -> int:
        return bisect_right(self._bases, passage, hi=len(self._files)) - 1

    def _passages_in(self, documents: Iterable[int]) -> Ordinals:
        """Return the passages of some documents, in their order."""
        return concatenated(*self._held.spans[np.fromiter(documents, dtype=np.int64)].T)

    def _passage(self, segment: int, row: Row) -> StoredPassage:
        number, name, place, section, start, end, first, last, packed, first_record, end_record, outline = row
        home = int(self._homes[segment][place])
        head, span = _head(packed), Span(start, end)
        listing, document = self._held.at(home)
        windows, records = self._window_bases[segment], self._records[segment]
        return StoredPassage(
            self._bases[segment] + number,
            name,
            listing.paths[document],
            listing.title(document),
            _headings(section),
            span,
            span.of(self._text(home)),
            windows + first,
            windows + last,
            head,
            head.of(self._text(home)) if head else "",
            listing.language(document),
            range(records + first_record, records + end_record),
            outline,
        )

    @lazy
    def _homes(self) -> list[list[int]]:
        # Asked for every passage that is read: lists are faster than arrays.
        return [each.tolist() for each in self.ordinals_by_segment]


@lru_cache(maxsize=_REMEMBERED)
def _headings(packed: str) -> tuple[str, ...]:
    """Return the headings above a passage; the same stand above many."""
    return tuple(json.loads(packed))


def _head(packed: str) -> Span | None:
    # Few passages are below the head of a table.
    return None if packed == "[]" else Span(*json.loads(packed)[0])
