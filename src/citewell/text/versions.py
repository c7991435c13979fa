"""Versions: numbers with points that stand behind a "v" or a name without a space ("v3.10", "Notes_3.10", "python3.11")."""

from __future__ import annotations

from citewell.text.patterns import pattern

# One letter before a number makes it another one, if it is no "v": "B2.1".
_VERSION = pattern(
    r"(?:(?<![\p{L}\p{N}])[vV]|\p{L}{2}\.?[_\-‐‑]?)(\p{Nd}++(?:\.\p{Nd}++)+)(?:\.\p{L}++)?$",
)
_V = pattern(r"v(\p{Nd}+(?:\.\p{Nd}+)+)")
_NAMED = pattern(r"(\p{L}{2,})(\p{Nd}+(?:\.\p{Nd}+)+)")


def version_in(written: str) -> str | None:
    """Return the number with points at the end of a joined word, before the suffix of a file; None if there is none."""
    found = _VERSION.search(written) if "." in written else None
    return found[1] if found else None


def number_of(word: str) -> str | None:
    """Return the number of a version of a question: of "v3.10", 3.10."""
    found = _V.fullmatch(word)
    return found[1] if found else None


def name_and_number(word: str) -> tuple[str, str] | None:
    """Return the two words that a name with a number may be: "python3.11" is "Python 3.11"."""
    found = _NAMED.fullmatch(word)
    return (found[1], found[2]) if found else None
