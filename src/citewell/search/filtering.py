"""Filters in words: ``author:"Ann Lee"``, ``after:2023``, ``-tag:draft`` in a question or beside it.

A part of a question is a filter only if the index knows its name, no space follows the colon, and it does not stand in
quotation marks. So an address, a time, or "What happened after: the war?" is asked as it is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import regex

from citewell.answer import Filter, Scope, Turn
from citewell.errors import QuestionError, UsageError
from citewell.index.facts import FactTable
from citewell.text.dates import Period
from citewell.text.fact_names import DATES, fact_name
from citewell.text.language_names import code_of_language
from citewell.text.phrases import phrases_in

# More conditions than anybody has; each is looked up.
MOST_FILTERS = 100
_EXAMPLE = 'write name:value, such as author:"Ann Lee" or after:2023'
_MARKS = r'"[^"\n]+"|“[^“”\n]+[”“]|„[^“”„\n]+[“”]|«[^«»\n]+»'
_OPENING, _CLOSING = '"“„«', '"”“»'
_FILTER = regex.compile(
    rf"""(?<!\S) (?P<sign>[-−–]?) (?P<name>\p{{L}}[\p{{L}}\p{{N}}_-]*+) : (?!//)
    (?: (?P<quoted>{_MARKS}) (?![\p{{L}}\p{{N}}]) | (?P<bare>[\p{{L}}\p{{N}}][^\s"“”„«»]*+) )""",
    regex.VERBOSE,
)
# What ends the sentence that a filter stands in.
_END = regex.compile(r"[.,;:!?)\]]+$")
_WHOLE = regex.compile(r"\s*(?P<sign>[-−–]?)\s*(?P<name>[^:\s]+)\s*:(?P<value>.*)", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Filtered:
    """A question without its filters, and the filters."""

    text: str
    filters: tuple[Filter, ...] = ()


def read_filters(text: str, facts: FactTable) -> Filtered:
    """Take the filters out of a question.

    Args:
        text: The question.
        facts: What the index knows.
    """
    if ":" not in text:
        return Filtered(text)
    found: list[Filter] = []
    kept, at = [], 0
    quoted = [phrase.span for phrase in phrases_in(text)]
    for match in _FILTER.finditer(text):
        name = facts.known(match["name"])
        value = match["quoted"][1:-1].strip() if match["quoted"] else _END.sub("", match["bare"])
        if not name or not value or any(span.start <= match.start() < span.end for span in quoted):
            continue
        if name in DATES and Period.of(value) is None:
            continue
        found.append(_normal(name, value, match["sign"]))
        kept.append(text[at : match.start()])
        # A sign that ends the sentence stays.
        at = match.end() if match["quoted"] else match.start("bare") + len(value)
    rest = " ".join("".join([*kept, text[at:]]).split()) if found else text
    return Filtered(regex.sub(r"\s+(?=[?!.,;:)](?:\s|$))", "", rest) if found else text, tuple(found))


def parse_filters(written: Iterable[str]) -> tuple[Filter, ...]:
    """Read filters that stand beside a question.

    Args:
        written: Each as ``name:value`` or ``-name:value``; all after the colon is the value.

    Raises:
        UsageError: One is none, or there are too many.
    """
    found = tuple(_parsed(each) for each in written)
    if len(found) > MOST_FILTERS:
        raise UsageError(f"there are {len(found):,} filters; at most {MOST_FILTERS} are allowed")
    return found


def _parsed(written: str) -> Filter:
    match = _WHOLE.fullmatch(written)
    value = match["value"].strip() if match else ""
    if len(value) > 1 and value[0] in _OPENING and value[-1] in _CLOSING:
        value = value[1:-1].strip()
    if match is None or not value:
        raise UsageError(f"{written!r} is no filter", hint=_EXAMPLE)
    return _normal(match["name"], value, match["sign"])


def _normal(name: str, value: str, sign: str) -> Filter:
    """Return a filter by the names that facts and languages have everywhere ("lang:German" is "language:de")."""
    known = fact_name(name) or name.casefold()
    code = code_of_language(value) if known == "language" else None
    return Filter(name=known, value=code or value, excluded=bool(sign))


def filtered(question: str, scope: Scope | None, facts: FactTable) -> tuple[Filtered, Scope]:
    """Return a question without its filters, and the scope with them.

    Args:
        question: The question.
        scope: The documents to search; None is all.
        facts: What the index knows.

    Raises:
        QuestionError: It has only filters.
    """
    asked = read_filters(question, facts)
    if not any(map(str.isalnum, asked.text)) and asked.filters:
        raise QuestionError("there are only filters, and nothing is asked", hint="add what you want to know")
    return asked, (scope or Scope()).and_also(asked.filters)


def without_filters(history: Iterable[Turn], facts: FactTable) -> tuple[Turn, ...]:
    """Return the turns before a question, the reader's own without their filters: each question has its own."""
    return tuple(
        replace(turn, content=read_filters(turn.content, facts).text) if turn.role == "user" else turn
        for turn in history
    )
