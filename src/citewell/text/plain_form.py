"""The normalised form of a text, for matching only: what looks the same is the same, and every character knows its place.

Compatibility forms are unified (Unicode NFKC: full-width letters, ligatures, combining accents), and the digits of all scripts
(٤٥٠ and 450); invisible characters are dropped (soft hyphens, zero-width signs), and words parted at the end of a line joined.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache

import regex

from citewell.document import Span

# Signs that are no letters, although NFKC makes some of them.
_KEPT = "™℠®©…"
# So many neighbours in Unicode are looked at together.
_ROW = 256
# A hyphen between two letters, where a line ends. A soft hyphen there is one, too.
_PARTED = regex.compile(r"(?<=\p{L})[-‐\u00ad][ \t]*(?:\r\n|\n|\r)[ \t]*(?=\p{Ll}|\p{Lo})")
# Format characters, such as soft hyphens, zero-width spaces and joiners, marks of direction; and fillers without a width.
_INVISIBLE = r"\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0"
_HIDDEN = regex.compile(f"[{_INVISIBLE}]")
_OTHER_DIGIT = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)


class PlainForm:
    """The normalised form of a text, and where each of its parts stands in the text.

    Args:
        text: The text.
        start: Where it stands in a longer one, in whose places are given.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self._start = start
        # Where each stretch starts in the normalised form and in the text, and whether it is the same in both.
        self._here: list[int] = []
        self._there: list[int] = []
        self._same: list[bool] = []
        if _is_plain(text):
            return
        pieces: list[str] = []
        length = 0
        for start, end, replaced in _stretches(text):
            self._here.append(length)
            self._there.append(start)
            self._same.append(replaced is None)
            piece = text[start:end] if replaced is None else replaced
            pieces.append(piece)
            length += len(piece)
        self._there.append(len(text))
        self.text = "".join(pieces)

    def place(self, start: int, end: int) -> Span:
        """Return where a non-empty part of the normalised form stands in the text; whole characters, as a reader sees them."""
        by = self._start
        if not self._here:
            return Span(by + start, by + end)
        return Span(by + self._char(start).start, by + self._char(end - 1).end)

    def _char(self, position: int) -> Span:
        at = bisect_right(self._here, position) - 1
        start = self._there[at]
        if not self._same[at]:
            return Span(start, self._there[at + 1])
        inside = start + position - self._here[at]
        return Span(inside, inside + 1)


def _is_plain(text: str) -> bool:
    if text.isascii():
        return not _PARTED.search(text)
    if not unicodedata.is_normalized("NFKC", text):
        return False
    return not any(each.search(text) for each in (_HIDDEN, _PARTED, _OTHER_DIGIT))


def _stretches(text: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield consecutive stretches of a text, and what replaces each; None if it stays."""
    start = 0
    for match in _changing(text).finditer(text):
        new = _replacement(match.group())
        if new == match.group():
            continue
        if start < match.start():
            yield start, match.start(), None
        yield match.start(), match.end(), new
        start = match.end()
    if start < len(text):
        yield start, len(text), None


def _replacement(piece: str) -> str:
    if _PARTED_ALONE.match(piece):
        return ""
    return _unified(_HIDDEN.sub("", piece))


def _unified(text: str) -> str:
    """Return a text with one form for what is the same letter or digit."""
    unified = unicodedata.normalize("NFKC", text)
    return unified if unified.isascii() else _OTHER_DIGIT.sub(_figure, unified)


def _figure(digit: regex.Match[str]) -> str:
    return str(unicodedata.digit(digit.group()))


_PARTED_ALONE = regex.compile(r"[-‐\u00ad][ \t]*[\r\n]")


def _changing(text: str) -> regex.Pattern[str]:
    """Return a pattern for everything in a text that the normalised form may change."""
    compatible = {ord(each) // _ROW for each in set(text) if not each.isascii() and _has_another_form(each)}
    return _changing_in(tuple(sorted(compatible)))


@lru_cache(maxsize=1 << 16)
def _has_another_form(letter: str) -> bool:
    return letter not in _KEPT and _unified(letter) != letter


@cache
def _others_of(row: int) -> str:
    """Return the letters of a row of Unicode that have another form."""
    return "".join(filter(_has_another_form, map(chr, range(_ROW * row, _ROW * (row + 1)))))


@lru_cache(maxsize=256)
def _changing_in(rows: tuple[int, ...]) -> regex.Pattern[str]:
    """Return that pattern for texts whose letters with another form are in some rows of Unicode: few differ in these."""
    compatible = "".join(map(_others_of, rows))
    alternatives = [
        _PARTED.pattern,
        rf"[^\s{_INVISIBLE}][{_INVISIBLE}]*+\p{{M}}[\p{{M}}{_INVISIBLE}]*+",
        f"[{_INVISIBLE}]++",
    ]
    if compatible:
        alternatives.append(f"[{regex.escape(compatible, special_only=False)}]")
    # Conjoining letters of Hangul are one syllable together.
    alternatives.append(r"[\u1100-\u11ff]++")
    return regex.compile("|".join(alternatives))
