"""Subtitles (SubRip, WebVTT): each cue is a unit at its time; times, numbers and styles are no text.

WebVTT: https://www.w3.org/TR/webvtt1/. Rolling captions, as made by speech recognition, repeat each line in the cues after it;
it is read once, where it stands without the times of its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.formats import plain
from citewell.corpus.reading.rows import Rows
from citewell.document import Fact, Location

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d{1,3})?"
_TIMES = regex.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")
_NUMBER = regex.compile(r"[ \t]*\d+[ \t]*")
_TAG = regex.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_WORD_TIME = regex.compile(r"<\d[\d:.]*>")
_NOTE = regex.compile(r"NOTE(?=[ \t]|$)[ \t]*")
_HEADER = regex.compile(r"\ufeff?WEBVTT(?:[ \t]+(?:-[ \t]*)?(?P<title>.*))?")
_LANGUAGE = regex.compile(r"Language:[ \t]*(?P<code>\p{L}{2,3}(?:-\w+)*)")
_CERTAIN = regex.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:WEBVTT[ \t\r\n]|\s{0,20}\d{1,6}[ \t]*\r?\n\d{1,3}:\d{2}:\d{2},\d{1,3} --> \d{1,3}:\d{2}:\d{2},\d{1,3})"
)


@dataclass(frozen=True, slots=True)
class _Cue:
    """Lines at a time; a note has none."""

    first: int
    end: int
    time: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on the screen: when it came up, and whether it has been read."""

    time: str
    is_read: bool = False


def read(source: Source) -> Extract:
    """Read the cues of subtitles.

    Raises:
        ReadingError: It is not text.
    """
    decoded = decode(source.data)
    rows = Rows(decoded.text)
    times = [nth for nth, line in enumerate(rows.contents) if "-->" in line and _TIMES.fullmatch(line)]
    if not times:
        title, blocks = plain.find_blocks(decoded.text)
        warning = "has no subtitles with times, and is read as plain text"
        return Extract(tuple(blocks), decoded.text, title, warnings=(*decoded.warnings, warning))
    title, facts, start = _header(rows)
    is_webvtt = start > 0
    cues = [*_notes(rows, start, times[0]), *_cues(rows, times, is_webvtt=is_webvtt)]
    return Extract(tuple(_blocks(rows, cues)), decoded.text, title, facts, decoded.warnings)


def _header(rows: Rows) -> tuple[str | None, tuple[Fact, ...], int]:
    """Return the title and facts of the header of WebVTT, and the line after it; other subtitles have none."""
    found = _HEADER.fullmatch(rows.contents[0])
    if not found:
        return None, (), 0
    facts, end = [], 1
    while end < len(rows) and rows.contents[end] and not _TIMES.fullmatch(rows.contents[end]):
        language = _LANGUAGE.match(rows.contents[end])
        facts += [Fact("language", language["code"][:2].lower(), "file properties")] if language else []
        end += 1
    return (found["title"] or "").strip() or None, tuple(facts), end


def _cues(rows: Rows, times: list[int], *, is_webvtt: bool) -> Iterator[_Cue]:
    for at, next_at in zip(times, [*times[1:], None], strict=True):
        end = len(rows) if next_at is None else next_at
        if next_at is not None and not is_webvtt and end - 1 > at and _NUMBER.fullmatch(rows.contents[end - 1]):
            end -= 1
        last = next((nth for nth in range(at + 1, end) if _is_empty(rows, nth)), end) if is_webvtt else end
        yield _Cue(at + 1, last, _label(rows.contents[at]))
        yield from _notes(rows, last, end)


def _is_empty(rows: Rows, nth: int) -> bool:
    """Return whether a line has nothing at all: one with a space is a line of the cue."""
    return not rows.spans[nth].of(rows.text).strip("\r\n")


def _label(times: str) -> str:
    found = _TIMES.fullmatch(times)
    hours, minutes, seconds = (found[1] or "0", found[2], found[3]) if found else ("0", "0", "0")
    return f"{int(hours):02}:{int(minutes):02}:{int(seconds):02}"


def _notes(rows: Rows, first: int, end: int) -> Iterator[_Cue]:
    """Yield the notes between two cues of WebVTT; the name of a cue, a style and a region are no text."""
    for start, stop in rows.paragraphs(first, end):
        if _NOTE.match(rows.contents[start]):
            yield _Cue(start, stop, "")


def _blocks(rows: Rows, cues: list[_Cue]) -> Iterator[RawBlock]:
    """Yield the blocks of cues, of each line that is new the first one; a line of the cue before is on the screen still."""
    words = [[" ".join(_TAG.sub("", rows.contents[nth]).split()) for nth in range(cue.first, cue.end)] for cue in cues]
    screen: dict[str, _Line] = {}
    for nth, cue in enumerate(cues):
        if not cue.time:
            note = _NOTE.match(rows.contents[cue.first])
            yield from rows.prose(cue.first, cue.end, note.end() if note else 0)
            continue
        following = words[nth + 1] if nth + 1 < len(cues) else []
        before, screen, new = screen, {}, []
        for at, line in enumerate(words[nth], cue.first):
            known = before.get(line) or _Line(cue.time)
            if line and not known.is_read and not (_WORD_TIME.search(rows.contents[at]) and line in following):
                new.append((at, known.time))
                known = _Line(known.time, is_read=True)
            screen[line] = known
        yield from _units(rows, new)


def _units(rows: Rows, new: list[tuple[int, str]]) -> Iterator[RawBlock]:
    """Yield a block of each run of lines that came up at the same time."""
    start = 0
    for end in range(1, len(new) + 1):
        if end == len(new) or new[end] != (new[end - 1][0] + 1, new[start][1]):
            location = Location("time", new[start][1])
            for block in rows.item(new[start][0], new[end - 1][0] + 1):
                yield replace(block, location=location)
            start = end


def is_start(start: bytes) -> bool:
    """Return whether the start of a file is that of subtitles."""
    return bool(_CERTAIN.match(start))
