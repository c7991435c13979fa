"""Long texts in parts, so that only one of them has to be analysed at a time."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.document import Span

LONGEST_PART = 1 << 16
# Where a text may be cut, the best first: after a paragraph, a line that ends no half word, a sentence, a word. Searched from
# the end.
_CUTS = tuple(
    regex.compile(pattern, regex.REVERSE)
    for pattern in (r"\n\s*\n", r"(?<![-‐\u00ad][ \t]*\r?)\n", r"[.!?…]\s|[。！？]", r"\s")
)


def parts(text: str) -> Iterator[Span]:
    """Yield consecutive parts of a text, cut where no word, and if possible no sentence, goes on."""
    start = 0
    while len(text) - start > LONGEST_PART:
        end = start + LONGEST_PART
        middle = start + LONGEST_PART // 2
        cuts = (_last(cut, text, middle, end) for cut in _CUTS)
        end = next((cut for cut in cuts if cut is not None), end)
        yield Span(start, end)
        start = end
    if start < len(text):
        yield Span(start, len(text))


def _last(pattern: regex.Pattern[str], text: str, start: int, end: int) -> int | None:
    match = pattern.search(text, start, end)
    return match.end() if match else None
