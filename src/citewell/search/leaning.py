"""Which questions lean on what was said before: they name nothing, or little and refer back, or are fragments."""

from __future__ import annotations

from collections.abc import Sequence

from citewell.answer import Turn
from citewell.text.concepts import concepts
from citewell.text.language import detect
from citewell.text.references import asks_for_more, put_right, references
from citewell.text.terms import DEFAULT_LANGUAGE, SPACELESS_LANGUAGES, is_keywords, split_at_function_words

# A question with more terms than this names its own subject, even with pronouns.
_FEW_TERMS = 3
_HARDLY_ANY_TERMS = 1
_BARE_TERMS = 2
_FEW_WORDS = 2
_QUESTION_MARKS = ("?", "？", "؟")
# Pairs of characters to a word, in scripts without spaces.
_PAIRS = 2


def leans_on_context(question: str) -> bool:
    """Return whether a question needs context: it has no terms, or few terms and a pronoun or the like."""
    language = detect(question)
    sign, terms = references(language), _terms(question, language)
    if not terms or asks_for_more(question) or put_right(question):
        return True
    if sign.maybe.search(question) and _terms(sign.maybe.sub(" ", question), language) <= _HARDLY_ANY_TERMS:
        return True
    if terms > _FEW_TERMS:
        return False
    refers = bool(sign.back.search(question) or sign.fragment.search(question))
    return refers or _is_bare(question, terms) or _is_short(question, language)


def last_exchange(history: Sequence[Turn]) -> list[Turn]:
    """Return the last question and its answer, and earlier turns as long as that question needed context itself."""
    for start in reversed(range(len(history))):
        turn = history[start]
        if turn.role == "user" and not leans_on_context(turn.content):
            return _in_force(history[start:])
    return _in_force(history)


def _in_force(exchange: Sequence[Turn]) -> list[Turn]:
    """Return the turns of an exchange without the answers to a question that was put right after them."""
    last = max((at for at, turn in enumerate(exchange) if turn.role == "user" and put_right(turn.content)), default=0)
    return [turn for at, turn in enumerate(exchange) if at >= last or turn.role == "user"]


def is_fragment(said: str) -> bool:
    """Return whether something is too short to be a question of its own: a few words, without a verb or a question mark."""
    few = _terms(said, detect(said)) <= _FEW_TERMS
    return few and not said.rstrip().endswith(("?", "？"))


def _terms(question: str, language: str | None) -> int:
    """Return how many words of a question are no function words."""
    found = len(concepts(question, (language or DEFAULT_LANGUAGE,)))
    return -(-found // _PAIRS) if language in SPACELESS_LANGUAGES else found


def _is_short(question: str, language: str | None) -> bool:
    """Return whether a question is too short to have a verb beside what it asks for: "What day?", "Le dimanche ?"."""
    said = question.rstrip()
    if language in SPACELESS_LANGUAGES or not said.endswith(_QUESTION_MARKS):
        return False
    short = len(said.rstrip("".join(_QUESTION_MARKS)).split()) <= _FEW_WORDS
    return short and not any(each.is_key for each in concepts(question, (language or DEFAULT_LANGUAGE,)))


def _is_bare(question: str, terms: int) -> bool:
    """Return whether a question is a noun or two, asked as a question: "Opening hours?"."""
    named, language = question.rstrip(" ?？"), detect(question)
    if named == question.rstrip() or terms > _BARE_TERMS:
        return False
    if language in SPACELESS_LANGUAGES:
        return split_at_function_words(named) == [named]
    return is_keywords(question, language) and not any(each.is_key for each in concepts(question))
