"""The BM25 index of a snapshot in PostgreSQL (`lexical_queries.LexicalIndex`): postings are fetched, and summed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from citewell.errors import IndexDamagedError
from citewell.index.lexical_queries import FORMS, PARTS
from citewell.index.numbering import Numbering, Ordinals
from citewell.index.postgres.connecting import SnapshotConnections
from citewell.index.postgres.matching import All, Any, Following, Listed, Matches, Node, OneWord, Posting, Scored, Word
from citewell.index.postgres.packed import (
    FREQUENCIES,
    KEPT_LENGTHS,
    LENGTHS,
    PASSAGES,
    POSITIONS,
    positions_seal,
    posting_seal,
)
from citewell.index.sealing import seal, seal_bytes
from citewell.index.segment_rows import Row
from citewell.index.settled import Scores, best_of
from citewell.index.soundness import Soundness
from citewell.lazy import lazy
from citewell.recent import Recent

K1, B = np.float32(1.2), np.float32(0.75)
_COUNTED, _KEPT = 1 << 16, 1 << 8
_IN_NONE = {FORMS: 0}
_COUNTS = (
    "SELECT field, form, sum(count)::int8 FROM postings"
    " WHERE segment = ANY(%s) AND field = ANY(%s) AND form = ANY(%s) GROUP BY shard, field, form"
)
_POSTINGS = (
    "SELECT field, form, segment, block, count, passages, frequencies, seal{positions} FROM postings"  # noqa: S608 - our own words
    f" WHERE segment = ANY(%s) AND (field = '{FORMS}' AND form = ANY(%s) OR field = '{PARTS}' AND form = ANY(%s))"
)
_WITH_POSITIONS = _POSTINGS.format(positions=", positions, positions_seal")
_WITHOUT_POSITIONS = _POSTINGS.format(positions="")


class PostingTables:
    """The postings of the segments of a snapshot. Thread-safe.

    Args:
        connections: The database.
        segments: The number of each segment there.
        numbering: The numbers of the passages.
        sizes: How many passages each segment has.
        valid: Of each passage, whether its document is still valid; None is that all are.
        soundness: Where damage is reported.
    """

    def __init__(
        self,
        connections: SnapshotConnections,
        segments: Sequence[int],
        numbering: Numbering,
        sizes: Sequence[int],
        valid: npt.NDArray[np.bool_] | None,
        soundness: Soundness,
    ) -> None:
        self._connections = connections
        self._segments = list(segments)
        self._numbering = numbering
        self._sizes = dict(zip(segments, sizes, strict=True))
        self._bases = dict(zip(segments, np.cumsum([0, *sizes]).tolist(), strict=False))
        self._valid = valid
        self._soundness = soundness
        self.all = sum(sizes)
        self.count = self.all if valid is None else int(np.count_nonzero(valid))
        self._counted: Recent[str, Mapping[str, int]] = Recent(_COUNTED)
        self._kept: Recent[Word, Posting] = Recent(_KEPT)
        self._placed: Recent[Word, Posting] = Recent(_KEPT)
        self._last: tuple[Node, Matches] | None = None

    def damaged(self, reason: object) -> IndexDamagedError:
        """Report damage, and return it as an error."""
        return self._soundness.mark_damaged(
            f"the words of the index in {self._connections.address} are damaged: {reason}"
        )

    def expect(self, forms: Iterable[str]) -> None:
        """Count how many passages have some forms, which will be asked for, in one question."""
        missing = [form for form in dict.fromkeys(forms) if self._counted.get(form) is None]
        if missing:
            self._count(missing)

    def all_with(self, field: str, form: str) -> int:
        """Return how many passages have a form, as it is scored (`LexicalIndex.all_with`)."""
        known = self._counted.get(form) or self._count([form])[form]
        return known.get(field, 0)

    def _count(self, forms: list[str]) -> dict[str, dict[str, int]]:
        """Return how many passages have each of some forms, in each field."""
        found: dict[str, dict[str, int]] = {form: {} for form in forms}
        for field, form, count in self._connections.all(_COUNTS, (self._segments, [FORMS, PARTS], forms)):
            # Each shard has counted its own.
            found[form][field] = found[form].get(field, 0) + int(count)
        for form, counts in found.items():
            self._counted.put(form, counts or _IN_NONE)
        return found

    def frequency(self, field: str, form: str) -> int:
        """Return how many passages have a form (`LexicalIndex.frequency`)."""
        found = self.all_with(field, form)
        if not 0 < found <= self.all - self.count:
            return found
        self._fetch([(field, form)], with_positions=False)
        return len(self.posting((field, form)).ordinals)

    def search(self, query: Node, count: int) -> tuple[Ordinals, Scores]:
        """Return the marks of the best passages for a query, and their scores (`LexicalIndex.search`)."""
        found = self._matches(query)
        ordinals, scores = found.ordinals, found.scores
        if count < len(scores):
            least = np.partition(scores, len(scores) - count)[len(scores) - count]
            ordinals, scores = ordinals[scores >= least], scores[scores >= least]
        ordinals, scores = best_of(ordinals, scores, count)
        order = np.argsort(ordinals)
        marks = np.empty_like(ordinals)
        marks[order] = self._numbering.marks(ordinals[order])
        return marks, scores

    def passages_with(self, query: Node) -> int:
        """Return how many valid passages match a query."""
        return len(self._matches(query).ordinals)

    def _matches(self, query: Node) -> Matches:
        # A search that has to look for more of the same asks again.
        last = self._last
        if last is None or last[0] is not query:
            words = list(query.words())
            for with_positions in (False, True):
                self._fetch([word for word, placed in words if placed is with_positions], with_positions=with_positions)
            last = self._last = query, query.matches(self, None)
        return last[1]

    def _fetch(self, words: Iterable[Word], *, with_positions: bool) -> None:
        """Read the postings of some words that are not remembered, in one question."""
        kept = self._placed if with_positions else self._kept
        missing = [word for word in dict.fromkeys(words) if kept.get(word) is None]
        if not missing:
            return
        forms, parts = ([form for field, form in missing if field == asked] for asked in (FORMS, PARTS))
        query = _WITH_POSITIONS if with_positions else _WITHOUT_POSITIONS
        found: dict[Word, list[Row]] = {word: [] for word in missing}
        for row in self._connections.all(query, (self._segments, forms, parts)):
            found[row[0], row[1]].append(row)
        for word, rows in found.items():
            kept.put(word, self._unpacked(word, rows))

    def _unpacked(self, word: Word, rows: list[Row]) -> Posting:
        """Return the postings of a word in all segments, without those of passages that are no longer valid."""
        parts = [self._of_block(word, row) for row in sorted(rows, key=lambda row: (row[2], row[3]))]
        nothing = np.zeros(0, dtype=np.int64)
        ordinals, frequencies, positions = (
            np.concatenate([nothing, *each]) for each in (zip(*parts, strict=True) if parts else ([], [], []))
        )
        if self._valid is not None:
            valid = self._valid[ordinals]
            if len(positions):
                positions = positions[np.repeat(valid, frequencies)]
            ordinals, frequencies = ordinals[valid], frequencies[valid]
        return Posting(ordinals, frequencies, positions)

    def _of_block(self, word: Word, row: Row) -> tuple[npt.NDArray[np.int64], ...]:
        segment, block, count, passages, frequencies, written = row[2:8]
        if written != posting_seal(*word, block, count, passages, frequencies):
            raise self.damaged(f"the passages with {word[1]!r} have changed")
        positions = row[8] if len(row) > 8 else b""
        if len(row) > 8 and row[9] != positions_seal(*word, block, positions):
            raise self.damaged(f"the places of {word[1]!r} have changed")
        numbers, often, places = (
            np.frombuffer(packed, dtype=kind).astype(np.int64)
            for packed, kind in ((passages, PASSAGES), (frequencies, FREQUENCIES), (positions, POSITIONS))
        )
        if len(numbers) != count or len(often) != count or (numbers >= self._sizes[segment]).any():
            raise self.damaged(f"there are other passages with {word[1]!r} than it says")
        return numbers + self._bases[segment], often, places

    def posting(self, word: Word) -> Posting:
        """Return the passages that have a word, which was fetched (`matching.Postings`)."""
        return self._had(word, with_positions=False)

    def placed(self, word: Word) -> Posting:
        """Return the passages that have a word, which was fetched, with its positions (`matching.Postings`)."""
        return self._had(word, with_positions=True)

    def _had(self, word: Word, *, with_positions: bool) -> Posting:
        kept = self._placed if with_positions else self._kept
        found = kept.get(word)
        if found is None:
            # Other questions have pushed it out since.
            self._fetch([word], with_positions=with_positions)
            found = kept.get(word)
        return found or Posting(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    def scores(self, word: Word, posting: Posting) -> Scores:
        """Return what each passage scores for a word (`matching.Postings`)."""
        codes, factors = self._lengths
        having = self.all_with(*word)
        rarity = np.log(np.float32(1) + np.float32(self.all - having + 0.5) / np.float32(having + 0.5))
        often = posting.frequencies.astype(np.float32)
        weight = np.float32(rarity) * (np.float32(1) + K1)
        scores: Scores = weight * (often / (often + factors[codes[posting.ordinals]]))
        return scores

    @lazy
    def _lengths(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        """The length of each passage as a byte, and what each such length adds to how often it has a word."""
        query = "SELECT segment, ordinal, tokens, codes, seal FROM lengths WHERE segment = ANY(%s) ORDER BY segment"
        found: list[npt.NDArray[np.uint8]] = []
        tokens = 0
        for _, ordinal, theirs, codes, written in self._connections.all(query, (self._segments,)):
            if written != seal(LENGTHS, ordinal, theirs, seal_bytes(codes)):
                raise self.damaged("the lengths of its passages have changed")
            tokens += theirs
            found.append(np.frombuffer(codes, dtype=np.uint8))
        every = np.concatenate([np.zeros(0, dtype=np.uint8), *found])
        if len(every) != self.all:
            raise self.damaged("the lengths of some passages are missing")
        mean = np.float32(tokens) / np.float32(max(1, self.all))
        return every, K1 * (
            np.float32(1) - B + B * KEPT_LENGTHS.astype(np.float32) / np.maximum(mean, np.float32(1e-9))
        )

    def term(self, field: str, form: str) -> Node:
        """Return a query for a form in a field."""
        return OneWord((field, form))

    def phrase(self, field: str, words: Sequence[str], slop: int = 0) -> Node:
        """Return a query for words that follow one another."""
        return Following(tuple((field, word) for word in words), slop)

    def any_of(self, queries: Sequence[Node]) -> Node:
        """Return a query for the passages that match any of some queries; it scores the sum."""
        return Any(tuple(queries))

    def all_of(self, queries: Sequence[Node], optional: Sequence[Node] = ()) -> Node:
        """Return a query for the passages that match all of some queries; it scores the sum, with that of optional ones."""
        return All(tuple(queries), tuple(optional))

    def best_of(self, queries: Sequence[Node]) -> Node:
        """Return a query for the passages that match any of some queries; it scores the best."""
        return Any(tuple(queries), is_best=True)

    def scoring(self, query: Node, score: float) -> Node:
        """Return a query that gives each passage that matches another the same score."""
        return Scored(query, score)

    def times(self, query: Node, factor: float) -> Node:
        """Return a query that scores another times a factor."""
        return Scored(query, factor, is_factor=True)

    def among(self, marks: Ordinals) -> Node:
        """Return a query for some passages, by their marks."""
        return Listed(self._numbering.ordinals(marks))

    def from_to(self, first: int, last: int) -> Node:
        """Return a query for the passages from one to another, by their marks; they are of one segment."""
        start, end = self._numbering.ordinals(np.array([first, last], dtype=np.int64)).tolist()
        every = np.arange(start, end + 1, dtype=np.int64)
        return Listed(every if self._valid is None else every[self._valid[every]])
