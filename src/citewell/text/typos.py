"""Typos: whether one word can be a misspelling of another, or is another word.

A typo is local: two letters swapped, one lost, doubled, or replaced by a neighbour. A replaced
syllable makes another word (hypertension, hypotension; interstate, intrastate; prednisone, prednisolone), and a letter of
a name another name.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise

import regex
from rapidfuzz.distance import Levenshtein, Opcode, Postfix, Prefix

from citewell.text.lists import words_of

# The letters beside each on the keyboards of most Latin alphabets (QWERTY, QWERTZ, AZERTY).
_ROWS = ("qwertzuiop", "qwertyuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "yxcvbnm", "zxcvbnm", "wxcvbn")
_BESIDE = {frozenset(pair) for row in _ROWS for pair in pairwise(row)}
_VOWELS = set("aeiouyäöüáéíóúàèìòùâêîôûåæøаеиоуыэюяё")
# A letter of a syllable, without its accents; of scripts that do not write all vowels, any.
_SYLLABLE = regex.compile(r"[aeiouyæœøıαεηιουωаеиоуыэюяєі]|(?=\p{L})[^\p{Latin}\p{Greek}\p{Cyrillic}]")
# Letters that have to stand between two typos; closer together they are one syllable.
_APART = 2
_PREFIX = 3
# A letter is lost in a long name more often than two names differ in it.
_LONG_NAME = 7
# Words that have so much of each other at their end, or at both ends, are others of one kind (inbound, outbound; Losartan,
# Valsartan).
_SHARED = 0.5
_SHARED_AT_BOTH_ENDS = 0.6
SHORTEST_END = 3
_SHORTEST_START = 2
# What a beginning can make the opposite of: "paid", "unpaid"; of one letter, a longer word: "a-synchronous", and not "a-round".
_SHORTEST_OPPOSITE = 4
_SHORTEST_AFTER_LETTER = 6


def is_typo(written: str, meant: str, *, named: bool = False) -> bool:
    """Return whether a word can be a misspelling of another.

    Args:
        written: The word as it is written.
        meant: The word that may be meant; at most two edits apart, with the same first letter.
        named: Whether one of them is a name.
    """
    edits = [edit for edit in Levenshtein.opcodes(written, meant) if edit.tag != "equal"]
    if _is_swap(written, meant):
        return True
    if named:
        return len(edits) == 1 and _is_typo_in_a_name(written, meant, edits[0])
    if len(edits) == 1 and written.startswith(meant):
        # Another ending is an inflection ("chosen", "chose"); the same letter twice is not.
        return len(written) == len(meant) + 1 and written[-1] == meant[-1]
    if len(edits) == 1:
        return _size(edits[0]) == 1 and _is_likely(written, meant, edits[0])
    one, other = edits[0], edits[-1]
    apart = other.src_start - one.src_end >= _APART
    return len(edits) == 2 and apart and all(_size(edit) == 1 and _is_likely(written, meant, edit) for edit in edits)


def _is_swap(written: str, meant: str) -> bool:
    """Return whether two neighbouring letters are swapped, and nothing else differs."""
    differing = [at for at, (one, other) in enumerate(zip(written, meant, strict=False)) if one != other]
    if len(written) != len(meant) or len(differing) != 2:
        return False
    first, second = differing
    return second == first + 1 and written[first] == meant[second] and written[second] == meant[first]


def _size(edit: Opcode) -> int:
    return max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start)


def _is_likely(written: str, meant: str, edit: Opcode) -> bool:
    """Return whether one letter is lost or too much, or was replaced by one that is easily taken for it."""
    if edit.tag != "replace":
        return True
    one, other = written[edit.src_start], meant[edit.dest_start]
    # Prefixes differ in a vowel: micro-, macro-; pre-, pro-.
    vowels = edit.src_start >= _PREFIX and one in _VOWELS and other in _VOWELS
    return vowels or frozenset((one, other)) in _BESIDE


def _is_typo_in_a_name(written: str, meant: str, edit: Opcode) -> bool:
    """Return whether a letter is lost or doubled within a long name; its end tells names apart."""
    if edit.tag == "replace" or _size(edit) != 1:
        return False
    doubled = written[edit.src_start : edit.src_end] or meant[edit.dest_start : edit.dest_end]
    around = meant[max(0, edit.dest_start - 1) : edit.dest_end + 1]
    inside = edit.src_end < len(written) and edit.dest_end < len(meant)
    return inside and (len(meant) >= _LONG_NAME or doubled * 2 in around or doubled in around.replace(doubled, "", 1))


def are_others(word: str, stem: str, other_word: str, other_stem: str) -> bool:
    """Return whether two words are others of one kind: they differ in a part, and have the rest in common.

    Their stems do, because words have endings in common; or the words, if their stems have an end in common (prenatal,
    postnatal). Of two words with the same ending, Snowball may have left one whole (internal, external).
    """
    ending = max(len(word) - len(stem), len(other_word) - len(other_stem))
    if ending > 0 and word[-ending:] == other_word[-ending:]:
        stem, other_stem = word[:-ending], other_word[:-ending]
    if stem[-SHORTEST_END:] != other_stem[-SHORTEST_END:] or len(stem) < SHORTEST_END:
        return False
    return _differ_in_a_part(stem, other_stem) or _differ_in_a_part(word, other_word)


def are_opposites(word: str, other: str, language: str) -> bool:
    """Return whether one of two words, in lower case, is the other with a beginning that makes it the opposite (unpaid)."""
    longer, shorter = (word, other) if len(word) > len(other) else (other, word)
    beginning = longer.removesuffix(shorter)
    least = _SHORTEST_OPPOSITE if len(beginning) > 1 else _SHORTEST_AFTER_LETTER
    return len(shorter) >= least and beginning != longer and beginning.rstrip("-") in _negations(language)


@cache
def _negations(language: str) -> frozenset[str]:
    """Return the beginnings that make a word of a language its opposite."""
    return words_of("negations", language)


def _differ_in_a_part(one: str, other: str) -> bool:
    """Return whether two words have their end in common, or both ends, and differ in the rest.

    A syllable differs where only the end is the same: words that rhyme ("price", "twice") have nothing to do with one another.
    """
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    start, end = Prefix.similarity(one, other), Postfix.similarity(one, other)
    if end < SHORTEST_END or start + end >= shorter:
        return False
    both = start >= _SHORTEST_START and start + end >= _SHARED_AT_BOTH_ENDS * longer
    return both or (end >= _SHARED * longer and any(_is_syllable(word[:-end]) for word in (one, other)))


def _is_syllable(letters: str) -> bool:
    return bool(_SYLLABLE.search(unicodedata.normalize("NFD", letters)))
