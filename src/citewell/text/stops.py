"""Which stops end a sentence.

nupunkt proposes the ends in English, and where nothing tells the language; elsewhere every stop before a capital is one
(``docs/architecture.md`` has the comparison). What the customs of a language say is no end is taken away: abbreviations,
ordinals, initials.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

import nupunkt
import regex

from citewell.text.customs import Customs, customs, foreign_dates
from citewell.text.lists import words_of
from citewell.text.signs import FOOTNOTE, Whole

# nupunkt scans from each stop to the next blank and back, so long blocks are passed in parts of at most this size.
_PART = 2_000
# Between two plain words with no stop near: a cut here does not change nupunkt's result.
_APART = regex.compile(r"(?<=\s\p{L}{1,30}\s)(?=\p{L}[^.!?…]{14})")
_BLANK = regex.compile(r"(?<=\s)(?=\S)")
_CLOSING = r"[\p{Pe}\p{Pf}\p{Pi}\"'“»«*_~]"
# A stop, with what closes after it, before white space and what can begin a sentence; only the first of a row of stops.
_STOP = regex.compile(
    rf"(?<![\p{{STerm}}.…])[\p{{STerm}}.…]++{_CLOSING}{{0,20}}+(?:\[\^[^\[\]\s]{{1,60}}\])*+\s++"
    r"(?=[\p{Ps}\p{Pi}\p{Pf}\"'“„»¿¡*_~>\-–—\s]{0,10}+[\p{Lu}\p{Lt}\p{Lo}\p{N}¿¡])"
)
# Those that are followed by a sentence without a space (Unicode UAX #29: STerm, without the signs that ASCII has).
_FULL = regex.compile(
    r"(?<![。！？｡．।॥؟۔։።])(?:[。！？｡।॥؟۔։።]|．(?!\p{Nd}))[。！？｡．।॥؟۔։።!?]*+[\p{Pe}\p{Pf}\"'*_]{0,20}+"
    r"(?:\[\^[^\[\]\s]{1,60}\])*+\s*+(?=\S)"
    r"|(?<=[\p{Han}\p{Hiragana}\p{Katakana}])[!?]++\s*+(?=[\p{Han}\p{Hiragana}\p{Katakana}])"
)
# Emphasis that closes after the stop of a whole sentence hides it from nupunkt: "*Is it so?* It is."
_EMPHASIS = regex.compile(r"(?<=[\p{Ll}\d)][.!?])(?:\*{1,3}|_{1,3})\s++(?=\p{Lu})")
# nupunkt takes rare words before "A" or "I" for abbreviations; hardly any English abbreviation has seven small letters.
_LONG_WORD = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}.'’-])\p{{Ll}}{{7,}}+\.{_CLOSING}{{0,3}}+\s++(?=[\p{{Ps}}\p{{Pi}}\"']?\p{{Lu}})"
)
# Shorter ones are looked up in the list of ordinary words that it takes for abbreviations.
_SHORT_WORD = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\p{{N}}.'’-])(\p{{Ll}}{{2,6}}+)\.{_CLOSING}{{0,3}}+\s++(?=[\p{{Ps}}\p{{Pi}}\"']?\p{{Lu}})"
)
_GREEK = regex.compile(r"(?<=\p{Greek})[;\u037e]\s++(?=[\p{Lu}«])")
# Thai, Lao and Burmese have no stops: a space stands between phrases, of which some make a sentence.
_PHRASE = regex.compile(r"(?<=[\p{Thai}\p{Lao}])[ \u00a0]++(?=[\p{Thai}\p{Lao}])")
_FEW_PHRASES = 40
_NUMBER = regex.compile(r"(?:^|(?<=[\s(«„“\"'/–-]))\p{Nd}{1,3}\.$")
_ROMAN = regex.compile(r"(?:^|(?<=[\s(«„“\"']))[IVXLC]{1,7}\.$")
_INITIAL = regex.compile(r"(?:^|(?<=[\s(«„“\"'.-]))\p{Lu}\.$")
# A word without a vowel is cut off ("vč.", "blz."), unless it is a unit after its number; r and l can be vowels.
_VOWELS = "aeiouyáàâäãåăąāæéèêëěęēėíìîïīıóòôöõøőōœúùûüůűūýÿаеёиоуыэюяіїєўαεηιουωάέήίόύώrlřľĺŕ"
_CUT_OFF = regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}.]|\p{{N}}\s)[\p{{Ll}}--[{_VOWELS}]]{{2,5}}\.$", regex.V1)
_WORD_BEFORE = regex.compile(r"([\p{L}\p{M}]+)[.,]?\s+\S+$")
_NEXT_WORD = regex.compile(r"(?:>[ \t]?)*+[\p{Ps}\p{Pi}\"'„“»*_]{0,5}+([\p{L}\p{M}\p{N}]++)(\.?)")
_BEFORE = 40


def sentence_starts(piece: str, language: str | None) -> list[int]:
    """Return where sentences start in a text, apart from its start.

    Args:
        piece: The text.
        language: ISO 639-1 code; None if it is not known.

    Returns:
        Positions of the first character, in order.
    """
    english = language in {None, "en"}
    proposed = set(_by_nupunkt(piece)) if english else {match.end() for match in _STOP.finditer(piece)}
    if english:
        proposed.update(match.end() for sign in (_EMPHASIS, _LONG_WORD) for match in sign.finditer(piece))
        proposed.update(match.end() for match in _SHORT_WORD.finditer(piece) if match[1] in _ordinary_words())
    if language == "el":
        proposed.update(match.end() for match in _GREEK.finditer(piece))
    if not piece.isascii():
        proposed.update(match.end() for match in _FULL.finditer(piece))
        proposed.update(_phrases(piece))
    return agreed(piece, sorted(proposed), language)


def agreed(piece: str, starts: Sequence[int], language: str | None) -> list[int]:
    """Return those of the proposed starts of sentences that the customs of a language and the signs of a text agree to."""
    kept = _Stops(piece, customs(language), is_known=language is not None).ends(starts) if starts else []
    return list(Whole(piece).outside(_after_notes(piece, kept))) if kept else []


@cache
def _ordinary_words() -> frozenset[str]:
    """Return the ordinary English words that nupunkt takes for abbreviations."""
    return words_of("ordinary_words", "en")


def _by_nupunkt(piece: str) -> Iterator[int]:
    """Yield the sentence starts that nupunkt proposes."""
    for start, end in pairwise([0, *_parts(piece), len(piece)]):
        for nth, (at, _) in enumerate(nupunkt.sent_spans(piece[start:end])):
            # A part may start in the middle of a sentence.
            if nth or not start:
                yield start + at


def _parts(piece: str) -> Iterator[int]:
    """Yield where to cut a block for nupunkt: where the result does not change, else at a blank, else anywhere."""
    start = 0
    while len(piece) - start > _PART:
        nearest, furthest = start + _PART // 2, start + _PART
        for place in (_APART, _BLANK):
            found = [match.start() for match in place.finditer(piece, nearest, furthest)]
            if found:
                break
        start = found[-1] if found else furthest
        yield start


def _after_notes(piece: str, starts: Iterable[int]) -> Iterator[int]:
    """Move a start behind the footnote marks that belong to the sentence before it."""
    for start in starts:
        note = FOOTNOTE.match(piece, start)
        # "[^1]: text" is the note itself.
        yield (
            note.end()
            if note and not piece[start - 1].isspace() and piece[note.end() : note.end() + 1] != ":"
            else start
        )


def _phrases(piece: str) -> Iterator[int]:
    """Yield where a language without stops can be cut: at spaces, not too often."""
    start = 0
    for match in _PHRASE.finditer(piece):
        if match.start() - start >= _FEW_PHRASES:
            start = match.end()
            yield start


class _Stops:
    """The stops of one text that do not end a sentence, by the customs of its language."""

    def __init__(self, piece: str, own: Customs | None, *, is_known: bool) -> None:
        self.piece = piece
        self.own = own
        self._is_known = is_known
        self._spans = (
            {
                name: [match.span() for match in pattern.finditer(piece)]
                for name, pattern in (("always", own.always), ("number", own.number), ("maybe", own.maybe))
                if pattern is not None
            }
            if own
            else {}
        )

    def ends(self, starts: Iterable[int]) -> list[int]:
        """Return the starts before which a sentence ends."""
        return [start for start in starts if not self._goes_on(start)]

    def _goes_on(self, start: int) -> bool:
        before = self.piece[max(0, start - _BEFORE) : start].rstrip()
        if not before.endswith("."):
            return False
        found = _NEXT_WORD.match(self.piece, start)
        following = found[1] if found else ""
        if self._is_ordinal(before, following):
            return True
        if self.own is None:
            return not self._is_known and following[:1].islower()
        is_initial = bool(found and found[2]) and len(following) == 1
        if following[:1].islower() or (_INITIAL.search(before) and (len(following) > 3 or is_initial)):
            # The names that follow an initial are longer than the articles and pronouns that begin a sentence.
            return True
        return bool(_CUT_OFF.search(before)) or self._is_abbreviation(start, following)

    def _is_ordinal(self, before: str, following: str) -> bool:
        if _ROMAN.search(before) and following[:1].islower():
            return True
        is_number = bool(_NUMBER.search(before))
        own = self.own
        if own is None:
            return is_number and following.lower() in foreign_dates()
        if is_number and (following.lower() in own.months or following[:1].islower()):
            return True
        if not own.before or not (is_number or _ROMAN.search(before)) or not following[:1].isalpha():
            return False
        word = _WORD_BEFORE.search(before)
        return bool(word and word[1].lower() in own.before)

    def _is_abbreviation(self, start: int, following: str) -> bool:
        if self._covers("maybe", start) == "inside" or self._covers("always", start):
            return True
        if self._covers("number", start) and (following[:1].isdigit() or _ROMAN.search(f"{following}.")):
            return True
        return bool(self._covers("maybe", start)) and following[:1].isdigit()

    def _covers(self, name: str, start: int) -> str | None:
        """Return whether a start is inside a phrase, or directly after one."""
        spans = self._spans.get(name, [])
        nth = bisect_right(spans, (start, 0)) - 1
        if nth < 0:
            return None
        end = spans[nth][1]
        return "inside" if start < end else "after" if not self.piece[end:start].strip() else None
