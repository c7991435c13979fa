"""Words: where the words, numbers and codes of a text are, and the one form in which each is matched, whatever its spelling.

A word that is written joined or parted (re-opened, getUserByName, KX-4410-B, 450 kg, a telephone number) has one joined form,
and the forms of its parts, which are matched as well but count once with it. Scripts without spaces between words (Chinese,
Japanese, Korean, Thai and others) are matched by pairs of neighbouring characters, like Lucene's CJKBigramFilter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

import regex

from citewell.text.patterns import pattern
from citewell.text.telephones import DIGITS, TELEPHONE, groups_of, other_forms
from citewell.text.versions import version_in

# The scripts whose words are not parted by spaces, or are too long for whole words to be found again (Korean).
SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTERS = rf"[[\p{{L}}\p{{M}}]--[{SPACELESS}]]"
_ATOM = rf"(?:{_LETTERS}|\p{{N}})++"
# What a number, a unit or a code has no more of beside it: other scripts go on without a space (約12,000円).
_BESIDE = rf"[[\p{{L}}\p{{N}}]--[{SPACELESS}]]"
_HYPHENS = r"\-‐‑"
# As word processors count: a sign of Chinese or Japanese is a word; in Thai, Lao, Khmer and Burmese, about four letters are.
_COUNTED = pattern(
    r"""[\p{Han}\p{Hiragana}\p{Katakana}ー]
    | [\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{1,4}
    | [[\p{L}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]][\p{L}\p{M}\p{N}'’._\-‐‑]*+
    """,
    regex.VERBOSE | regex.V1,
)
# Units of measure that are written with or without a space after their number.
_UNITS = (
    "mg|g|kg|t|ml|cl|dl|l|hl|nm|µm|μm|mm|cm|dm|m|km|mm2|cm2|m2|km2|ha|mm3|cm3|m3|ms|s|min|h|Hz|kHz|MHz|GHz|mV|V|kV|mA|"
    "W|kW|MW|GW|Wh|kWh|MWh|J|kJ|MJ|kcal|N|kN|Pa|hPa|kPa|MPa|bar|mbar|K|°C|°F|dB|lm|lx|rpm|mph|ft|lb|lbs|oz|kB|KB|MB|GB|TB|px|pt|ppm"
)
UNITS = tuple(_UNITS.split("|"))
_UNIT = pattern(rf"(\p{{Nd}}+(?:[.,٫٬]\p{{Nd}}+)*)[ \u00a0\u202f]?({_UNITS})(?!{_BESIDE})", regex.V1)
# With the stroke of fractions: "2½" is "21⁄2" when it is normalised, and is not 21. Arabic has marks of its own: ١٬٢٣٤٫٥.
_NUMBER = r"\p{Nd}++(?:[.,'’⁄٫٬]\p{Nd}++)*+"
# A bank account (ISO 13616), in groups of four.
_IBAN = (
    r"[A-Z]{2}[0-9]{2}(?:[ \u00a0][A-Z0-9]{4})(?:[ \u00a0](?=[A-Z]*[0-9])[A-Z0-9]{4}){1,6}+(?:[ \u00a0][A-Z0-9]{1,3})?"
)
_FEWEST_GROUPS = 4
_SPACED = rf"\p{{Nd}}{{1,3}}(?:[ \u00a0\u202f]\p{{Nd}}{{3}})++(?:[.,]\p{{Nd}}++)?+(?!{_BESIDE})"
_WORD = pattern(
    rf"""(?P<plain>(?:[A-Za-z][a-z]*+[ ,;?!]++)++)
    | (?P<spaceless>[{SPACELESS}][{SPACELESS}\p{{M}}]*+)
    | (?<!{_BESIDE})(?P<acronym>(?:{_LETTERS}\.){{2,}}+{_LETTERS}?(?!{_BESIDE}))
    | (?<!{_BESIDE})(?P<sharp>\p{{L}}(?:\+\+|\#)(?!{_BESIDE}|[+\#]))
    | (?<!{_BESIDE})(?P<account>{_IBAN})(?!{_BESIDE})
    | (?<!{_BESIDE}|[.,])(?P<telephone>{TELEPHONE}(?!{_BESIDE}))
    | (?<!{_BESIDE}|[.,])(?P<unit>{_UNIT.pattern})
    | (?<!{_BESIDE}|[.,])(?P<spaced>{_SPACED})
    | (?<!{_BESIDE})(?P<number>{_NUMBER}(?!{_BESIDE}|[_:/{_HYPHENS}]))
    | (?P<compound>{_ATOM}(?:(?:[{_HYPHENS}_.]|(?<=\p{{Nd}})[:/](?=\p{{Nd}})){_ATOM})*+)
    """,
    regex.VERBOSE | regex.V1,
)
# One of some words that stand side by side, with nothing else between them.
_PLAIN_WORD = re.compile("[A-Za-z][a-z]*")
_PARTS = pattern(rf"{_ATOM}", regex.V1)
# Where an atom has parts of its own: a capital after a small letter, or a digit beside a letter.
_SEAM = pattern(
    r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L}\p{M}*)(?=\p{N})|(?<=\p{N})(?=\p{L})", regex.V1
)
_JOINERS = pattern(f"[{_HYPHENS}_/]")
_FRACTION = pattern(r"(\p{Nd}{1,2})/(\p{Nd}{1,2})")
_DIGIT = pattern(r"\p{N}")
_LETTER = pattern(r"\p{L}")
_SPACES = pattern(r"[ \u00a0\u202f'’٬]")
_MARKS = pattern(r"[.,]")
_ARABIC_POINT = "٫"
_GROUPED = pattern(r"\p{Nd}{1,3}(?:([.,])\p{Nd}{3})(?:\1\p{Nd}{3})*")
_PLAIN_NUMBER = pattern(_NUMBER)
_CLUSTER = pattern(r"\X")
# An address or a path of many parts is matched by its parts alone.
_MOST_PARTS = 8


class Kind(Enum):
    """What a word is: letters only, a number, letters and digits, or a piece of a script without spaces."""

    WORD = auto()
    NUMBER = auto()
    CODE = auto()
    PIECE = auto()


class Word(NamedTuple):
    """A word of a normalised text.

    ``text`` is its joined form, in its own case; ``parts`` are those it is made of, if there are several; ``also`` is how else
    it may be asked for. ``start`` and ``end`` are places in the normalised text.
    """

    start: int
    end: int
    text: str
    kind: Kind = Kind.WORD
    parts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def words(text: str, *, decimal_comma: bool = False) -> Iterator[Word]:
    """Yield the words of a text, in order.

    Args:
        text: The text, normalised.
        decimal_comma: Whether "1,234" is a little more than one, as in most languages of Europe.
    """
    for match in _WORD.finditer(text):
        kind = match.lastgroup
        if kind == "plain":
            # Most words of most texts.
            yield from _plain(match)
        elif kind == "spaceless":
            yield from _pieces(match)
        elif kind == "number" or kind == "spaced":
            yield _number(match, decimal_comma=decimal_comma)
        elif kind == "unit":
            yield _measured(match, decimal_comma=decimal_comma)
        elif kind == "telephone":
            yield from _telephone(match, decimal_comma=decimal_comma)
        elif kind == "account":
            yield from _account(match)
        elif kind == "acronym":
            yield Word(match.start(), match.end(), match.group().replace(".", ""))
        elif kind == "sharp":
            yield Word(match.start(), match.end(), match.group(), Kind.CODE)
        else:
            yield from _compound(match)


def plain_number(text: str, *, decimal_comma: bool) -> str:
    """Return a number without its separators of thousands, and with a decimal point.

    "1,234.50", "1 234,50" and "1234.50" are one number. With one separator before three digits the language decides.
    """
    if text.isdecimal():
        return text
    text = _SPACES.sub("", text)
    if _ARABIC_POINT in text:
        return text.replace(_ARABIC_POINT, ".")
    marks = _MARKS.findall(text)
    if not marks:
        return text
    grouped = _GROUPED.fullmatch(text) is not None
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        whole, _, rest = text.rpartition(marks[-1])
        return whole.replace(marks[0], "") + "." + rest
    if len(marks) > 1:
        return text.replace(marks[0], "") if grouped else text.replace(",", ".")
    thousands = "." if decimal_comma else ","
    return text.replace(thousands, "") if grouped and marks[0] == thousands else text.replace(",", ".")


def _plain(match: regex.Match[str]) -> Iterator[Word]:
    for each in _PLAIN_WORD.finditer(match.string, *match.span()):
        yield Word(each.start(), each.end(), each.group())


def _number(match: regex.Match[str], *, decimal_comma: bool) -> Word:
    return Word(match.start(), match.end(), plain_number(match.group(), decimal_comma=decimal_comma), Kind.NUMBER)


def _measured(match: regex.Match[str], *, decimal_comma: bool) -> Word:
    found = _UNIT.fullmatch(match.group())
    number, unit = found.groups() if found else (match.group(), "")
    number = plain_number(number, decimal_comma=decimal_comma)
    return Word(match.start(), match.end(), number + unit, Kind.NUMBER, (number, unit))


def _telephone(match: regex.Match[str], *, decimal_comma: bool) -> Iterator[Word]:
    written = match.group()
    groups, also = groups_of(written), other_forms(written)
    joined = "".join(groups)
    if len(groups) > 1 and len(joined) in DIGITS:
        yield Word(match.start(), match.end(), joined.removeprefix("00"), Kind.NUMBER, tuple(groups), also)
        return
    for part in _PLAIN_NUMBER.finditer(written):
        text = plain_number(part.group(), decimal_comma=decimal_comma)
        yield Word(match.start() + part.start(), match.start() + part.end(), text, Kind.NUMBER, (), also)


def _account(match: regex.Match[str]) -> Iterator[Word]:
    """Yield the longest run of groups that is a bank account by its check digits, and each further group."""
    groups = list(_PARTS.finditer(match.group()))
    written = [group.group() for group in groups]
    most = next(
        (most for most in range(len(groups), _FEWEST_GROUPS - 1, -1) if _is_account("".join(written[:most]))), 0
    )
    if most:
        start, end = match.start(), match.start() + groups[most - 1].end()
        yield Word(start, end, "".join(written[:most]), Kind.CODE, tuple(written[:most]))
    for group in groups[most:]:
        text = group.group()
        parts = tuple(_SEAM.split(text))
        yield Word(
            match.start() + group.start(),
            match.start() + group.end(),
            text,
            _kind(text),
            parts if len(parts) > 1 else (),
        )


def _is_account(code: str) -> bool:
    """Return whether the check digits of a bank account are right: modulo 97, with letters as 10 to 35 (ISO 13616)."""
    return int("".join(str(int(each, 36)) for each in code[4:] + code[:4])) % 97 == 1


def _compound(match: regex.Match[str]) -> Iterator[Word]:
    text = match.group()
    if text.isalpha() and (text.islower() or text[1:].islower()):
        yield Word(match.start(), match.end(), text)
        return
    parts = [part for atom in _PARTS.findall(text) for part in _SEAM.split(atom)]
    if len(parts) == 1:
        yield Word(match.start(), match.end(), text, _kind(text))
    elif len(parts) <= _MOST_PARTS:
        version = version_in(text)
        yield Word(match.start(), match.end(), _joined(text), _kind(text), tuple(parts), (version,) if version else ())
    else:
        for part in _PARTS.finditer(text):
            yield Word(match.start() + part.start(), match.start() + part.end(), part.group(), _kind(part.group()))


def _joined(text: str) -> str:
    """Return a compound as it is when written together; points and colons between its parts stay, as in a version or a time.

    "1/2" is the same as "½" when that is normalised.
    """
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        return f"{fraction[1]}⁄{fraction[2]}"
    return _JOINERS.sub("", text)


def _kind(text: str) -> Kind:
    if text.isalpha() or not _DIGIT.search(text):
        return Kind.WORD
    return Kind.CODE if _LETTER.search(text) else Kind.NUMBER


def _pieces(match: regex.Match[str]) -> Iterator[Word]:
    """Yield each pair of neighbouring characters of a run, or its only one."""
    clusters = [(match.start() + each.start(), match.start() + each.end()) for each in _CLUSTER.finditer(match.group())]
    if len(clusters) == 1:
        yield Word(match.start(), match.end(), match.group(), Kind.PIECE)
    for (start, middle), (_, end) in pairwise(clusters):
        pair = match.string[start:end]
        yield Word(start, end, pair, Kind.PIECE, (match.string[start:middle], match.string[middle:end]))


def count_words(text: str) -> int:
    """Return how many words a text has, for people."""
    return sum(1 for _ in _COUNTED.finditer(text))
