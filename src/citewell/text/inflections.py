"""Forms of one word that have different stems: Snowball does not remove every ending ("verlängern" and "verlängert").

What differs within its stem is another word (nitrate, nitrite; prednisone, prednisolone).
"""

from __future__ import annotations

from itertools import groupby

from rapidfuzz.distance import Prefix

from citewell.text.terms import DEFAULT_LANGUAGE, fold, is_stemmed, stem

# Snowball removes the endings of nouns alone (Turkish), or leaves what changes before an ending (Finnish).
_HARDLY_STEMMED = {"fi", "tr"}
_SHORTEST_START = 4
# A vowel that is two where it is stressed, in these languages: encontrar, encuentra; sedere, siede.
_DIPHTHONGS = {"ca", "es", "gl", "it", "pt", "ro"}
_TWO_FOR_ONE = {("e", "ie"), ("e", "ea"), ("i", "ie"), ("o", "ue"), ("o", "uo"), ("o", "oa"), ("u", "ue")}
_VOWELS = frozenset("aeiou")
# Who is trained is no trainer: an ending that makes another word.
_DERIVED = {"en": "ee"}


def are_forms(one: str, other: str, language: str | None) -> bool:
    """Return whether two words that look alike can be forms of one.

    Args:
        one: A word, in lower case.
        other: Another.
        language: The language of the text that has them.
    """
    language = language or DEFAULT_LANGUAGE
    if not is_stemmed(language) or language in _HARDLY_STEMMED:
        return Prefix.similarity(one, other) >= _SHORTEST_START
    ending = _DERIVED.get(language)
    if ending and one.endswith(ending) != other.endswith(ending):
        return False
    stems = stem(one, language), stem(other, language)
    return _is_left_whole(one, other, *stems) or (language in _DIPHTHONGS and _has_two_vowels_for_one(*stems))


def _is_left_whole(one: str, other: str, stem_of_one: str, stem_of_other: str) -> bool:
    """Return whether a stem begins with the other, and one of the words has lost no ending (verläng-ern, verlängert).

    Where both have lost one, they are other words (employ-er, employe-e), or it has more of its own (coursera).
    """
    if not (stem_of_one.startswith(stem_of_other) or stem_of_other.startswith(stem_of_one)):
        return False
    most = Prefix.similarity(one, other) + 1
    pairs = ((one, stem_of_one), (other, stem_of_other))
    return any(len(left) >= len(fold(word)) and len(word) <= most for word, left in pairs)


def _has_two_vowels_for_one(one: str, other: str) -> bool:
    """Return whether two stems differ only in that a vowel of one is two in the other (encontr, encuentr)."""
    runs, others = (["".join(run) for _, run in groupby(each, _VOWELS.__contains__)] for each in (one, other))
    differing = [tuple(sorted(pair, key=len)) for pair in zip(runs, others, strict=False) if pair[0] != pair[1]]
    return len(runs) == len(others) and len(differing) == 1 and differing[0] in _TWO_FOR_ONE
