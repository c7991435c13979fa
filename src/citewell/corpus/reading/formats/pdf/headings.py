"""Headings by their type: larger or bolder than the text, rare, short and alone. A wrong heading is worse than none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import regex

from citewell.corpus.reading.formats.pdf.flow import Chunk, is_heavier
from citewell.corpus.reading.formats.pdf.words import Line, Style

_LONGEST = 150
_MOST_WORDS = 18
_MOST_LINES = 3
_LARGER, _MUCH_LARGER = 1.08, 1.25
# Share of the letters: what is larger or bolder in more of a document is no heading.
_MOST_SHARE, _MOST_SHARE_SHORT, _SHORT = 0.12, 0.3, 3000
_MORE_SPACE = 1.15
_FAR = 1.8
_LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}]|\p{Lo}")
_LETTER = regex.compile(r"\p{L}")
_LONGEST_TAGGED, _MOST_TAGGED = 300, 0.4
_ENDS = regex.compile(r"[.,;:…。、，；：]$")
NUMBERED = regex.compile(r"(?:(?:\p{Lu}|\d{1,3})(?:\.\d{1,3})*\.?|[IVXLC]{1,6}\.)\s+(?=\S)")
_CAPTION = regex.compile(r"\p{Lu}\p{L}+\.?\s\d+(?:\.\d+)*[.:]?(?:\s|$)")
# Chunks, such as a date and a name, that may stand before a title.
_TITLE_WITHIN = 8
_COUNTED = regex.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?\s")

Look = tuple[float, int, bool]


def body_of(lines: Sequence[Line]) -> Style:
    """Return the style of most of a document's letters."""
    share: Counter[Style] = Counter()
    for line in lines:
        share[line.style] += sum(len(word.text) for word in line.words)
    sizes: Counter[float] = Counter()
    for style, count in share.items():
        sizes[round(style.size * 2) / 2] += count
    if not sizes:
        return Style(10, 400)
    size = max(sizes, key=lambda each: (sizes[each], -each))
    return max((style for style in share if round(style.size * 2) / 2 == size), key=lambda style: share[style])


def mark_headings(chunks: Sequence[Chunk], body: Style) -> None:
    """Make headings of the chunks that look like some, and give them levels.

    Args:
        chunks: All chunks of a document in reading order; changed in place.
        body: The style of its text.
    """
    share: Counter[Look] = Counter()
    for chunk in chunks:
        for line in chunk.lines:
            share[_look(line)] += sum(len(word.text) for word in line.words)
    total = sum(share.values())
    most = (_MOST_SHARE_SHORT if total < _SHORT else _MOST_SHARE) * total
    candidates = [
        _is_candidate(chunks, at, body) and share[_look(chunks[at].lines[0])] <= most for at in range(len(chunks))
    ]
    headings: list[Chunk] = []
    for at, chunk in enumerate(chunks):
        if candidates[at] and _has_text_below(chunks, candidates, at, body):
            headings.append(chunk)
    for chunk in headings:
        chunk.kind = "heading"
    _give_levels(headings)


def mark_tagged(chunks: Sequence[Chunk]) -> bool:
    """Make headings of the chunks that the structure tree calls so.

    Args:
        chunks: All chunks of a document; changed in place unless most of the text would be headings.

    Returns:
        Whether there are any.
    """
    tagged = [
        chunk for chunk in chunks if chunk.lines[0].tag and chunk.kind != "row" and len(chunk.text) <= _LONGEST_TAGGED
    ]
    if sum(len(chunk.text) for chunk in tagged) > _MOST_TAGGED * sum(len(chunk.text) for chunk in chunks):
        return False
    for chunk in tagged:
        if chunk.lines[0].tag and _LETTER.search(chunk.text):
            chunk.kind, chunk.level = "heading", chunk.lines[0].tag[0]
    return bool(tagged)


def _look(line: Line) -> Look:
    style = line.style
    return round(style.size * 2) / 2, round(style.weight, -2), style.is_italic


def _is_candidate(chunks: Sequence[Chunk], at: int, body: Style) -> bool:
    chunk = chunks[at]
    if chunk.kind not in {"prose", "item"} or len(chunk.lines) > _MOST_LINES:
        return False
    text = chunk.text
    if len(text) > _LONGEST or len(text.split()) > _MOST_WORDS or not _LETTERS.search(text):
        return False
    first = next((letter for letter in text if letter.isalnum()), "")
    if (
        (first.islower() and chunk.size < _MUCH_LARGER * body.size)
        or _ENDS.search(text)
        or (chunk.kind == "item" and not _is_numbered(chunks, at))
    ):
        return False
    if not _is_set_apart(chunk, body) or not _is_of_one_look(chunk) or _is_entry(chunk):
        return False
    beside = [each for each in (*chunks[max(at - 1, 0) : at], *chunks[at + 1 : at + 2]) if each.kind == "row"]
    return not (beside and _CAPTION.match(text))


def _is_entry(chunk: Chunk) -> bool:
    """Return whether a chunk is a line of a table of contents: a page number stands far from the rest."""
    words = chunk.lines[-1].words
    if any(word.text == "…" for word in words):
        return True
    is_far = len(words) > 1 and words[-1].left - words[-2].right > _FAR * words[-1].style.size
    return is_far and words[-1].text.isalnum() and len(words[-1].text) <= 4


def _is_numbered(chunks: Sequence[Chunk], at: int) -> bool:
    """Return whether an item may be a heading with a number: it has no neighbours that look the same."""
    look = _look(chunks[at].lines[0])
    beside = (*chunks[max(at - 1, 0) : at], *chunks[at + 1 : at + 2])
    return bool(NUMBERED.match(chunks[at].text)) and not any(
        each.kind == "item" and _look(each.lines[0]) == look for each in beside
    )


def _is_set_apart(chunk: Chunk, body: Style) -> bool:
    """Return whether a chunk is larger or bolder than the text, and stands alone."""
    style = chunk.lines[0].style
    if style.size >= _LARGER * body.size:
        return True
    if style.size < 0.95 * body.size:
        return False
    is_alone = chunk.is_first or chunk.gap > _MORE_SPACE
    if is_heavier(style.weight, body.weight):
        return is_alone
    return style.is_italic and not body.is_italic and is_alone and bool(NUMBERED.match(chunk.text))


def _is_of_one_look(chunk: Chunk) -> bool:
    style = chunk.lines[0].style
    letters = same = 0
    for line in chunk.lines:
        for word in line.words:
            letters += len(word.text)
            alike = abs(word.style.size - style.size) < 0.12 * style.size or not word.text.isalpha()
            same += len(word.text) if alike and not is_heavier(style.weight, word.style.weight) else 0
    return same >= 0.9 * letters


def _has_text_below(chunks: Sequence[Chunk], candidates: Sequence[bool], at: int, body: Style) -> bool:
    """Return whether text comes after a heading, perhaps after further headings, and not only more of its kind."""
    page = chunks[at].lines[0].page
    for nth in range(at + 1, min(at + 5, len(chunks))):
        chunk = chunks[nth]
        if chunk.lines[0].page > page + 1:
            return False
        if not candidates[nth]:
            return chunk.kind != "prose" or len(chunk.text) > 20 or chunk.size >= 0.8 * body.size
    return False


def _give_levels(headings: Sequence[Chunk]) -> None:
    """Give headings levels by size and weight, and by their numbers where they have some."""
    looks = sorted({_look(chunk.lines[0]) for chunk in headings}, key=lambda look: (-look[0], -look[1], look[2]))
    level, ranks = 0, {}
    before: Look | None = None
    for look in looks:
        level += before is None or before[0] - look[0] > 0.5 or before[1:] != look[1:]
        ranks[look] = level
        before = look
    numbered: defaultdict[Look, list[int]] = defaultdict(list)
    for chunk in headings:
        chunk.level = ranks[_look(chunk.lines[0])]
        if match := _COUNTED.match(chunk.text):
            numbered[_look(chunk.lines[0])].append(match[1].count(".") + 1)
    depths = [depth for each in numbered.values() for depth in each]
    if len(depths) < 3 or len(set(depths)) < 2:
        return
    first = min((ranks[look] for look, each in numbered.items() if 1 in each), default=1)
    for chunk in headings:
        if match := _COUNTED.match(chunk.text):
            chunk.level = first + match[1].count(".")


def page_title(chunks: Sequence[Chunk], named: str | None) -> str | None:
    """Return the title of a document.

    Args:
        chunks: Its chunks, with headings.
        named: The title in its properties. One that its first pages do not show was perhaps left from another document.
    """
    headings = [chunk for chunk in chunks if chunk.kind == "heading"]
    highest = min((chunk.level for chunk in headings), default=0)
    first = [chunk for chunk in headings if chunk.level == highest]
    shown = first[0] if len(first) == 1 and first[0] in chunks[:_TITLE_WITHIN] else None
    if shown and _COUNTED.match(shown.text):
        shown = None
    if named is None:
        return shown.text if shown else None
    if shown and _plain(shown.text) == _plain(named):
        return shown.text
    start = {_plain(word) for chunk in chunks if chunk.lines[0].page <= 2 for word in chunk.text.split()}
    words = [_plain(word) for word in named.split()]
    is_shown = sum(word in start for word in words) * 2 > len(words)
    return named if is_shown or shown is None else shown.text


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()).casefold()
