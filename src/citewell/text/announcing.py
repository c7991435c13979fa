"""Sentences that announce what follows them: a question, or the words before a list; alone they are no answer."""

from __future__ import annotations

from collections.abc import Callable

import regex

# At the end of a sentence, with what closes after it. The question mark of Greek is a semicolon elsewhere.
_CLOSED = r"[\p{Pe}\p{Pf}\"'*_~\s]*$"
_ASKS, _GREEK_ASKS = "[?？؟][!！?？؟]*", r"[;\u037e?]"
_QUESTION, _GREEK_QUESTION = (regex.compile(f"{sign}{_CLOSED}") for sign in (_ASKS, _GREEK_ASKS))
_ANNOUNCES, _GREEK_ANNOUNCES = (regex.compile(f"(?:{sign}|[:：]){_CLOSED}") for sign in (_ASKS, _GREEK_ASKS))
_END = 20
_ITEM = regex.compile(
    r"\s*(?:[-*+•‣◦·–—]|[(（]?(?:\p{N}{1,3}|\p{L})[.)．）]|\p{N}{1,3}、)[\s\p{Han}\p{Hiragana}\p{Katakana}]"
)


def is_question(sentence: str, language: str | None = None) -> bool:
    """Return whether a sentence ends as a question does in its language (ISO 639-1)."""
    sign = _GREEK_QUESTION if language == "el" else _QUESTION
    return sign.search(sentence[-_END:]) is not None


def last_announced(sentence: Callable[[int], str], number: int, count: int, language: str | None = None) -> int:
    """Return the last of the sentences that one announces: the one after it, and if that begins a list, the whole list.

    Args:
        sentence: Returns a sentence by its number, with what stands between it and the one before.
        number: The number of the sentence.
        count: How many sentences there are.
        language: Their language (ISO 639-1).

    Returns:
        The number of the last one; that of the sentence itself if it announces nothing.
    """
    last = number
    while last + 1 < count and _announces(sentence(last), language):
        last += 1
    if last > number and _ITEM.match(sentence(last)):
        while last + 1 < count and _ITEM.match(sentence(last + 1)):
            last += 1
    return last


def _announces(sentence: str, language: str | None) -> bool:
    if sentence.endswith("."):
        return False
    sign = _GREEK_ANNOUNCES if language == "el" else _ANNOUNCES
    return sign.search(sentence[-_END:]) is not None
