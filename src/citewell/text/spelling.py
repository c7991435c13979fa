"""Spelling: an unknown word of a question is corrected to the most similar word of the corpus.

Similar means one typo, or two that are apart in a long word, and the same first letter (``citewell.text.typos``). Corrections
are always shown, and can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import regex

from citewell.text.capitals import Case
from citewell.text.concepts import Concept
from citewell.text.vocabulary import SHORTEST, Vocabulary
from citewell.text.words import Kind

# A question with more unknown words is not a question with typos but another language, or no question.
_MAX_CORRECTIONS = 24


@dataclass(frozen=True, slots=True)
class Spelled:
    """A question with its typos corrected; ``corrections`` are pairs of the original and the corrected word."""

    text: str
    corrections: tuple[tuple[str, str], ...]


def respell(
    question: str, unknown: Iterable[Concept], is_word: Callable[[str], bool], vocabulary: Vocabulary
) -> Spelled:
    """Correct the typos of a question, up to a limit.

    Args:
        question: The question.
        unknown: The words of it that the corpus does not have.
        is_word: Returns whether a word is spelled correctly although the corpus does not have it.
        vocabulary: The words of the corpus.
    """
    corrections: dict[str, str] = {}
    for concept in [each for each in unknown if _can_be_corrected(each)][:_MAX_CORRECTIONS]:
        word = concept.word.lower()
        named = concept.case in (Case.NAME, Case.CAPITALS)
        meant = None if is_word(word) else vocabulary.nearest(word, named=named)
        if meant is not None and meant != word:
            corrections[concept.span.of(question)] = meant
    if not corrections:
        return Spelled(question, ())
    written = "|".join(map(regex.escape, corrections))
    everywhere = rf"(?<![\p{{L}}\p{{M}}])(?:{written})(?![\p{{L}}\p{{M}}])"
    text = regex.sub(everywhere, lambda match: corrections[match.group()], question)
    return Spelled(text, tuple(corrections.items()))


def _can_be_corrected(concept: Concept) -> bool:
    return concept.kind is Kind.WORD and len(concept.word) >= SHORTEST and concept.word.isalpha()
