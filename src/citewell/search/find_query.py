"""What is to be found: words, "phrases", beginnings of words (word*), and words that the paragraph must not have (-word)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

from citewell.errors import QuestionError
from citewell.text.written import written_words

_MOST_WORDS = 64
# The words with a beginning of one letter may be a tenth of all.
_MOST_STARS = 8
_EXAMPLE = """citewell find 'leave "notice period" holiday* -sick'"""
# Each opening mark with those that may close it: languages pair them differently.
_CLOSING = {
    '"': '"”＂',
    "＂": '"＂',
    "“": '”"“',
    "„": '“”"',
    "«": '»"',
    "»": '«"',
    "「": "」",
    "『": "』",
    "‹": "›",
    "›": "‹",
}
_OPENING = "".join(_CLOSING)
_PIECE = regex.compile(rf"(?P<sign>[-−–－]*)(?:(?P<open>[{_OPENING}])|(?P<word>[^\s{_OPENING}]+))|[-−–－]+")
_STARS = "*＊"
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Atom:
    """A word that is looked for.

    ``joint`` is how it must be joined to the word before it; None is in any way, side by side.
    """

    form: str
    joint: int | None = None
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that must stand side by side, as typed, and as they are compared."""

    text: str
    atoms: tuple[Atom, ...]
    is_quoted: bool = False
    is_excluded: bool = False

    @property
    def kind(self) -> Literal["word", "phrase", "prefix"]:
        """What it is."""
        if self.is_quoted:
            return "phrase"
        return "prefix" if self.atoms[-1].is_prefix else "word"


@dataclass(frozen=True, slots=True)
class FindQuery:
    """What every found paragraph has, and what none has; ``ignored`` are parts without letters and digits."""

    text: str
    wanted: tuple[Sought, ...]
    excluded: tuple[Sought, ...] = ()
    ignored: tuple[str, ...] = ()


def parse_query(query: str, most: int) -> FindQuery:
    """Read what is to be found.

    Args:
        query: As typed.
        most: The maximum number of characters.

    Raises:
        QuestionError: It is empty, too long, not text, has only words to leave out, a lone star, or an open quotation mark.
    """
    text = query.strip()
    if not text:
        raise QuestionError("there is nothing to find: the query is empty", command=_EXAMPLE)
    if len(text) > most:
        raise QuestionError(f"the query has {len(text):,} characters; at most {most:,} are allowed", hint="shorten it")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QuestionError("the query contains an invalid character (a lone surrogate)")
    found = list(dict.fromkeys(_pieces(text)))
    sought = [each for each in found if each.atoms]
    if sum(len(each.atoms) for each in sought) > _MOST_WORDS:
        raise QuestionError(f"the query has more than {_MOST_WORDS} words", hint="shorten it")
    if sum(atom.is_prefix for each in sought for atom in each.atoms) > _MOST_STARS:
        raise QuestionError(f"the query has more than {_MOST_STARS} stars", hint="write some of the words in full")
    wanted = tuple(each for each in sought if not each.is_excluded)
    ignored = tuple(each.text for each in found if not each.atoms)
    if not wanted and len(sought) > len(wanted):
        raise QuestionError("the query has only words to leave out", hint="add a word to find", command=_EXAMPLE)
    if not wanted:
        raise QuestionError(f"“{_short(text)}” has no letters or digits to find", hint="give a word or a number")
    return FindQuery(text, wanted, tuple(each for each in sought if each.is_excluded), ignored)


def _pieces(text: str) -> Iterator[Sought]:
    at = 0
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            at += 1
            continue
        at = match.end()
        is_excluded = bool(match["sign"])
        if match["open"]:
            end = next((here for here in range(at, len(text)) if text[here] in _CLOSING[match["open"]]), None)
            if end is None:
                after = _short(text[at:])
                raise QuestionError(
                    f"the quotation mark before “{after}” is not closed" if after else "a quotation mark is not closed",
                    hint="close it, or leave it out",
                )
            yield _sought(text[at:end].strip(), is_quoted=True, is_excluded=is_excluded)
            at = end + 1
        elif match["word"]:
            yield _sought(match["word"], is_excluded=is_excluded)


def _short(text: str) -> str:
    """Return the start of what was typed, for a message."""
    shown = text.strip()
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


def _sought(text: str, *, is_quoted: bool = False, is_excluded: bool = False) -> Sought:
    atoms = tuple(atom for word in text.split() for atom in _atoms(word))
    return Sought(text, atoms, is_quoted, is_excluded)


def _atoms(written: str) -> list[Atom]:
    """Return the words of what is typed without a space: 3.5, well-known, l'école; the first is joined to nothing."""
    body = written.rstrip(_STARS)
    atoms = [Atom(word.form, word.joint if nth else None) for nth, word in enumerate(written_words(body))]
    if any(star in body for star in _STARS) or (body != written and not atoms):
        raise QuestionError(
            f"in “{_short(written)}”, the star is not at the end of a word",
            hint="a star stands for any ending: write holiday* for holiday, holidays, holidaymaker",
        )
    if body != written:
        atoms[-1] = Atom(atoms[-1].form, atoms[-1].joint, is_prefix=True)
    return atoms
