"""Raised numbers, as exponents and the marks of notes are: 10⁶ is not 106."""

from __future__ import annotations

import regex

RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_NUMBER = regex.compile(r"\s*+[0-9+\-−,]++\s*+")


def raised(text: str) -> str:
    """Return a raised text: a number in raised digits, anything else unchanged."""
    return text.translate(RAISED) if _NUMBER.fullmatch(text) else text
