"""Excerpts: what of a passage is shown before it is unfolded, which is its marked sentences with a little around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from citewell.document import Span
from citewell.text.graphemes import Graphemes
from citewell.text.terms import analyse, terms_of

# In characters of one column. A line end costs the rest of its line, which stays empty.
_WITH_CONTEXT = 150
MOST_OF_A_MARK = 220
_LINE_END = 60
# Nothing is cut off that is no longer than this.
_REST = 30
# A cut moves by so many characters at most to fall between words; scripts without spaces are cut anywhere.
_WORD = 24
_MOST_MARKS = 3
_MOST_WORDS = 60
# Less than this of a sentence beside a mark is left out.
_TELLING = 16
# What stands before an item of a list, and between two cells of a table, is no longer.
_SIGN = 6


def excerpt(
    text: str,
    marks: Sequence[Span],
    *,
    most: int = MOST_OF_A_MARK,
    question: str = "",
    language: str | None = None,
) -> list[Span]:
    """Choose what of a text is shown first.

    Args:
        text: The text.
        marks: Its marks; without any, its beginning is shown.
        most: The most columns of one mark; the rest of a longer one is cut off.
        question: The question, whose words choose what is shown of a longer mark.
        language: The language of the text (ISO 639-1), if it is known.

    Returns:
        Parts of the text, disjoint and in order. They start and end at words, or at whole lines where there are lines.
    """
    chosen = sorted(marks)[:_MOST_MARKS] or [Span(0, 0)]
    cut = _Cutting(text, most, question, language)
    return _joined(text, [cut.around(mark, _WITH_CONTEXT // len(chosen)) for mark in chosen])


class _Cutting:
    """Chooses what is shown of the marks of one text."""

    def __init__(self, text: str, most: int, question: str, language: str | None) -> None:
        self._text = text
        self._graphemes = Graphemes(text)
        self._most = most
        self._question = question
        self._language = language

    def around(self, mark: Span, with_context: int) -> Span:
        """Return a mark, or the best part of it if it is long, with a little around it."""
        text = self._text
        end, left = _reach(text, range(mark.start, mark.end), self._most)
        if end < mark.end:
            return self._part_of(mark)
        spare = max(0, with_context - (self._most - left))
        backwards = range(mark.start - 1, -1, -1)
        before, unused = _reach(text, backwards, spare // 2)
        after, unused = _reach(text, range(mark.end, len(text)), spare - spare // 2 + unused)
        if unused:
            before, _ = _reach(text, backwards, spare // 2 + unused)
        start, end = self._start(before, mark.start), self._end(mark.end, after)
        # A word or two of another sentence tell nothing.
        start = mark.start if len(text[start : mark.start].strip()) < _TELLING and start else start
        end = mark.end if len(text[mark.end : end].strip()) < _TELLING and end < len(text) else end
        return Span(self._with_sign(start), self._to_line_end(end))

    def _part_of(self, mark: Span) -> Span:
        """Return the part of a long mark that has the most words of the question, the first of equals."""
        asked = set(terms_of(self._question, self._language))
        terms = analyse(mark.of(self._text), self._language) if asked else []
        found = [(mark.start + each.span.start, each.text) for each in terms if each.text in asked][:_MOST_WORDS]
        starts = [mark.start, *(max(mark.start, place - self._most // 4) for place, _ in found)]
        reaches = [_reach(self._text, range(start, mark.end), self._most)[0] for start in starts]
        told = [
            len({word for place, word in found if start <= place < end})
            for start, end in zip(starts, reaches, strict=True)
        ]
        best = told.index(max(told))
        start, end = starts[best], reaches[best]
        word = start + self._most // 4
        start = self._with_sign(start) if start == mark.start else self._start(start, word)
        if end == mark.end:
            return Span(start, self._to_line_end(end))
        # Whole lines of code or a table, but not only the line above a long paragraph.
        line = self._text.rfind("\n", (start + end) // 2, end + 1)
        return Span(start, line if line >= 0 else self._end_of_word(start, end))

    def _start(self, at: int, most: int) -> int:
        """Return where a part starts that may start at ``at`` and no later than ``most``: at a line, a word, or anywhere."""
        text = self._text
        if at == 0:
            return 0
        line = text.find("\n", at - 1, most)
        if line >= 0:
            return line + 1
        word = next((place for place in range(at, min(at + _WORD, most) + 1) if text[place - 1].isspace()), None)
        return min(self._graphemes.ceil(at), most) if word is None else word

    def _end(self, least: int, at: int) -> int:
        """Return where a part ends that may end at ``at`` and no sooner than ``least``."""
        if at == len(self._text):
            return at
        line = self._text.rfind("\n", least, at + 1)
        return line if line >= 0 else self._end_of_word(least, at)

    def _end_of_word(self, least: int, at: int) -> int:
        text = self._text
        word = next(
            (place for place in range(at, max(at - _WORD, least), -1) if text[place : place + 1].isspace()), None
        )
        return max(self._graphemes.floor(at), least) if word is None else word

    def _with_sign(self, start: int) -> int:
        """Return the start of the line if only a sign is before: a bullet, a number, a table's bar, white space."""
        line = self._text.rfind("\n", max(0, start - _SIGN - 1), start) + 1
        return line if line and start - line <= _SIGN else start

    def _to_line_end(self, end: int) -> int:
        line = self._text.find("\n", end, end + _SIGN + 1)
        return line if line >= 0 else end


def _reach(text: str, places: range, columns: int) -> tuple[int, int]:
    """Return how far so many columns reach, and how many are left."""
    at = places.start
    for at in places:
        columns -= _columns(text[at])
        if columns < 0:
            return (at if places.step > 0 else at + 1), 0
    return (places.stop if places.step > 0 else places.stop + 1), columns


def _columns(character: str) -> int:
    if character == "\n":
        return _LINE_END
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _joined(text: str, parts: Sequence[Span]) -> list[Span]:
    """Return parts without white space at their ends, joined where little is between them."""
    found: list[Span] = []
    end = 0
    for part in parts:
        start = part.start
        if _is_little(text[end:start]):
            start = found.pop().start if found else 0
        end = max(end, part.end)
        found.append(Span(start, end))
    if _is_little(text[end:]):
        found[-1] = Span(found[-1].start, len(text))
    return [_stripped(text, each) for each in found]


def _is_little(text: str) -> bool:
    rest = text.strip()
    return len(rest) <= _REST and sum(map(_columns, rest)) <= _REST


def _stripped(text: str, part: Span) -> Span:
    """Return a part without white space where something is cut off."""
    shown = part.of(text)
    start, end = part.start + len(shown) - len(shown.lstrip()), part.end - len(shown) + len(shown.rstrip())
    return Span(min(start, end) if part.start else 0, end if part.end < len(text) else len(text))
