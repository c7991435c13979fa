"""Definitions of short names in a text: "paid time off (PTO)" and "PTO (paid time off)".

The method is that of Schwartz and Hearst (2003), "A simple algorithm for identifying abbreviation definitions in biomedical
text": the letters of the short name, from its end, have to stand in this order in the words before it, the first one at the
start of a word. It needs no training and no list, and letters of any script.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import regex

from citewell.document import Span
from citewell.text.language import function_words
from citewell.text.terms import DEFAULT_LANGUAGE, fold

_SHORTEST = 2
_LONGEST = 10
_MOST_WORDS = 2
# As many characters as the longest possible long name is looked for in.
_BEFORE = 240
_PARENTHESIS = regex.compile(r"[(（]([^()（）]{2,120})[)）]")
# A long name does not go over the end of a sentence, a paragraph, a table's column or another parenthesis.
_END = regex.compile(r"[.!?;:|()（）]\s|[()（）|]|\n\s*\n|[,;]\s")
_PART = regex.compile(r"[,;]\s")
_WORD = regex.compile(r"\S+")
_LAST_WORD = regex.compile(r"(?r)\S+$")
_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
# "non-Hodgkin" is one word, "l'école" two.
_STARTS = " \t\n'’"
_EDGES = " \t\r\n\"'“”‘’„«»*_`,"


@dataclass(frozen=True, slots=True)
class Definition:
    """A short name and its long name, and the place of both in the text."""

    short: str
    long: str
    span: Span


def definitions(text: str, language: str | None = None) -> Iterator[Definition]:
    """Yield the definitions of a text, in order.

    Args:
        text: The text.
        language: Its language (ISO 639-1); no long name begins with a function word of it.
    """
    small = function_words(language or DEFAULT_LANGUAGE)
    for match in _PARENTHESIS.finditer(text):
        inner = _PART.split(match[1])[0].strip(_EDGES)
        start = max(0, match.start() - _BEFORE)
        before = text[start : match.start()].rstrip(_EDGES)
        if _is_short(inner):
            cut = max((end.end() for end in _END.finditer(before)), default=0)
            words = [each.start() for each in _WORD.finditer(before, cut)]
            most = min(len(inner) + 5, len(inner) * 2)
            first = words[-most:][0] if words else len(before)
            long = _long_name(inner, before[first:], small)
            if long:
                at = start + len(before) - len(long)
                yield Definition(inner, _tidy(long), Span(at, match.end()))
        elif last := _LAST_WORD.search(before):
            short = last.group().strip(_EDGES)
            # What stands in the parenthesis has to be the long name from its first word.
            if _is_short(short) and _long_name(short, inner, small) == inner:
                yield Definition(short, _tidy(inner), Span(start + last.start(), match.end()))


def _is_short(name: str) -> bool:
    """Return whether a name can be the short one: a few characters, and a capital where the script has capitals."""
    if not (_SHORTEST <= len(name) <= _LONGEST and len(name.split()) <= _MOST_WORDS and name[0].isalnum()):
        return False
    letters = [each for each in name if each.isalpha()]
    return len(letters) >= _SHORTEST and any(each.upper() == each for each in letters)


def _long_name(short: str, text: str, small: Collection[str]) -> str | None:
    """Return the shortest end of a text that a short name stands for, or None."""
    at = len(text)
    letters = [each for each in short if each.isalnum()]
    for nth in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and not (_same(text[at], letters[nth]) and (nth or _starts_name(text, at, small))):
            at -= 1
        if at < 0:
            return None
    start = max(text.rfind(sign, 0, at + 1) for sign in _STARTS) + 1
    long = text[start:].strip(_EDGES)
    names_itself = fold(short.lower()) in {fold(word.strip(_EDGES).lower()) for word in long.split()}
    return None if names_itself or len(long) <= len(short) else long


def _starts_name(text: str, at: int, small: Collection[str]) -> bool:
    """Return whether a word that can be the first of a long name starts at a place."""
    if at and text[at - 1].isalnum():
        return False
    word = _LETTERS.match(text, at)
    return word is None or word.group().lower() not in small


def _same(one: str, other: str) -> bool:
    return fold(one.lower())[:1] == fold(other.lower())[:1]


def _tidy(name: str) -> str:
    return " ".join(name.split())
