"""How languages write abbreviations, ordinals and dates: what of a stop does not end a sentence.

One file a language in ``abbreviations``; a phrase of several parts ("z. B.") stands for each way to space them, and one that
begins with a dash for the end of a word ("-str.").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import regex

from citewell.text.lists import languages_of, phrases_of, words_of

_FOLDER = "abbreviations"


@dataclass(frozen=True, slots=True)
class Customs:
    """What one language writes with a stop.

    ``always``, ``number`` and ``maybe`` match abbreviations that never end a sentence, that belong to a number after them, and
    that end a sentence where a capital follows. ``months`` follow the ordinal of a date. ``before`` are words that stand before
    an ordinal, none where ordinals have no stop; both are in lower case.
    """

    always: regex.Pattern[str] | None
    number: regex.Pattern[str] | None
    maybe: regex.Pattern[str] | None
    months: frozenset[str]
    before: frozenset[str]


@cache
def customs(language: str | None) -> Customs | None:
    """Return the customs of a language (ISO 639-1), or None where its file is not there."""
    found = phrases_of(_FOLDER, language) if language else None
    if not found:
        return None
    always, number, maybe = (_pattern(found.get(name, ())) for name in ("always", "number", "maybe"))
    months, before = (frozenset(map(str.lower, found.get(name, ()))) for name in ("months", "before"))
    return Customs(always, number, maybe, months, before)


def never_ends(word: str, language: str) -> bool:
    """Return whether a stop after a word, such as a title, never ends a sentence: "Mr. Turner", "św. Jan".

    Args:
        word: The word, without the stop.
        language: The language of the text; where its customs are not known, English titles count.
    """
    own = customs(language)
    if own is None:
        return word in _english_titles()
    return own.always is not None and own.always.fullmatch(f"{word}.") is not None


@cache
def _english_titles() -> frozenset[str]:
    return words_of("titles", "en")


@cache
def foreign_dates() -> frozenset[str]:
    """Return the months that follow an ordinal with a stop in some language and are no English word."""
    known = map(customs, languages_of(_FOLDER))
    months = {month for each in known if each and each.before for month in each.months if not month.endswith(".")}
    return frozenset(months - {"april", "august", "september", "november", "mars"})


def _pattern(phrases: Iterable[str]) -> regex.Pattern[str] | None:
    """Return what matches a phrase as a word, its first letter large or small, with or without the spaces in it."""
    found = {phrase[:1].upper() + phrase[1:] for phrase in phrases} | set(phrases)
    if not found:
        return None
    longest_first = sorted(found, key=lambda phrase: (-len(phrase), phrase))
    words = "|".join(_written(phrase) for phrase in longest_first if not phrase.startswith("-"))
    ends = "|".join(_written(phrase[1:]) for phrase in longest_first if phrase.startswith("-"))
    either = rf"|(?<=\p{{L}})(?:{ends})" if ends else ""
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}])(?:{words}){either}")


def _written(phrase: str) -> str:
    return regex.escape(phrase, literal_spaces=True).replace(" ", r"\s?")
