"""Units of measure: which measures are the same amount ("1.5 km", "1500 m", "1500 metres"), and which are of the same kind.

The prefixes of the International System are read by rule; names of units are those of Unicode's CLDR.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import regex
from babel.units import UnknownUnitError, format_unit

from citewell.text.locales import locales_of
from citewell.text.words import UNITS

_MEASURE = regex.compile(r"([0-9]+(?:\.[0-9]+)?)(\D.*)")
_PREFIXES = {
    "n": (-9, "nano"), "µ": (-6, "micro"), "μ": (-6, "micro"), "m": (-3, "milli"), "c": (-2, "centi"), "d": (-1, "deci"),
    "h": (2, "hecto"), "k": (3, "kilo"), "K": (3, "kilo"), "M": (6, "mega"), "G": (9, "giga"), "T": (12, "tera"),
}  # fmt: skip
# For each unit without a prefix: its quantity, how many of the quantity's own unit it is, its name in CLDR, and its power.
_BASES = {
    "g": ("mass", "1", "mass-{}gram", 1), "t": ("mass", "1e6", "mass-tonne", 1),
    "m": ("length", "1", "length-{}meter", 1), "m2": ("area", "1", "area-square-{}meter", 2),
    "m3": ("volume", "1000", "volume-cubic-{}meter", 3), "l": ("volume", "1", "volume-{}liter", 1),
    "ha": ("area", "10000", "area-hectare", 1), "s": ("time", "1", "duration-{}second", 1),
    "min": ("time", "60", "duration-minute", 1), "h": ("time", "3600", "duration-hour", 1),
    "Hz": ("frequency", "1", "frequency-{}hertz", 1), "V": ("voltage", "1", "electric-{}volt", 1),
    "A": ("current", "1", "electric-{}ampere", 1), "W": ("power", "1", "power-{}watt", 1),
    "J": ("energy", "1", "energy-{}joule", 1), "Wh": ("energy", "3600", "energy-{}watt-hour", 1),
    "N": ("force", "1", "force-{}newton", 1), "Pa": ("pressure", "1", "pressure-{}pascal", 1),
    "bar": ("pressure", "100000", "pressure-{}bar", 1), "B": ("data", "1", "digital-{}byte", 1),
    "°C": ("temperature", "1", "temperature-celsius", 1),
}  # fmt: skip
_WHOLE = ("t", "ha", "min", "h", "°C")
# Numbers after which units have another form in some language.
_NUMBERS = (1, 2, 5, 1.5)
_FIGURES = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)?")
# Amounts are not written with more signs than that, nor with more decimals of which the last is 0.
_LONGEST = 8
_MOST_DECIMALS = 2


class _Unit(NamedTuple):
    quantity: str
    factor: Decimal
    name: str


class Measure(NamedTuple):
    """How much of a quantity a number with a unit is, in the quantity's own unit; ``factor`` is how many of these is its."""

    quantity: str
    amount: Decimal
    factor: Decimal


def measure_of(word: str) -> Measure | None:
    """Return what a number with a unit says, as words are written when they are matched ("1.5km"); None if it has no unit."""
    match = _MEASURE.fullmatch(word)
    unit = _units().get(match[2]) if match else None
    if match is None or unit is None:
        return None
    return Measure(unit.quantity, Decimal(match[1]) * unit.factor, unit.factor)


def same_measures(word: str) -> Iterator[str]:
    """Yield how the same amount is written with a unit's symbol, in any unit: "1500m", "1.50km"."""
    measure = measure_of(word)
    for symbol, unit in _units().items() if measure else ():
        for number in _amounts(measure, unit):
            whole, _, decimals = number.partition(".")
            yield number + symbol
            yield from (f"{whole}.{decimals:0<{most}}{symbol}" for most in range(len(decimals) + 1, _MOST_DECIMALS + 1))


def named_measures(word: str, languages: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the same amount with each name of a unit that is one word: its number, the name, and the language of that."""
    measure = measure_of(word)
    for language in languages if measure else ():
        for name, symbol in _names(language).items():
            yield from ((number, name, language) for number in _amounts(measure, _units()[symbol]))


def symbol_of(name: str, languages: Iterable[str]) -> str | None:
    """Return the symbol of a unit by its name in one of some languages ("km"); None if it is none."""
    return next((found for each in languages if (found := _names(each).get(name.lower()))), None)


def _amounts(measure: Measure | None, unit: _Unit) -> Iterator[str]:
    """Yield the number of a measure in another unit, if it has as few figures as people write."""
    if measure is None or unit.quantity != measure.quantity:
        return
    number = f"{(measure.amount / unit.factor).normalize():f}"
    if len(number) <= _LONGEST:
        yield number


@cache
def _units() -> dict[str, _Unit]:
    return {symbol: _unit(symbol) for symbol in UNITS}


def _unit(symbol: str) -> _Unit:
    if symbol in _BASES:
        quantity, factor, name, _ = _BASES[symbol]
        return _Unit(quantity, Decimal(factor), name.format(""))
    known = _BASES.get(symbol[1:])
    if symbol[:1] in _PREFIXES and known and symbol[1:] not in _WHOLE:
        exponent, prefix = _PREFIXES[symbol[:1]]
        quantity, factor, name, power = known
        return _Unit(quantity, Decimal(factor).scaleb(exponent * power), name.format(prefix))
    return _Unit(symbol, Decimal(1), "")


@cache
def _names(language: str) -> dict[str, str]:
    """Return the symbols of units by their names in one language, those of one word, in small letters."""
    found: dict[str, str] = {}
    for locale in locales_of(language):
        for symbol, unit in _units().items():
            for number in _NUMBERS if unit.name else ():
                try:
                    name = _FIGURES.sub("", format_unit(number, unit.name, "long", locale=locale)).strip().lower()
                except UnknownUnitError:
                    break
                if name.isalpha():
                    found.setdefault(name, symbol)
    return found
