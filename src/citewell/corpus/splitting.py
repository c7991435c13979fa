"""Document to windows to passages, sentence by sentence, measured in the encoder's own tokens.

A window starts at every sentence and takes the following ones until the next would not fit. Each window grows on both sides, as
far as its section and the size of a passage allow; the result is its passage. So an answer is inside a passage, never cut by a
grid. Neighbouring windows overlap, and so do their passages; search shows no text twice. The document is tokenised once; every
length is a subtraction.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import regex

from citewell.document import Document, Passage, Section, Span, Window, above
from citewell.settings import Splitting
from citewell.text.graphemes import Graphemes
from citewell.text.sentences import sentences

# A few tokens are longer than this: an encoder turns a line of base64 into one "unknown" token. Such a token counts as several,
# by its length, so that the size of a passage is limited.
_LONGEST_TOKEN = 16
# White space, control characters and characters without width are not tokens; longer runs than this count as some.
_LONGEST_GAP = 128

TokenOffsets = Callable[[str], npt.NDArray[np.int64]]


class TokenRuler:
    """Measures spans of one text in tokens.

    Args:
        offsets: Where each token starts and ends in the text, shape (n, 2), in order, in code points.
        length: The length of the text; the part after the last token is measured up to there.
    """

    def __init__(self, offsets: npt.NDArray[np.int64], length: int = 0) -> None:
        starts, ends = offsets[:, 0], offsets[:, 1]
        tokens = _in_steps(starts, np.maximum(1, -(-(ends - starts) // _LONGEST_TOKEN)), _LONGEST_TOKEN)
        before = np.concatenate([[0], ends])
        gaps = np.concatenate([starts, [length]]) - before
        empty = _in_steps(before + _LONGEST_GAP, np.maximum(0, (gaps - 1) // _LONGEST_GAP), _LONGEST_GAP)
        self._starts: list[int] = np.sort(np.concatenate([tokens, empty])).tolist()

    def __call__(self, span: Span) -> int:
        """Return how many tokens start in the span."""
        return bisect_left(self._starts, span.end) - bisect_left(self._starts, span.start)


def _in_steps(starts: npt.NDArray[np.int64], times: npt.NDArray[np.int64], step: int) -> npt.NDArray[np.int64]:
    """Return each start ``times`` times, each time one step further."""
    nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    found: npt.NDArray[np.int64] = np.repeat(starts, times) + step * nth
    return found


def split(document: Document, splitting: Splitting, token_offsets: TokenOffsets) -> list[Passage]:
    """Split a document into passages and their windows.

    Args:
        document: The document, with its sections.
        splitting: The sizes.
        token_offsets: The encoder's tokeniser: text to an array of shape (n, 2).

    Returns:
        Passages, each inside one section, with their windows; together the windows contain every sentence.
    """
    graphemes = Graphemes(document.text)
    ruler = TokenRuler(token_offsets(document.text), len(document.text))
    cutter = _Cutter(document.text, ruler, graphemes, document.language)
    return [
        passage for section in document.sections for passage in _section_passages(document, section, splitting, cutter)
    ]


def entitled(passages: Sequence[Passage], title: str) -> list[Passage]:
    """Return the passages that a document has with a title, given those that it has with another one, or the same.

    Args:
        passages: Its passages.
        title: Its title, which stands above their windows.
    """
    return [replace(each, windows=_under(above(each.document, title, each.section), each.windows)) for each in passages]


def _under(context: str, windows: tuple[Window, ...]) -> tuple[Window, ...]:
    return tuple(each if each.above == context else replace(each, above=context) for each in windows)


def slide(sizes: Sequence[int], limit: int, most: int) -> Iterator[slice]:
    """Start a group at every item and add the following items while they fit.

    Args:
        sizes: The size of each item.
        limit: The largest sum of a group; a larger item is a group of its own.
        most: The largest number of items in a group.

    Yields:
        Slices that cover all items, in order, none inside another.
    """
    end, total = 0, 0
    for start in range(len(sizes)):
        reached = end
        if start == end:
            end, total = start + 1, sizes[start]
        while end < len(sizes) and end - start < most and total + sizes[end] <= limit:
            total += sizes[end]
            end += 1
        if end > reached:
            yield slice(start, end)
        total -= sizes[start]


def grow(sizes: Sequence[int], leads: Sequence[int], group: slice, limit: int) -> slice:
    """Widen a group on both sides equally, as long as the next item fits.

    Args:
        sizes: The size of each item, including the gap before it.
        leads: The size of the gap before each item, which does not count for the first of a group.
        group: The initial group.
        limit: The largest sum.
    """
    start, end = group.start, group.stop
    room = limit - sum(sizes[group]) + leads[start]
    before = after = 0
    while True:
        more = sizes[start - 1] - leads[start - 1] + leads[start] if start > 0 else limit + 1
        left = more <= room
        right = end < len(sizes) and sizes[end] <= room
        if left and (before <= after or not right):
            start -= 1
            before += more
            room -= more
        elif right:
            after += sizes[end]
            room -= sizes[end]
            end += 1
        else:
            return slice(start, end)


def _section_passages(document: Document, section: Section, splitting: Splitting, cutter: _Cutter) -> Iterator[Passage]:
    found = [
        (piece, block.head)
        for block in section.blocks
        for sentence in sentences(document.text, block, cutter.graphemes, cutter.language)
        if not block.head or sentence.start >= block.head.end
        for piece in cutter.cut(sentence, min(splitting.sentence_tokens, splitting.passage_tokens))
    ]
    pieces, heads = [piece for piece, _ in found], [head for _, head in found]
    leads = cutter.leads(pieces)
    # A piece without a token counts as one; otherwise a window and its passage could include any number of them.
    sizes = [lead + max(1, cutter.ruler(piece)) for lead, piece in zip(leads, pieces, strict=True)]
    homes: dict[tuple[int, int], list[slice]] = {}
    for window in slide(sizes, splitting.window_tokens, splitting.window_sentences):
        grown = grow(sizes, leads, window, splitting.passage_tokens)
        homes.setdefault((grown.start, grown.stop), []).append(window)
    context = above(document.path, document.title, section.path)
    for (first, end), windows in homes.items():
        span = Span(pieces[first].start, pieces[end - 1].end)
        yield Passage(
            document=document.path,
            section=section.path,
            span=span,
            text=span.of(document.text),
            windows=tuple(_window(pieces[window], heads[window], document.text, context) for window in windows),
        )


def _window(sentences: Sequence[Span], heads: Sequence[Span | None], text: str, context: str) -> Window:
    span = Span(sentences[0].start, sentences[-1].end)
    # The head inside a window, between a sentence and the first row, is part of its text.
    head = next((head for head in heads if head and not span.overlaps(head)), None)
    return Window(span, tuple(sentences), span.of(text), head, head.of(text) if head else "", context)


class _Cutter:
    """Cuts a sentence that is too long: at words, or between graphemes if a single word is too long."""

    def __init__(self, text: str, ruler: TokenRuler, graphemes: Graphemes, language: str | None) -> None:
        self.text = text
        self.ruler = ruler
        self.graphemes = graphemes
        self.language = language

    def leads(self, pieces: Sequence[Span]) -> list[int]:
        """Return the number of tokens between each piece and the previous one (a list marker); 0 for the first."""
        return [0] * len(pieces[:1]) + [self.ruler(Span(one.end, other.start)) for one, other in pairwise(pieces)]

    def cut(self, span: Span, limit: int) -> Iterator[Span]:
        """Yield the span, or pieces of it of about equal size, none longer than ``limit`` tokens."""
        size = self.ruler(span)
        if size <= limit:
            yield span
            return
        target = -(-size // -(-size // limit))
        words = [piece for word in self._words(span) for piece in self._cut_word(word, target)]
        sizes = [lead + self.ruler(word) for lead, word in zip(self.leads(words), words, strict=True)]
        for group in _pack(sizes, target):
            yield Span(words[group][0].start, words[group][-1].end)

    def _words(self, span: Span) -> Iterator[Span]:
        start = span.start
        for gap in regex.finditer(r"\s+", self.text, pos=span.start, endpos=span.end):
            # White space with a combining accent is not a gap: it looks like a character.
            if all(self.graphemes.ceil(edge) == edge for edge in gap.span()):
                yield Span(start, gap.start())
                start = gap.end()
        yield Span(start, span.end)

    def _cut_word(self, word: Span, limit: int) -> Iterator[Span]:
        if self.ruler(word) <= limit:
            yield word
            return
        # Token starts are distinct, so a piece of `limit` characters has at most `limit` tokens.
        start = word.start
        while start < word.end:
            end = self.graphemes.floor(min(start + limit, word.end))
            if end <= start:
                end = self.graphemes.ceil(start + 1)
            yield Span(start, end)
            start = end


def _pack(sizes: Sequence[int], limit: int) -> Iterator[slice]:
    """Group consecutive items greedily; an item larger than the limit is a group of its own."""
    start, total = 0, 0
    for at, size in enumerate(sizes):
        if at > start and total + size > limit:
            yield slice(start, at)
            start, total = at, 0
        total += size
    if start < len(sizes):
        yield slice(start, len(sizes))
