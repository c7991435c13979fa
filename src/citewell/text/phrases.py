"""Phrases: words of a question in quotation marks, which have to stand side by side as they are written.

Case, accents and normal forms do not count, as everywhere; but nothing is stemmed, and function words are words. What stands
between two words of a phrase may be spaces, hyphens, quotation marks or signs of markup; other punctuation, such as the end of
a sentence, only if the phrase has it, too, or if it stands nowhere without (``Match.is_apart``). No phrase goes beyond a
paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from citewell.document import Span
from citewell.text.patterns import pattern
from citewell.text.plain_form import PlainForm
from citewell.text.terms import fold
from citewell.text.words import SPACELESS

# A question has few phrases; each is looked for.
MOST_PHRASES = 8
_SPACED = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{SPACELESS}]]"
# A straight mark after a letter or a figure is no opening one, but that of inches. An apostrophe is followed by a letter.
_QUOTED = pattern(
    rf"""(?<!{_SPACED}) ["＂] ([^"＂]+) ["＂”]
    | [“„”‟〝] ([^"“”„‟＂〝〞〟]+) ["“”＂〞〟]
    | « ([^«»]+) » | » ([^«»]+) [«»] | ‹ ([^‹›]+) › | › ([^‹›]+) [‹›]
    | 「 ([^「」]+) 」 | 『 ([^『』]+) 』 | ｢ ([^｢｣]+) ｣
    | ‚ ([^‚]+?) [‘’] (?!{_SPACED}) | (?<!{_SPACED}) ‘ ([^‘]+?) ’ (?!{_SPACED})
    """,
    regex.VERBOSE | regex.V1,
)
# A number with its separators is one word.
_WORD = pattern(rf"\p{{N}}+(?:[.,]\p{{N}}+)+(?!{_SPACED})|{_SPACED}+|(?=[{SPACELESS}])\X", regex.V1)
# The same for texts without other letters, which is much faster.
_ASCII_WORD = re.compile(r"\d+(?:[.,]\d+)+(?![a-z\d])|[a-z\d]+")
_BARE = pattern(r"(?!.*\n\s*\n)[\s\p{Cf}\p{Pd}\p{Pi}\p{Pf}\p{Ps}\p{Pe}\"'*_`~]*", regex.DOTALL)
_PARAGRAPH = pattern(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotation marks.

    ``text`` is what stands between the marks, ``span`` its place in the question, ``words`` its words, folded, and ``between``
    the punctuation between each and the next.
    """

    text: str
    span: Span
    words: tuple[str, ...]
    between: tuple[str, ...]

    def may_be_in(self, text: str) -> bool:
        """Return whether a text, folded as a whole, may have the phrase; this is fast, and never wrongly denied."""
        return _pattern(self.words).search(text) is not None


@dataclass(frozen=True, slots=True)
class Match:
    """A place of a phrase in a text. ``is_apart`` is whether punctuation is between its words that the phrase does not have."""

    span: Span
    is_apart: bool


class WrittenText:
    """A text by its words as they are written, in which phrases are found.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._plain = PlainForm(text)
        self._folded = fold(self._plain.text.casefold())
        self._words: list[tuple[str, int, int]] | None = None

    def matches(self, phrase: Phrase) -> Iterator[Match]:
        """Yield the places of a phrase, in order."""
        if not phrase.may_be_in(self._folded):
            return
        if self._words is None:
            self._words = list(_words(self._plain.text))
        words = self._words
        count = len(phrase.words)
        for first in range(len(words) - count + 1):
            # Most words are not the first one.
            if words[first][0] != phrase.words[0]:
                continue
            here = words[first : first + count]
            if tuple(word for word, _, _ in here) == phrase.words:
                between = _between(self._plain.text, here)
                if not any(map(_PARAGRAPH.search, between)):
                    yield Match(self._plain.place(here[0][1], here[-1][2]), _is_apart(between, phrase))


@lru_cache(maxsize=64)
def phrases_in(question: str) -> tuple[Phrase, ...]:
    """Return the phrases of a question, in order, each once."""
    found: dict[tuple[str, ...], Phrase] = {}
    for match in _QUOTED.finditer(question):
        group = next(number for number, inside in enumerate(match.groups(), 1) if inside is not None)
        phrase = phrase_of(match[group], Span(*match.span(group)))
        if phrase is not None:
            found.setdefault(phrase.words, phrase)
    return tuple(found.values())[:MOST_PHRASES]


def phrase_of(text: str, span: Span) -> Phrase | None:
    """Return some words as a phrase, or None if the text has no words.

    Args:
        text: What stands between the quotation marks.
        span: Its place in the question.
    """
    plain = PlainForm(text).text
    words = list(_words(plain))
    if not words:
        return None
    return Phrase(text.strip(), span, tuple(word for word, _, _ in words), tuple(_between(plain, words)))


def quoted_spans(question: str) -> list[Span]:
    """Return where phrases stand in a question, with their quotation marks."""
    return [Span(*match.span()) for match in _QUOTED.finditer(question)]


def without_phrases(question: str) -> str:
    """Return a question without its phrases."""
    kept, at = [], 0
    for match in _QUOTED.finditer(question):
        kept.append(question[at : match.start()])
        at = match.end()
    return " ".join([*kept, question[at:]])


def folded(text: str) -> str:
    """Return a text as the words of phrases are compared; places in it are others than in the text."""
    return fold(PlainForm(text).text.casefold())


def _words(plain: str) -> Iterator[tuple[str, int, int]]:
    """Yield the words of a normalised text, folded, and their places."""
    if plain.isascii():
        yield from ((match.group(), *match.span()) for match in _ASCII_WORD.finditer(plain.lower()))
        return
    for match in _WORD.finditer(plain):
        yield _fold_word(match.group()), match.start(), match.end()


@lru_cache(maxsize=1 << 14)
def _fold_word(word: str) -> str:
    return fold(word.casefold())


def _between(plain: str, words: Sequence[tuple[str, int, int]]) -> list[str]:
    return [plain[one[2] : other[1]] for one, other in pairwise(words)]


def _is_apart(between: Sequence[str], phrase: Phrase) -> bool:
    """Return whether something is between words that the phrase does not have there and that is more than a sign of markup."""
    gaps = zip(between, phrase.between, strict=True)
    return any(not _BARE.fullmatch(gap) and gap.strip() != asked.strip() for gap, asked in gaps)


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> regex.Pattern[str]:
    """Return the pattern of words that stand side by side in a folded text, possibly as parts of other words."""
    return regex.compile(r"[^\p{L}\p{N}]*".join(map(regex.escape, words)))
