"""Follow-ups: a question that refers to earlier turns is combined with them, without a language model.

The vector of the question is mixed with that of the previous turn, and so are their terms, so "And its drawbacks?" finds
drawbacks near the previous subject. A question that stands on its own and is unrelated to the previous turn starts a new topic
and is left unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import regex

from citewell.answer import Scope, Turn, Widened
from citewell.document import Span
from citewell.encoder.encoding import Encoder
from citewell.encoder.wording import is_word
from citewell.index.snapshot import Snapshot
from citewell.index.weights import TermWeights
from citewell.search.searching import Query
from citewell.search.widening import Names, Wider
from citewell.text.concepts import concepts
from citewell.text.foreign import is_foreign
from citewell.text.language import detect
from citewell.text.phrases import phrases_in
from citewell.text.spelling import Spelled, respell
from citewell.text.terms import is_keywords, terms_of

# The weight of the context relative to the question, for vectors and terms (docs/architecture.md, "Follow-ups").
_CONTEXT_WEIGHT = 0.5
# The weight of a question with other names in place of the asked ones: an encoder does not know what a house calls things.
_OTHER_NAMES_WEIGHT = 0.5
# A passage matches a question together with its context less often by chance than the question alone.
_EXTRA_WITH_CONTEXT = 0.5
# A question with more terms than this names its own subject, even with pronouns.
_FEW_TERMS = 3
_HARDLY_ANY_TERMS = 1
_BARE_TERMS = 2
# An answer may be long; its beginning is enough, and an encoder reads no further.
_CONTEXT_CHARACTERS = 1000
_POINTS_BACK = regex.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|this|that|these|those|he|him|his|she|her|hers|former|latter)\b"
    r"|^\W*(?:and|but|or|so|also|then|what about|how about|why|how come|how so|like what|for example|such as|since when)\b",
    regex.IGNORECASE,
)
# "On Sundays?", "for children?", "how much for a child?": no verb, so what is asked was said before.
_FRAGMENT = regex.compile(
    r"(?!.*\b(?:am|is|are|was|were|do|does|did|can|could|will|would|has|have|had|shall|should|may|might|must)\b)"
    r"^\W*(?:(?:how (?:much|many|long|far|often)|what|when|where|who)\s+)?"
    r"(?:about|on|in|at|for|with|without|from|to|by|before|after|during|until|per|under|over)\b",
    regex.IGNORECASE,
)
# These may refer to a word of the question itself, as in "How do bees tell others?".
_MAY_POINT_BACK = regex.compile(r"\b(?:there|ones?|such|same|both|else|another|others?|more)\b", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is searched.

    ``text`` is the question with its typos corrected; ``context`` is the earlier questions that it was combined with, oldest
    first; ``corrections`` are pairs of the original and the corrected word; ``widened`` are other names of its words, and
    ``reworded`` is the question with them in place.
    """

    query: Query
    text: str
    context: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()
    widened: tuple[Widened, ...] = ()
    reworded: str | None = None


def understand(
    question: str,
    history: Sequence[Turn],
    scope: Scope,
    *,
    snapshot: Snapshot,
    encoder: Encoder,
    correct: bool = True,
    names: Names | None = None,
) -> Understood:
    """Create a query from a question and the earlier turns.

    Args:
        question: The question.
        history: The earlier turns, oldest first.
        scope: The documents to search.
        snapshot: The snapshot to search.
        encoder: The encoder of the snapshot.
        correct: Whether typos are corrected.
        names: The house's own words, which widen the question; None is without them.
    """
    spelled, weights = _read(question, snapshot, encoder, names, correct=correct)
    wider = names.widen(spelled.text, weights, scope) if names else Wider(weights)
    vector = encoder.encode_query(spelled.text)
    if wider.text:
        vector = _unit(vector + _OTHER_NAMES_WEIGHT * encoder.encode_query(wider.text))
    query = Query(
        vector,
        spelled.text,
        wider.weights,
        scope,
        extra=0.0 if is_keywords(spelled.text, detect(spelled.text)) else 1.0,
        fit=encoder.card.fit,
    )
    exchange = _last_exchange(history)
    context = "\n".join(turn.content[:_CONTEXT_CHARACTERS] for turn in exchange)
    if not context.strip():
        return Understood(query, spelled.text, (), spelled.corrections, wider.added, wider.text)
    before = encoder.encode_query(context)
    # Context without a subject is similar to everything, so similarity to it means nothing.
    vague = leans_on_context(exchange[0].content)
    unrelated = vague or float(query.vector @ before) <= snapshot.manifest.calibration.unrelated
    if unrelated and not leans_on_context(spelled.text):
        return Understood(query, spelled.text, (), spelled.corrections, wider.added, wider.text)
    questions = tuple(turn.content for turn in exchange if turn.role == "user")
    earlier = Wider(snapshot.weights(context))
    if names:
        earlier = names.widen(context, earlier.weights, scope, _asked_parts(exchange))
    mixed = _mixed(query, before, earlier.weights)
    added = tuple(dict.fromkeys((*wider.added, *earlier.added)))
    return Understood(mixed, spelled.text, questions, spelled.corrections, added, wider.text)


def _unit(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def _asked_parts(exchange: Sequence[Turn]) -> list[Span]:
    """Return where the reader's own words are in the context."""
    parts, at = [], 0
    for turn in exchange:
        length = len(turn.content[:_CONTEXT_CHARACTERS])
        if turn.role == "user":
            parts.append(Span(at, at + length))
        at += length + 1
    return parts


def _read(
    question: str, snapshot: Snapshot, encoder: Encoder, names: Names | None, *, correct: bool
) -> tuple[Spelled, TermWeights]:
    """Return a question with its typos corrected, if they are to be, and its concepts.

    Neither a name of the house nor a word in quotation marks is a typo.
    """
    weights = snapshot.weights(question)
    unknown = [each.concept for each in weights.concepts if not each.found]
    if correct and unknown:
        meant = [phrase.span for phrase in phrases_in(question)]
        meant += [match.span for match in names.matches(question)] if names else []
        unknown = [each for each in unknown if not any(map(each.span.overlaps, meant))]
    if not correct or not unknown or is_foreign(question, snapshot.catalogue.languages):
        return Spelled(question, ()), weights
    # A word that a model knows is spelled correctly, even if it is not in the corpus.
    known = partial(is_word, encoder=encoder)
    spelled = respell(question, unknown, known, snapshot.catalogue.vocabulary)
    return spelled, snapshot.weights(spelled.text) if spelled.corrections else weights


def _mixed(query: Query, before: npt.NDArray[np.float32], context: TermWeights) -> Query:
    """Return a query with its context.

    Args:
        query: The question alone.
        before: The vector of the context.
        context: The concepts of the context.
    """
    asked = {form for each in query.weights.concepts for form in each.concept.forms}
    earlier = tuple(each for each in context.concepts if not asked & set(each.concept.forms))
    # Both sides are normalised; otherwise a long answer would outweigh a short question.
    own, theirs = query.weights.total, sum(each.weight for each in earlier)
    factor = _CONTEXT_WEIGHT * own / theirs if own and theirs else 1.0
    concepts = (*(each.scaled(factor) for each in earlier), *query.weights.concepts)
    return replace(
        query,
        vector=_unit(query.vector + _CONTEXT_WEIGHT * before),
        weights=replace(query.weights, concepts=concepts),
        extra=_EXTRA_WITH_CONTEXT,
    )


def leans_on_context(question: str) -> bool:
    """Return whether a question needs context: it has no terms, or few terms and a pronoun or the like."""
    language = detect(question)
    words = terms_of(question, language)
    if (
        _MAY_POINT_BACK.search(question)
        and len(terms_of(_MAY_POINT_BACK.sub("", question), language)) <= _HARDLY_ANY_TERMS
    ):
        return True
    if len(words) > _FEW_TERMS:
        return False
    return not words or any(sign.search(question) for sign in (_POINTS_BACK, _FRAGMENT)) or _is_bare(question, words)


def _is_bare(question: str, words: Sequence[str]) -> bool:
    """Return whether a question is a noun or two, asked as a question: "Opening hours?"."""
    bare = question.rstrip().endswith("?") and len(words) <= _BARE_TERMS and is_keywords(question, detect(question))
    return bare and not any(each.is_key for each in concepts(question))


def context_of(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the part of a history that a follow-up can refer to, each turn truncated."""
    return tuple(Turn(turn.role, turn.content[:_CONTEXT_CHARACTERS]) for turn in _last_exchange(history))


def _last_exchange(history: Sequence[Turn]) -> list[Turn]:
    """Return the last question and its answer, and earlier turns as long as that question needed context itself."""
    for start in reversed(range(len(history))):
        turn = history[start]
        if turn.role == "user" and not leans_on_context(turn.content):
            return list(history[start:])
    return list(history)
