"""Telephone numbers with the code of a country and without: "+44 20 7946 0812", "020 7946 0812", "+44 (0)20 7946 0812".

A code is not looked up: it is the first group of digits, or as many digits as codes of its zone have (ITU-T E.164). A number
with the code of one country is not that of another.
"""

from __future__ import annotations

from collections.abc import Iterator

from citewell.text.patterns import pattern

# A country code, a leading zero or brackets: other rows of numbers are numbers.
TELEPHONE = r"(?:\+\p{Nd}|\(\+?\p{Nd}|0\p{Nd})[\p{Nd}()\-‐‑/ \u00a0]{5,20}\p{Nd}"
DIGITS = range(7, 16)
# Without spaces, fewer digits after a zero are any number.
_JOINED_DIGITS = range(9, 16)
_GROUP = pattern(r"\p{Nd}+")
_ABROAD = pattern(r"\(?(?:\+|00)")
_INTO_ABROAD = pattern(r"^\(?00")
# The zero that is left out from abroad.
_TRUNK = "(0)"
_LONGEST_CODE = 3
_ONE_DIGIT_ZONES = ("1", "7")
# Stands for a code of any country.
_ANY_CODE = "+"


def groups_of(written: str) -> list[str]:
    """Return the groups of digits of a telephone number, without what is only dialled within a country beside its code."""
    return _GROUP.findall(written.replace(_TRUNK, " ") if _ABROAD.match(written) else written)


def other_forms(written: str) -> tuple[str, ...]:
    """Return how a telephone number of a text is called where it is asked for with a country code, or without."""
    joined = _joined(written)
    if not joined:
        return ()
    if not _ABROAD.match(written):
        return (_ANY_CODE + joined.removeprefix("0"),)
    # Written in one, the zeros before a code are part of its own form.
    zeros = [joined] if written.startswith("00") and len(groups_of(written)) == 1 else []
    own = [*zeros, *(form for each in _without_code(written) for form in ("0" + each, each))]
    return tuple(dict.fromkeys(own))


def asked_forms(written: str) -> tuple[str, ...]:
    """Return how a text may call a telephone number of a question (`other_forms`)."""
    joined = _joined(written)
    if not joined or not _ABROAD.match(written):
        return (joined,) if joined else ()
    return (joined, *(_ANY_CODE + each for each in _without_code(written)))


def _joined(written: str) -> str:
    """Return the digits of a telephone number, without the zeros before a country code; "" if it is none."""
    groups = groups_of(written)
    joined = "".join(groups)
    if len(joined) not in (DIGITS if len(groups) > 1 else _JOINED_DIGITS):
        return ""
    return joined.removeprefix("00")


def _without_code(written: str) -> Iterator[str]:
    """Yield the digits after the country code, for each length that it may have; without a zero before them."""
    first, *rest = [each for each in groups_of(_INTO_ABROAD.sub("", written)) if each]
    if rest and len(first) <= _LONGEST_CODE:
        yield "".join(rest).removeprefix("0")
        return
    joined = first + "".join(rest)
    lengths = (1,) if joined.startswith(_ONE_DIGIT_ZONES) else (2, 3)
    yield from (joined[length:].removeprefix("0") for length in lengths)
