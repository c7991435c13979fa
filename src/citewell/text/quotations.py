"""Where a quotation stands in a text: word for word, or, if it was copied with small changes, the most similar place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex
from rapidfuzz import fuzz

from citewell.document import Span

# Similarity (partial Indel, in per cent) from which a text is suggested, and from which it counts as the same words.
ALIKE = 60.0
SAME_WORDS = 85.0
_SPACE = regex.compile(r"\s+")
_WORD = regex.compile(r"\S+")
_BARE_WORD = regex.compile(r"\w+")


def occurrences(quote: str, text: str, most: int | None = None) -> list[int]:
    """Return where a quotation starts in a text, word for word; at most so many places."""
    starts: list[int] = []
    at = text.find(quote)
    while at >= 0 and (most is None or len(starts) < most):
        starts.append(at)
        at = text.find(quote, at + 1)
    return starts


def places_in_any_spacing(quote: str, text: str, most: int) -> list[Span]:
    """Return where a quotation stands in a text with the same words, whatever their white space; at most so many places."""
    starts = occurrences(_SPACE.sub(" ", quote.strip()), _SPACE.sub(" ", text), most)
    length = len(_SPACE.sub(" ", quote.strip()))
    if not starts:
        return []
    edges = sorted({edge for start in starts for edge in (start, start + length)})
    place = dict(zip(edges, _unspaced(edges, text), strict=True))
    return [Span(place[start], place[start + length]) for start in starts]


def _unspaced(edges: Sequence[int], text: str) -> Iterator[int]:
    """Yield the places in a text of some places, in order, in the text with its white space made single."""
    gaps = _SPACE.finditer(text)
    removed = 0
    gap = next(gaps, None)
    for edge in edges:
        while gap and gap.start() - removed < edge:
            removed += len(gap[0]) - 1
            gap = next(gaps, None)
        yield edge + removed


def nearest(quote: str, text: str) -> tuple[Span, float] | None:
    """Return the place of a text that is most similar to a quotation, in whole words, and the similarity in per cent."""
    aligned = fuzz.partial_ratio_alignment(quote, text, score_cutoff=ALIKE)
    if aligned is None or len(quote) > len(text):
        return None
    # Inserted or deleted words shift the ends of the best alignment, so ends of nearby words are tried.
    around = max(0, aligned.dest_start - 200), aligned.dest_end + 200
    words = [match.span() for word in (_WORD, _BARE_WORD) for match in word.finditer(text, *around)]
    spans = [
        Span(start, end)
        for start in _near_edges([start for start, _ in words], aligned.dest_start)
        for end in _near_edges([end for _, end in words], aligned.dest_end)
        if start < end
    ] or [Span(aligned.dest_start, aligned.dest_end)]
    best = max(spans, key=lambda span: fuzz.ratio(quote, span.of(text)))
    return best, fuzz.ratio(quote, best.of(text))


def _near_edges(edges: Sequence[int], place: int) -> list[int]:
    return sorted(sorted(set(edges), key=lambda edge: abs(edge - place))[:8])
