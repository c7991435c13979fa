"""Where the sentences of the documents are, and which of them each window has; kept in memory, about 32 bytes a window.

Sentences are numbered from 0 in the order of the windows. The sentences of a window follow one another, and both the first and
the last of them grow from window to window (``corpus.splitting``), so the windows that have a sentence follow one another, too.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from citewell.document import Span
from citewell.lazy import lazy

Numbers = npt.NDArray[np.int64]
# Where some sentences start and end, shape (sentences, 2).
Bounds = npt.NDArray[np.int64]

# Little-endian, whatever the machine.
_STORED = np.dtype("<u4")


class SentencesWriter:
    """Collects the sentences of a new segment, document by document."""

    def __init__(self) -> None:
        self._spans = array("I")
        self._windows = array("I")
        self._numbers: dict[int, int] = {}

    def start_document(self) -> None:
        """Begin the next document."""
        self._numbers.clear()

    def add(self, sentences: Sequence[Span]) -> None:
        """Add the sentences of the next window of the document."""
        for each in sentences:
            if each.start not in self._numbers:
                self._numbers[each.start] = len(self._spans) // 2
                self._spans.extend((each.start, each.end))
        self._windows.extend((self._numbers[sentences[0].start], self._numbers[sentences[-1].start]))

    def packed(self) -> tuple[bytes, bytes]:
        """Return the spans of all sentences, and the first and the last sentence of each window."""
        spans, windows = (np.array(each, dtype=_STORED).tobytes() for each in (self._spans, self._windows))
        return spans, windows


class Spans(Sequence[Span]):
    """Spans in order, which do not overlap; few of them are ever looked at one by one.

    Args:
        bounds: Where each starts and ends.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds

    @lazy
    def starts(self) -> list[int]:
        """Where they start."""
        found: list[int] = self._bounds[:, 0].tolist()
        return found

    @lazy
    def ends(self) -> list[int]:
        """Where they end."""
        found: list[int] = self._bounds[:, 1].tolist()
        return found

    def __len__(self) -> int:
        return len(self._bounds)

    def __iter__(self) -> Iterator[Span]:
        return map(Span, self.starts, self.ends)

    @overload
    def __getitem__(self, at: int) -> Span: ...

    @overload
    def __getitem__(self, at: slice) -> Spans: ...

    def __getitem__(self, at: int | slice) -> Span | Spans:
        if isinstance(at, slice):
            return Spans(self._bounds[at])
        return Span(self.starts[at], self.ends[at])

    @lazy
    def whole(self) -> Span:
        """All of them, with what is between."""
        return Span(self._bounds.item(0), self._bounds.item(-1))


class PassageSentences(NamedTuple):
    """The sentences of a passage.

    ``spans`` and ``bounds`` are where they stand. ``firsts`` are the first window that has each, ``ends`` the one after the
    last.
    ``introduced`` is whether the first is that of its document.
    """

    spans: Spans
    bounds: Bounds
    firsts: Numbers
    ends: Numbers
    introduced: bool


class Sentences:
    """The sentences of one segment, or of a snapshot.

    Args:
        spans: Where each sentence starts and ends.
        firsts: The first sentence of each window.
        lasts: The last sentence of each window.

    Raises:
        ValueError: They do not fit together.
    """

    def __init__(self, spans: Bounds, firsts: Numbers, lasts: Numbers) -> None:
        self._spans, self._firsts, self._lasts = spans, firsts, lasts
        self.window_count = len(firsts)
        in_order = (np.diff(firsts) > 0).all() and (np.diff(lasts) > 0).all()
        if not in_order or (firsts > lasts).any() or (lasts >= len(spans)).any():
            raise ValueError("the sentences of its windows are out of order")

    @classmethod
    def unpacked(cls, spans: bytes, windows: bytes) -> Sentences:
        """Return the sentences that a writer has packed.

        Args:
            spans: The spans of all sentences.
            windows: The first and the last sentence of each window.

        Raises:
            ValueError: They do not fit together.
        """
        edges = np.frombuffer(windows, dtype=_STORED).reshape(-1, 2).astype(np.int64)
        bounds = np.frombuffer(spans, dtype=_STORED).reshape(-1, 2).astype(np.int64)
        return cls(bounds, edges[:, 0].copy(), edges[:, 1].copy())

    @classmethod
    def joined(cls, parts: Sequence[Sentences]) -> Sentences:
        """Return the sentences of segments that follow one another."""
        if len(parts) == 1:
            return parts[0]
        before = np.cumsum([0, *(len(part._spans) for part in parts)])
        firsts = [part._firsts + start for part, start in zip(parts, before, strict=False)]
        lasts = [part._lasts + start for part, start in zip(parts, before, strict=False)]
        spans = [part._spans for part in parts]
        return cls(np.concatenate(spans), np.concatenate(firsts), np.concatenate(lasts))

    def of_window(self, window: int) -> Spans:
        """Return the sentences of a window."""
        return self.spans(range(int(self._firsts[window]), int(self._lasts[window]) + 1))

    def span_of_window(self, window: int) -> Span:
        """Return where a window is, from its first sentence to its last."""
        return Span(int(self._spans[self._firsts[window], 0]), int(self._spans[self._lasts[window], 1]))

    def spans(self, numbers: range) -> Spans:
        """Return the spans of some sentences."""
        return Spans(self._spans[numbers.start : numbers.stop])

    def of_passage(self, span: Span, windows: range, *, introduced: bool) -> PassageSentences:
        """Return the sentences of a passage.

        Args:
            span: Its span.
            windows: The windows of its document.
            introduced: Whether it is the first of its document.
        """
        numbers = self.inside(span, windows)
        bounds = self._spans[numbers.start : numbers.stop]
        return PassageSentences(Spans(bounds), bounds, *self.windows_with(numbers), introduced)

    def inside(self, span: Span, windows: range) -> range:
        """Return the sentences inside a span, given the windows of its document."""
        first, end = int(self._firsts[windows.start]), int(self._lasts[windows.stop - 1]) + 1
        starts = self._spans[first:end, 0]
        start, stop = starts.searchsorted([span.start, span.end]).tolist()
        return range(first + start, first + stop)

    def windows_with(self, numbers: range) -> tuple[Numbers, Numbers]:
        """Return the first window that has each of some sentences, and the one after the last."""
        asked = np.arange(numbers.start, numbers.stop)
        firsts: Numbers = self._lasts.searchsorted(asked)
        ends: Numbers = self._firsts.searchsorted(asked, side="right")
        return firsts, ends
