"""Whether a question is in another language than documents: said only where it is clear."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

import regex

from citewell.text.language import detect, known_words, script_of

_REMEMBERED = 64
_WORD = regex.compile(r"[\p{L}\p{M}]+")


def asked_in(question: str, languages: Iterable[str]) -> str | None:
    """Return the language of a question, if it is clearly none of the others that documents are in.

    Short questions can be taken for another language, and then nothing of what was written for their own would hold. So more
    of their words have to be everyday words of their language than of any other in question, unless the scripts differ.

    Args:
        question: The question.
        languages: The languages of the documents (ISO 639-1).

    Returns:
        The ISO 639-1 code, or None if the question does not tell.
    """
    return _asked_in(question, tuple(languages))


def is_foreign(question: str, languages: Collection[str]) -> bool:
    """Return whether a question is clearly in none of some languages."""
    asked = asked_in(question, languages)
    return asked is not None and bool(languages) and asked not in languages


# A question is looked at several times while it is answered.
@lru_cache(maxsize=_REMEMBERED)
def _asked_in(question: str, languages: tuple[str, ...]) -> str | None:
    asked = detect(question)
    if asked is None:
        return None
    others = [each for each in languages if each != asked and script_of(each) == script_of(asked)]
    if not others:
        return asked
    words = {word.lower() for word in _WORD.findall(question)}
    own = _everyday(words, asked)
    return asked if all(own > _everyday(words, other) for other in others) else None


def _everyday(words: set[str], language: str) -> int:
    return len(words & known_words(language))
