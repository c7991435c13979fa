"""What of a question refers to what was said before, in each language: pronouns, openings, corrections, asking for more.

One file a language in ``references``. Its phrases match whole words where a language parts them, elsewhere any characters. A
message that only asks for more, or that puts right what was asked, is known in all languages at once: it is too short to tell
its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import regex

from citewell.text.lists import languages_of, phrases_of
from citewell.text.terms import DEFAULT_LANGUAGE, SPACELESS_LANGUAGES

_FOLDER = "references"
# "And please, tell me more": so many asides at most.
_MOST_BESIDES = 4
_NOTHING = regex.compile(r"(?!)")
_SIGNS = regex.compile(r"[^\p{L}\p{M}\p{N}']+")
_BREAK = r"(?:\s*[,.;:!，。、！—–…]+\s*|\s+[-]+\s+)"
_END = r"(?:(?![\p{L}\p{M}\p{N}])|(?<=[\p{Han}\p{Hiragana}\p{Katakana}]))"


@dataclass(frozen=True, slots=True)
class References:
    """How one language refers to what was said before.

    ``back`` matches words that point back, or with which a question goes on; ``maybe`` words that may also refer to a word of
    the question itself; ``fragment`` a question without a verb that begins with a preposition. ``openings`` and
    ``closing`` match how the same is asked about something else, ``pronouns`` and ``verbs`` what is not in such a question.
    """

    back: regex.Pattern[str]
    maybe: regex.Pattern[str]
    fragment: regex.Pattern[str]
    openings: regex.Pattern[str]
    pronouns: regex.Pattern[str]
    verbs: regex.Pattern[str]
    closing: regex.Pattern[str]

    def other(self, question: str) -> str | None:
        """Return what a question asks about instead ("what about the zoo?": "the zoo"); None if it does not name anything."""
        opening = self.openings.match(question)
        if not opening:
            return None
        named = self.closing.sub("", question[opening.end() :]).strip(" ?？¿")
        whole = any(sign.search(named) for sign in (self.verbs, self.pronouns, self.maybe, self.fragment))
        return None if whole else named or None


def references(language: str | None) -> References:
    """Return how a language (ISO 639-1) refers back; None, and a language without a file, is read as English."""
    return _references(language or DEFAULT_LANGUAGE)


@cache
def _references(language: str) -> References:
    lists = phrases_of(_FOLDER, language) or phrases_of(_FOLDER, DEFAULT_LANGUAGE)
    spaced = language not in SPACELESS_LANGUAGES
    start, end = (_either(lists.get(name, ()), spaced=spaced) for name in ("start", "end"))
    back = _either(lists.get("back", ()), spaced=spaced)
    before, asking, verbs, other = (
        _either(lists.get(name, ()), spaced=spaced) for name in ("before", "asking", "verbs", "other")
    )
    return References(
        regex.compile(rf"{back}|^\W*{start}|{end}\W*$", regex.IGNORECASE),
        regex.compile(_either(lists.get("maybe", ()), spaced=spaced), regex.IGNORECASE),
        regex.compile(rf"^(?!.*{verbs})\W*+(?:{asking}\s+)?{before}", regex.IGNORECASE)
        if lists.get("before")
        else _NOTHING,
        regex.compile(rf"\W*{other}[\s,]*", regex.IGNORECASE),
        regex.compile(back, regex.IGNORECASE),
        regex.compile(rf"{verbs}|^\W*{asking}", regex.IGNORECASE),
        regex.compile(rf"{end}\W*$", regex.IGNORECASE),
    )


def asks_for_more(message: str) -> bool:
    """Return whether a message only asks to go on: "Tell me more", "Más detalles, por favor"."""
    words = _SIGNS.sub(" ", message.casefold().replace("’", "'")).strip()
    return bool(_more().fullmatch(words))


def put_right(message: str) -> str | None:
    """Return what a message says was meant ("no, I meant the zoo": "the zoo"); None if it does not put anything right."""
    found = _correction().match(message.replace("’", "'"))
    return message[found.end() :].strip() or None if found else None


def _in_any(name: str) -> list[str]:
    return [phrase for lists in _all_lists() for phrase in lists.get(name, ())]


@cache
def _all_lists() -> tuple[Mapping[str, list[str]], ...]:
    return tuple(phrases_of(_FOLDER, language) for language in languages_of(_FOLDER))


@cache
def _more() -> regex.Pattern[str]:
    more, besides = _words(map(str.casefold, _in_any("more"))), _words(map(str.casefold, _in_any("besides")))
    return regex.compile(
        rf"(?:(?:{besides}){_END}\s?){{0,{_MOST_BESIDES}}}(?:{more}){_END}(?:\s?(?:{besides}){_END}){{0,{_MOST_BESIDES}}}"
    )


@cache
def _correction() -> regex.Pattern[str]:
    refused, meant = _either(_in_any("no"), spaced=False), _either(_in_any("meant"), spaced=False)
    # "No, the zoo" has a sign after its first word; "no smoking areas" has none.
    return regex.compile(
        rf"\W*(?:(?:{refused}{_BREAK})+(?:{meant}{_END}[\s,:，：]*)?|(?:{refused}\s+)?{meant}{_END}[\s,:，：]*)",
        regex.IGNORECASE,
    )


def _either(phrases: Iterable[str], *, spaced: bool) -> str:
    """Return what matches one of some phrases, as whole words where words are spaced; nothing, if there are none."""
    words = _words(phrases)
    if not words:
        return "(?!)"
    return rf"(?<![\p{{L}}\p{{M}}\p{{N}}])(?:{words})(?![\p{{L}}\p{{M}}\p{{N}}])" if spaced else f"(?:{words})"


def _words(phrases: Iterable[str]) -> str:
    longest_first = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(regex.escape(phrase, literal_spaces=True).replace(" ", r"\s+") for phrase in longest_first)
