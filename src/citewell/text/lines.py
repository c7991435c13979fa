"""Which lines of a block are units, and which are parts of a wrapped paragraph.

Lines that begin alike (time stamps, a speaker, a key, a bullet) are units: nothing is cut inside them. So are lines without a
final stop that no editor has wrapped: a wrapped line is full, and the next one goes on in the middle of a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from citewell.text.patterns import pattern

# Wrapped lines are shorter than this, so a line end next to a longer line is a real one.
_LONGEST_WRAPPED = 200
# A unit of more characters than this is a paragraph, whose sentences are quoted one by one.
_LONGEST_UNIT = 300
# Nobody wraps at fewer columns.
_NARROWEST = 25
# A wrapped line is filled to this part of the longest one, counting the word that did not fit.
_FILLED = 0.7
# So many characters show how a line begins.
_BEGINNING = 200
_LINE = pattern(r"[^\r\n]+")
_QUOTE = pattern(r"[ \t>]*+")
# What stands before each line that is quoted from an earlier message.
_QUOTED = pattern(r"[ \t]{0,3}(?:>[ \t]?)++")
# The sign of a comment in source code, which each line of it after the first has.
_COMMENT = pattern(r"[ \t]*(?P<sign>//[/!]?|#+|\*|--|;+|%+|!|')[ \t]+")
_TIME = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\p{L}{3,4}\.?\s{1,2}\d{1,2})[T,\s]{1,3}\d{1,2}:\d{2}"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?!\d)"
)
_CUE = pattern(r"[\d:.,]{5,20}\s*-->\s*[\d:.,]{5,20}")
_BEGINNINGS = {
    "time": pattern(rf"[\[(<]?(?:{_TIME})"),
    "level": pattern(r"(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b"),
    "bullet": pattern(r"[-*+•‣◦–—]\s"),
    "number": pattern(r"\(?(?:\d{1,3}|[a-zA-Z])[.)](?:\d{1,3}[.)]?)*+\s|\d{1,4}(?:\.\d{1,4})++\s"),
    "sign": pattern(r"[\[<{(#$@|/]\S"),
    "figures": pattern(r"(?=[^\s\d]{0,30}\d)(?=[^\s_:./#-]{1,30}[-_:./#]\w)\S{2,40}(?:\s|$)"),
    "key": pattern(
        r"[*_\"'`]{0,3}[\p{L}\p{N}][^\s:=：]{0,39}(?:[ _][^\s:=：]{1,39}){0,3} ?(?:[:=][*_\"'`]{0,3}(?:\s|$)|：)"
    ),
    "columns": pattern(r"[^\t\n]*\t|[^|\n]*\|.*\||\S+ {2,}\S|[^,;\n ]+([,;])[^,; \n]+\1[^,; \n]*"),
}
_STOPPED = pattern(r"[\p{STerm}.…:][\p{Pe}\p{Pf}\p{Pi}\"'*_]*(?:\[\^[^\]]+\])*\s*$")
_BROKEN = pattern(r"(?: {2,}|\\)$")
_WIDE = pattern(r"[\p{East_Asian_Width=W}\p{East_Asian_Width=F}]")


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that belong together: ``[start, end)`` of a block. Nothing is cut inside a unit."""

    start: int
    end: int
    is_unit: bool


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str
    width: int
    beginning: str | None
    is_stopped: bool


def runs(piece: str, *, is_item: bool = False) -> Iterator[Run]:
    """Cut a block of prose into units and paragraphs.

    Args:
        piece: The text of the block.
        is_item: Whether the block is an item of a list, which is a unit unless it is long.
    """
    lines = _lines(piece)
    if not lines:
        return
    if is_item and lines[-1].end - lines[0].start <= _LONGEST_UNIT:
        yield Run(0, len(piece), is_unit=True)
        return
    cues = _cues(lines)
    alike = [True] * len(lines) if cues else _alike(lines)
    starts = [*dict.fromkeys([0, *(cues or _starts(lines, alike))]), len(lines)]
    for first, end in pairwise(starts):
        start, stop = lines[first].start, lines[end - 1].end
        yield Run(start, stop, is_unit=alike[first] and stop - start <= _LONGEST_UNIT)


def unit_starts(piece: str) -> Iterator[int]:
    """Yield where lines of a block start, except the first, that surely do not go on from the line before.

    Args:
        piece: The text of the block.
    """
    lines = _lines(piece)
    cues = _cues(lines)
    if cues:
        yield from (lines[nth].start for nth in dict.fromkeys(cues) if nth)
        return
    alike = _alike(lines)
    for nth, (above, line) in enumerate(pairwise(lines), 1):
        if _is_real_end(above, line, is_alike=alike[nth]) or (alike[nth - 1] and above.is_stopped):
            yield line.start


def quote_depth(line: str) -> int | None:
    """Return how often a line of a message is quoted; None for one without text."""
    match = _QUOTED.match(line)
    if not line[match.end() if match else 0 :].strip():
        return None
    return match[0].count(">") if match else 0


def _lines(piece: str) -> list[_Line]:
    # A line of quotation marks alone is blank.
    found = [match.span() for match in _LINE.finditer(piece) if match[0].replace(">", " ").strip()]
    signs = [sign and sign["sign"] for sign in (_COMMENT.match(piece, *span) for span in found[1:])]
    is_comment = bool(signs) and signs[0] is not None and signs.count(signs[0]) == len(signs)
    return [
        _line(piece, start, end, _COMMENT if is_comment and nth else _QUOTE) for nth, (start, end) in enumerate(found)
    ]


def _line(piece: str, start: int, end: int, sign: regex.Pattern[str]) -> _Line:
    marker = sign.match(piece, start, end)
    text = piece[marker.end() if marker else start : end]
    beginning = next((name for name, pattern in _BEGINNINGS.items() if pattern.match(text[:_BEGINNING])), None)
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    return _Line(start, end, text, len(text.rstrip()) + wide, beginning, bool(_STOPPED.search(text[-80:])))


def _alike(lines: Sequence[_Line]) -> list[bool]:
    """Return of each line whether it begins as others do; a time stamp needs no others."""
    counts = Counter(line.beginning for line in lines)
    common = {
        name for name, times in counts.items() if name and (name == "time" or (times > 1 and 3 * times >= len(lines)))
    }
    return [line.beginning in common for line in lines]


def _cues(lines: Sequence[_Line]) -> list[int]:
    """Return where the cues of subtitles start: at the number above their times."""
    timed = [nth for nth, line in enumerate(lines) if _CUE.match(line.text)]
    return [nth - 1 if nth and lines[nth - 1].text.strip().isdigit() else nth for nth in timed]


def _starts(lines: Sequence[_Line], alike: Sequence[bool]) -> Iterator[int]:
    """Yield the lines, except the first, that do not go on from the line before."""
    width = max(line.width for line in lines)
    is_prose = lines[-1].is_stopped
    pairs = list(pairwise(lines))
    is_wrapped = is_prose or any(_is_small(line) and _fills(above, line, width) for above, line in pairs)
    for nth, (above, line) in enumerate(pairs, 1):
        is_real_end = _is_real_end(above, line, is_alike=alike[nth]) or _BROKEN.search(above.text[-80:])
        ends_unit = alike[nth - 1] and above.is_stopped
        if is_real_end or ends_unit or not _goes_on(above, line, width, is_prose=is_prose, is_wrapped=is_wrapped):
            yield nth


def _is_real_end(above: _Line, line: _Line, *, is_alike: bool) -> bool:
    return is_alike or max(above.width, line.width) > _LONGEST_WRAPPED


def _goes_on(above: _Line, line: _Line, width: int, *, is_prose: bool, is_wrapped: bool) -> bool:
    """Return whether a line may go on with the sentence of the line above; where a stop ends that, stops decide."""
    if is_prose and (above.is_stopped or _is_small(line) or above.text.rstrip().endswith(",")):
        return True
    return width >= _NARROWEST and is_wrapped and _fills(above, line, width)


def _fills(above: _Line, line: _Line, width: int) -> bool:
    word = 2 if _WIDE.match(line.text) else len(line.text.split(maxsplit=1)[0])
    return above.width + 1 + word >= _FILLED * width


def _is_small(line: _Line) -> bool:
    return line.text[:1].islower()
