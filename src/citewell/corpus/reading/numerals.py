"""Numbers as lists count: 1, a, iv."""

from __future__ import annotations

from typing import Literal

Style = Literal["decimal", "letters", "roman"]

_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_LARGEST_ROMAN = 3_999
_LETTERS = 26
# "zz" and beyond are written so by few programs, and a hostile list counts from any number.
_MOST_LETTERS = 5


def numeral(value: int, style: Style, *, is_upper: bool = False) -> str:
    """Return a number as a list counts it; in digits where its style has no such number.

    Args:
        value: The number.
        style: How it is written; letters go on with "aa", "bb" after "z", as in Word and in browsers' first round.
        is_upper: Whether letters are capitals.
    """
    if style == "roman" and 0 < value <= _LARGEST_ROMAN:
        text = _roman(value)
    elif style == "letters" and 0 < value <= _LETTERS * _MOST_LETTERS:
        text = chr(ord("a") + (value - 1) % _LETTERS) * (1 + (value - 1) // _LETTERS)
    else:
        return str(value)
    return text.upper() if is_upper else text


def _roman(value: int) -> str:
    text = ""
    for size, sign in _ROMAN:
        count, value = divmod(value, size)
        text += sign * count
    return text
