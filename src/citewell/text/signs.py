"""What is not cut inside: Markdown's signs, addresses, and quotations within a sentence."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import regex

# Bounded, so that an opening sign without its end is not looked through the whole text for each of them.
_SIGNS = regex.compile(
    r"""
      !?\[\[[^\[\]\n]{1,300}\]\]                                                  # ![[map.png]]
    | !?\[(?:[^\[\]\\]|\\.){0,300}\](?:\([^()\n]{0,300}(?:\([^()\n]{0,100}\)[^()\n]{0,100})?\)|\[[^\[\]\n]{0,100}\])
    | (?<!`)(`{1,3})(?!`)[^`\n]{1,300}\1(?!`)
    | <[\p{L}/!][^<>\n]{0,300}>
    | \b(?:https?://|www\.)[^\s<>]{1,500}
    | (?m:^)[ \t]*(?:!!!|\?\?\?)\+?[ \t]+\w{1,40}                                    # !!! warning
    """,
    regex.VERBOSE,
)
FOOTNOTE = regex.compile(r"(?:\[\^[^\[\]\s]{1,60}\])+")
# One pair a language: “…”, „…“, »…«, «…», ‹…›, 「…」, 『…』, and the sign that opens and closes.
_QUOTED = regex.compile(
    r"“[^“”\n]*”|„[^„“”\n]*[“”]|«[^«»\n]*»|»[^«»\n]*«|‹[^‹›\n]*›|「[^「」\n]*」|『[^『』\n]*』|”[^”\n]*”|\"[^\"\n]*\""
)
_IDEOGRAPHIC = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")


class Whole:
    """The parts of a text that are not cut inside."""

    def __init__(self, piece: str) -> None:
        spans = [match.span() for match in _SIGNS.finditer(piece)]
        # With the character after it: the sentence is not cut behind the quotation either.
        spans.extend((start, end + 1) for start, end in _quotations(piece) if _goes_on(piece, start, end))
        self._spans = sorted(_disjoint(spans))
        self._starts = [start for start, _ in self._spans]

    def outside(self, cuts: Iterable[int]) -> Iterator[int]:
        """Yield the cuts that are inside none of them."""
        for cut in cuts:
            nth = bisect_right(self._starts, cut - 1) - 1
            if nth < 0 or cut >= self._spans[nth][1]:
                yield cut


def _quotations(piece: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _QUOTED.finditer(piece))


def _disjoint(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join spans that overlap."""
    first = end = -1
    for start, stop in sorted(spans):
        if start >= end:
            if end > first:
                yield first, end
            first = start
        end = max(end, stop)
    if end > first:
        yield first, end


def _goes_on(piece: str, start: int, end: int) -> bool:
    """Return whether the sentence continues after a quotation: “Stop. Go home.” and left; 「行け。」と言った."""
    after = piece[end : end + 4].lstrip()
    if after[:1] in {"\N{EM DASH}", "\N{EN DASH}", "-"}:
        after = after[1:].lstrip()
    if after[:1].islower() or after[:1] in {",", ";", "、", "，"}:
        return True
    # Chinese and Japanese leave no space; what a colon introduces can end the sentence.
    return bool(_IDEOGRAPHIC.match(piece[end : end + 1])) and piece[max(0, start - 1) : start] not in {"：", ":"}
