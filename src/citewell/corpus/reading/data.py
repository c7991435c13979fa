"""Leaves out what holds no language: embedded images, keys, attachments, long hexadecimal numbers.

It is recognised by its shape: a long run, or lines of equal length, in the alphabet of an encoding, in which capitals, small
letters and digits change as often as in random bytes. Words, URLs, paths and sequences of DNA do not. Nothing is cut out of the
text; it only is in no block, and a section ends before it, so that no passage contains it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

import regex

from citewell.corpus.reading.outline import section, trimmed
from citewell.document import Block, Section, Span

_RUN = regex.compile(r"[A-Za-z0-9+/_=-]{80,}+")
_URI = regex.compile(r"data:(?:[\w.+-]++/[\w.+-]++)?(?:;[\w.+=-]++)*+,[^\s\"'<>()]{80,}+")
_LINE = regex.compile(r"(?<![^\r\n])[ \t>]*+(?P<code>[A-Za-z0-9+/]{30,}+={0,2})[ \t]*+(?![^\r\n])")
_LAST_LINE = regex.compile(
    r"(?:\r\n|\n|\r)[ \t>]*+(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2,3}={1,2})?[ \t]*+(?![^\r\n])"
)
_CHECKSUM = regex.compile(r"(?:\r\n|\n|\r)[ \t>]*+=[A-Za-z0-9+/]{4}[ \t]*+(?![^\r\n])")
_ARMOUR = regex.compile(
    r"(?<![^\r\n])-----BEGIN [A-Z0-9 ]++-----[ \t]*+[\r\n]++(?P<code>(?:[A-Za-z0-9+/=]++[ \t]*+[\r\n]++)++)-----END "
)
_UUENCODED = regex.compile(
    r"(?<![^\r\n])begin [0-7]{3} [^\r\n]++[\r\n]++(?P<code>(?:[!-M][ -`]{1,60}+[\r\n]++)++(?:[ `][\r\n]++)?)end(?![^\r\n])"
)
_HEXADECIMAL = regex.compile(r"[0-9a-f]++|[0-9A-F]++")
_CLASSES = str.maketrans(
    {
        **{chr(at): "a" for at in range(97, 123)},
        **{chr(at): "A" for at in range(65, 91)},
        **dict.fromkeys("0123456789", "0"),
    }
)
# Of neighbours in Base64 of random bytes, 0.64 are of different kinds; in names joined of words, some 0.3.
_CHANGES = 0.45
# In hexadecimal numbers, 0.47 of them are, and nothing else has only their signs.
_HEXADECIMAL_CHANGES = 0.2
_SHORTEST = 80
_LONGEST_URL = 2_000
# The brackets and quotes of the markup around an address.
_BEFORE = regex.compile(r"[\](<\"'=]*+\Z")
_AFTER = regex.compile(r"[)>\"']*+")
_MARKUP = 8
_MARKUP_OF_LINE = 200


def without_data(text: str, sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return sections without the parts that hold no language; a section is divided at each.

    Args:
        text: The document's text.
        sections: Its sections.
    """
    data = list(data_spans(text))
    if not data:
        return tuple(sections)
    starts = [span.start for span in data]
    return tuple(part for each in sections for part in _divided(text, each, data, starts))


def data_spans(text: str) -> Iterator[Span]:
    """Yield the spans that hold no language, in order and disjoint."""
    end = 0
    for span in sorted([*_uris(text), *_runs(text), *_lines(text), *_named(text)]):
        if span.end > end:
            yield Span(max(end, span.start), span.end)
            end = span.end


def _uris(text: str) -> Iterator[Span]:
    for match in _URI.finditer(text):
        before = _BEFORE.search(text, max(0, match.start() - _MARKUP), match.start())
        after = _AFTER.match(text, match.end(), match.end() + _MARKUP)
        yield Span(before.start() if before else match.start(), after.end() if after else match.end())


def _runs(text: str) -> Iterator[Span]:
    for match in _RUN.finditer(text):
        if _is_random(match[0]) and not _in_url(text, match.start()):
            yield Span(*match.span())


def _in_url(text: str, at: int) -> bool:
    """Return whether a position is inside an address, such as its long name of a file."""
    before = text[max(0, at - _LONGEST_URL) : at]
    return "://" in before and not before[-1:].isspace() and "://" in before.split()[-1]


def _lines(text: str) -> Iterator[Span]:
    """Yield lines of equal length, with the shorter last one and the checksum of OpenPGP."""
    group: list[regex.Match[str]] = []
    for match in [*_LINE.finditer(text), None]:
        follows = match and group and not text[group[-1].end() : match.start()].strip()
        if match and follows and len(match["code"]) == len(group[0]["code"]):
            group.append(match)
            continue
        if len(group) > 1 and _is_random("".join(each["code"] for each in group)):
            end = group[-1].end()
            # Limited, because a search for the sign that a pattern needs would go through the whole text.
            limit = 2 * len(group[0][0]) + _MARKUP_OF_LINE
            for more in (_LAST_LINE, _CHECKSUM):
                found = more.match(text, end, end + limit)
                end = found.end() if found else end
            yield Span(group[0].start(), end)
        group = [match] if match else []


def _named(text: str) -> Iterator[Span]:
    """Yield what stands between the marks of PEM, OpenPGP and uuencode, where even one short line is data."""
    for pattern in (_ARMOUR, _UUENCODED):
        yield from (Span(*match.span("code")) for match in pattern.finditer(text))


def _is_random(code: str) -> bool:
    """Return whether the kinds of characters change as in random bytes."""
    if len(code) < _SHORTEST:
        return False
    kinds = code.translate(_CLASSES)
    changes = sum(one != other for one, other in pairwise(kinds)) / (len(kinds) - 1)
    if _HEXADECIMAL.fullmatch(code):
        return changes >= _HEXADECIMAL_CHANGES
    return {"a", "A", "0"} <= set(kinds) and changes >= _CHANGES


def _divided(text: str, whole: Section, data: Sequence[Span], starts: Sequence[int]) -> Iterator[Section]:
    """Yield the parts of a section between data; a heading that is left alone is text."""
    blocks = [
        (bisect_right(starts, span.start), block if span == block.span else Block(span, block.kind))
        for block in whole.blocks
        for span in _outside(text, block.span, data, starts)
    ]
    heading = whole.heading
    for _, part in groupby(blocks, key=lambda each: each[0]):
        yield section(whole.path, heading, [block for _, block in part])
        heading = None
    if not blocks and heading:
        yield section(whole.path[:-1], None, [Block(heading)])


def _outside(text: str, span: Span, data: Sequence[Span], starts: Sequence[int]) -> Iterator[Span]:
    """Yield the parts of a span outside data that have a letter or a digit; without data, the span itself."""
    nth = max(0, bisect_right(starts, span.start) - 1)
    inside = []
    while nth < len(data) and data[nth].start < span.end:
        inside += [data[nth]] if data[nth].overlaps(span) else []
        nth += 1
    if not inside:
        yield span
        return
    edges = [span.start, *(edge for each in inside for edge in (each.start, each.end)), span.end]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        part = trimmed(text, start, max(start, end))
        if any(character.isalnum() for character in part.of(text)):
            yield part
