"""The words that join parts of a question, in each language, and a question by its words of that kind and others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import regex

from citewell.document import Span
from citewell.text.language import function_words
from citewell.text.lists import phrases_of
from citewell.text.phrases import quoted_spans
from citewell.text.terms import SPACELESS_LANGUAGES
from citewell.text.words import SPACELESS

_SPACED = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{SPACELESS}]]"
_WORD = regex.compile(rf"{_SPACED}+(?:[.,'’_\-‐‑&]{_SPACED}+)*\.?|[{SPACELESS}\p{{M}}]+|&", regex.V1)
_SPACELESS_RUN = regex.compile(f"[{SPACELESS}]")
_HANGUL = regex.compile(r"\p{Hangul}")
# A joining word that is written together with the word after it, or before it.
_PREFIXES = {"ar": "و", "he": "ו"}
_SHORTEST_PREFIXED = 4


@dataclass(frozen=True, slots=True)
class Joining:
    """The words of a language that join parts of a question, in lower case.

    ``joins`` join items of a list; so do ``versus``, and, after a word that ``compares``, those of ``compared_with``.
    ``between`` stand before a range of numbers. ``asks`` are question words, and verbs that a question begins with.
    """

    joins: frozenset[str]
    versus: frozenset[str]
    compares: frozenset[str]
    compared_with: frozenset[str]
    between: frozenset[str]
    asks: frozenset[str]


class Token(NamedTuple):
    """A word of a question, a run of a script without spaces, or a phrase in quotation marks.

    ``kind`` is ``word``, ``join``, ``function`` or ``compare``.
    """

    text: str
    span: Span
    kind: str


def may_join(question: str, languages: tuple[str, ...]) -> bool:
    """Return whether a question may have a joining word of some languages; this is fast, and never wrongly denied."""
    pattern = _joining_pattern(languages)
    return pattern is None or pattern.search(question) is not None


@lru_cache(maxsize=64)
def _joining_pattern(languages: tuple[str, ...]) -> regex.Pattern[str] | None:
    """Return the pattern of words that stand alone; None if a language has others."""
    if not {*_PREFIXES, *SPACELESS_LANGUAGES}.isdisjoint(languages):
        return None
    joining = [joining_words(language) for language in languages]
    words = frozenset[str]().union(*(each.joins | each.versus | each.compares for each in joining))
    return regex.compile(rf"\b(?:{'|'.join(map(regex.escape, sorted(words, key=len)))})(?!\w)", regex.IGNORECASE)


def tokens_of(question: str, languages: Sequence[str]) -> list[Token]:
    """Return the words of a question, and the runs of a script without spaces, cut at the words that are known."""
    found: list[Token] = []
    spaced, spaceless = _known_words(tuple(languages))
    quoted = quoted_spans(question)
    found += [Token(span.of(question), span, "word") for span in quoted]
    for match in _WORD.finditer(question):
        text, start = match.group(), match.start()
        if quoted and any(span.start <= start < span.end for span in quoted):
            continue
        if text.isascii() or _HANGUL.match(text) or not _SPACELESS_RUN.match(text):
            found += _spaced_token(text, start, spaced, languages)
            continue
        at = 0
        for known in spaceless.finditer(text) if spaceless else ():
            if at < known.start():
                found.append(Token(text[at : known.start()], Span(start + at, start + known.start()), "word"))
            kind = str(known.lastgroup)
            found.append(Token(known.group(), Span(start + known.start(), start + known.end()), kind))
            at = known.end()
        if at < len(text):
            found.append(Token(text[at:], Span(start + at, start + len(text)), "word"))
    return _with_compared(sorted(found, key=lambda token: token.span.start), languages)


def _spaced_token(text: str, start: int, kinds: dict[str, str], languages: Sequence[str]) -> Iterator[Token]:
    small = text.lower()
    kind = kinds.get(small) or kinds.get(small.rstrip("."))
    if kind is None:
        for language in languages:
            prefix = _PREFIXES.get(language)
            if prefix and small.startswith(prefix) and len(small) >= _SHORTEST_PREFIXED:
                yield Token(prefix, Span(start, start + len(prefix)), "join")
                yield Token(text[len(prefix) :], Span(start + len(prefix), start + len(text)), "word")
                return
            suffix = next((each for each in _suffixes(language) if small.endswith(each) and small != each), None)
            if suffix:
                middle = start + len(text) - len(suffix)
                yield Token(text[: -len(suffix)], Span(start, middle), "word")
                yield Token(suffix, Span(middle, start + len(text)), "join")
                return
    yield Token(text.rstrip("."), Span(start, start + len(text.rstrip("."))), kind or "word")


def _suffixes(language: str) -> list[str]:
    return sorted(joining_words(language).joins, key=len, reverse=True) if language == "ko" else []


def _with_compared(tokens: list[Token], languages: Sequence[str]) -> list[Token]:
    """Return tokens with "with", "to" or "from" as joining words where a question compares and nothing else joins."""
    first = next((nth for nth, token in enumerate(tokens) if token.kind != "function"), 0)
    if not tokens or tokens[first].kind != "compare" or any(token.kind == "join" for token in tokens):
        return tokens
    words = frozenset[str]().union(*(joining_words(language).compared_with for language in languages))
    return [
        token._replace(kind="join") if nth > first and token.text.lower() in words else token
        for nth, token in enumerate(tokens)
    ]


@lru_cache(maxsize=64)
def _known_words(languages: tuple[str, ...]) -> tuple[dict[str, str], regex.Pattern[str] | None]:
    """Return the kinds of the known words of some languages, and the pattern of those in scripts without spaces."""
    kinds: dict[str, str] = {}
    for language in languages:
        joining = joining_words(language)
        kinds.update(dict.fromkeys(function_words(language) | joining.asks, "function"))
        kinds.update(dict.fromkeys(joining.compares, "compare"))
        kinds.update(dict.fromkeys(joining.joins | joining.versus, "join"))
    runs = {word: kind for word, kind in kinds.items() if _SPACELESS_RUN.match(word)}
    if not runs:
        return kinds, None
    ordered = sorted(runs, key=len, reverse=True)
    groups: list[str] = [f"(?P<{runs[word]}>{regex.escape(word)})" for word in ordered]
    return kinds, regex.compile("|".join(groups))


@cache
def joining_words(language: str) -> Joining:
    """Return the joining words of a language (ISO 639-1); none for one without a file."""
    groups = phrases_of("joining_words", language)
    names = ("and", "versus", "compare", "with", "between", "ask")
    return Joining(*(frozenset(groups.get(name, ())) for name in names))
