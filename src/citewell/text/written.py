"""Words as they are written: what `find` looks for.

Unlike terms (``terms``), they are neither stemmed nor left out. What is written alike is the same: capital and small letters,
letters with and without accents, every Unicode form of a letter, words parted at the end of a line. In scripts without spaces,
each character is a word, so a run of them is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from citewell.document import Span
from citewell.text.plain_form import PlainForm
from citewell.text.terms import fold
from citewell.text.words import SPACELESS

# How a word is joined to the one before it. What parts two words is compared when it stands inside a written word: 3.5 is not
# 3,5, but all dashes are alike, and all apostrophes.
APART = 0
ADJACENT = 1
DASH = 2
_OTHER = 15
_JOINTS = {sign: nth for nth, signs in enumerate((".", ",", "'’ʼ‘‛′`＇", "_", "/", ":", "@", "&"), 3) for sign in signs}
_DASHES = regex.compile(r"[\p{Pd}−]")
# A letter that is written like an apostrophe is one.
_LETTERS = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{SPACELESS}ʼ]]"
# Longer words are cut, as they are in what is looked for.
_LONGEST = 128
_WORD = regex.compile(
    rf"""(?<![\p{{L}}\p{{M}}\p{{N}}])\p{{L}}(?:\+\+|\#)(?![\p{{L}}\p{{N}}+\#])
    | [{SPACELESS}]\p{{M}}*+
    | {_LETTERS}{{1,{_LONGEST}}}+
    """,
    regex.VERBOSE | regex.V1,
)
# The same for texts in small letters without others, which is much faster.
_ASCII_WORD = re.compile(rf"(?<![a-z\d])[a-z](?:\+\+|#)(?![a-z\d+#])|[a-z\d]{{1,{_LONGEST}}}")
_SPACELESS = regex.compile(f"[{SPACELESS}]")
# Korean has spaces, so a line that ends there ends a word.
_WRAPPED = regex.compile(r"[ \t]*(?:\r\n|\n|\r)[ \t]*")
_HANGUL = regex.compile(r"\p{Hangul}")
# Where PlainForm has joined two halves of a word; after a soft hyphen, they are no words of their own.
_PARTED = regex.compile(r"[-‐][ \t]*(?:\r\n|\n|\r)[ \t]*")
# Left out, or written in two ways, at will: Russian yo, and the line that lengthens Arabic words.
_AT_WILL = {ord("ё"): "е", ord("\u0640"): None}


class WrittenWord(NamedTuple):
    """A word of a text.

    ``form`` is how it is compared, ``[start, end)`` its place, ``joint`` how it is joined to the word before it. ``halves`` are
    those of a word with a hyphen at the end of a line, which may be two words: each with its form and its place.
    """

    form: str
    start: int
    end: int
    joint: int
    halves: tuple[tuple[str, int, int], ...] = ()


def written_words(text: str, by: int = 0) -> Iterator[WrittenWord]:
    """Yield the words of a text, in order.

    Args:
        text: The text.
        by: Where it stands in a longer one, in whose code points places are given.
    """
    plain = PlainForm(text)
    body, is_same = plain.text, plain.text == text
    last = 0
    for match in _WORD.finditer(body):
        start, end = match.span()
        form = folded(match.group())
        if not form:
            continue
        joint = _joint(body, last, start)
        last = end
        if is_same:
            yield WrittenWord(form, by + start, by + end, joint)
            continue
        place = plain.place(start, end)
        yield WrittenWord(form, by + place.start, by + place.end, joint, _halves(text, place, by))


def written_forms(text: str) -> frozenset[str]:
    """Return how the words of a text are compared, each once."""
    plain = PlainForm(text).text
    if plain.isascii():
        return frozenset(_ASCII_WORD.findall(plain.lower()))
    return frozenset(map(folded, _WORD.findall(plain))) - {""}


@lru_cache(maxsize=1 << 17)
def folded(word: str) -> str:
    """Return a word in the form in which it is compared: without capitals, and without accents that may be left out."""
    if word.isascii():
        return word.lower()
    return fold(word.casefold()).casefold().translate(_AT_WILL)


def _joint(text: str, before: int, start: int) -> int:
    """Return what stands between two words."""
    length = start - before
    if length == 1:
        sign = text[before]
        if sign == " ":
            return APART
        if sign in _JOINTS:
            return _JOINTS[sign]
        if _DASHES.match(sign):
            return DASH
    if length == 0:
        return ADJACENT
    between = text[before:start]
    if not any(map(str.isspace, between)):
        return _OTHER
    return ADJACENT if _goes_on(text, before, start, between) else APART


def _goes_on(text: str, before: int, start: int, between: str) -> bool:
    """Return whether a line ends between two characters of a script without spaces, and not of Korean."""
    if not before or not _WRAPPED.fullmatch(between):
        return False
    return all(_SPACELESS.match(each) and not _HANGUL.match(each) for each in (_letter(text, before), text[start]))


def _letter(text: str, end: int) -> str:
    """Return the last character before a place that is no accent."""
    match = _LAST_LETTER.search(text, max(0, end - _LONGEST), end)
    return str(match.group()) if match else " "


_LAST_LETTER = regex.compile(r"\P{M}", regex.REVERSE)


def _halves(text: str, place: Span, by: int) -> tuple[tuple[str, int, int], ...]:
    written = place.of(text)
    if "\n" not in written and "\r" not in written:
        return ()
    if not _PARTED.search(written):
        return ()
    edges = [
        place.start,
        *(place.start + edge for match in _PARTED.finditer(written) for edge in match.span()),
        place.end,
    ]
    halves = [word for start, end in zip(edges[::2], edges[1::2], strict=True) for word in _alone(text, start, end, by)]
    return tuple(halves) if len(halves) > 1 else ()


def _alone(text: str, start: int, end: int, by: int) -> list[tuple[str, int, int]]:
    return [(word.form, word.start, word.end) for word in written_words(text[start:end], by + start)]
