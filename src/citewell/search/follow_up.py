"""Follow-ups: a question that refers to earlier turns is combined with them, without a language model.

The vector of the question is mixed with that of the previous turn, and so are their terms, so "And its drawbacks?" finds
drawbacks near the previous subject: the more, the less the question tells itself, and the more it has to do with that turn. The
documents that the turn was about are preferred. A question that has nothing to do with it is a new topic, left unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from citewell.answer import Scope, Turn
from citewell.asked import Widened
from citewell.document import Span
from citewell.encoder.encoding import Encoder
from citewell.encoder.wording import is_word
from citewell.index.storage import Snapshot
from citewell.index.weights import TermWeights
from citewell.search.compounds import with_compounds
from citewell.search.earlier import Earlier, documents_of
from citewell.search.everyday import everyday_cosines, questions_for
from citewell.search.lacking import without_lacking
from citewell.search.leaning import last_exchange, leans_on_context
from citewell.search.replacing import as_meant, as_understood, asked_of_another
from citewell.search.searching import Query, rank
from citewell.search.widening import Names, Wider
from citewell.settings import Searching
from citewell.text.foreign import is_foreign
from citewell.text.language import detect
from citewell.text.phrases import phrases_in
from citewell.text.references import asks_for_more
from citewell.text.spelling import Spelled, respell
from citewell.text.terms import is_keywords

# The weight of the context relative to the question, for vectors and terms (docs/architecture.md, "Follow-ups"): that of one
# telling word, as the prior of Dirichlet smoothing (Zhai and Lafferty, 2004) is of some words, but not more than this share.
_CONTEXT_WORDS = 1.25
_MOST_CONTEXT = 0.7
# From which cosine on a question has to do with the turns before, and from which on certainly, in standard deviations above
# what everyday questions have with them: one in twenty of those exceeds the first.
_CHANCE = 1.64
_RELATED = 3.0
# The weight of a question with other names in place of the asked ones: an encoder does not know what a house calls things.
_OTHER_NAMES_WEIGHT = 0.5
# A passage matches a question together with its context less often by chance than the question alone.
_EXTRA_WITH_CONTEXT = 0.5
# An answer may be long; its beginning is enough, and an encoder reads no further.
_CONTEXT_CHARACTERS = 1000
# The documents that earlier turns are about are among the first so many passages.
_CANDIDATES = 20


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
    exchange = last_exchange(history)
    if not "".join(turn.content for turn in exchange).strip():
        return _alone(question, scope, snapshot, encoder, names, correct=correct)
    meant = as_meant(question, exchange)
    alone = _alone(meant.text if meant else question, scope, snapshot, encoder, names, correct=correct)
    if meant is None:
        read = _after(_spoken_of(alone.text, exchange), alone, snapshot, encoder, names)
        return replace(read, context=_questions(exchange)) if read.context else read
    if meant.before is not None:
        alone = replace(alone, query=_instead(alone.query, meant.before, snapshot, encoder))
    return replace(alone, context=_questions(exchange))


def _spoken_of(question: str, exchange: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns before a question, as they are meant; without what it names something else instead of."""
    said = as_understood(exchange)
    before = next((turn.content for turn in said if turn.role == "user"), None)
    another = asked_of_another(question, before) if before is not None else None
    if another is None or (another == question and leans_on_context(question)):
        return said
    return [Turn("user", another)] if another != question else []


def _instead(query: Query, before: str, snapshot: Snapshot, encoder: Encoder) -> Query:
    """Return a query for what is asked about instead: what it names has to be there, and decides as much as all else."""
    named, asked = query.weights, snapshot.weights(before)
    share = asked.total / named.total if named.total and asked.total else 1.0
    own = replace(
        query, weights=replace(named, concepts=tuple(each.scaled(max(1.0, share)) for each in named.concepts))
    )
    told = Earlier((), query.vector, named, instead=True)
    return replace(_mixed(own, encoder.encode_query(before), asked, _MOST_CONTEXT), earlier=told)


def _alone(
    question: str, scope: Scope, snapshot: Snapshot, encoder: Encoder, names: Names | None, *, correct: bool
) -> Understood:
    """Create a query from a question alone."""
    spelled, weights = _read(question, snapshot, encoder, names, correct=correct)
    wider = names.widen(spelled.text, weights, scope) if names else Wider(weights)
    wider = replace(wider, weights=with_compounds(spelled.text, wider.weights, snapshot, encoder))
    # Both at once take less time than one after the other. In another language, all words are others.
    is_judged = not is_foreign(spelled.text, snapshot.catalogue.languages)
    without = without_lacking(spelled.text, wider.weights) if is_judged else None
    vector = encoder.encode_query(spelled.text, *([without] if without else ()))
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
    return Understood(query, spelled.text, (), spelled.corrections, wider.added, wider.text)


def _after(
    exchange: Sequence[Turn], alone: Understood, snapshot: Snapshot, encoder: Encoder, names: Names | None
) -> Understood:
    """Mix a question with the turns that it comes after, as much as it has to do with them."""
    if not exchange:
        return alone
    query, context = alone.query, "\n".join(turn.content[:_CONTEXT_CHARACTERS] for turn in exchange)
    before = encoder.encode_query(context)
    share = _share(alone, exchange, before, snapshot, encoder)
    if not share:
        return alone
    earlier = Wider(snapshot.weights(context))
    if names:
        earlier = names.widen(context, earlier.weights, query.scope, _asked_parts(exchange))
    spoken_of = replace(query, vector=before, weights=earlier.weights)
    found = rank(snapshot, spoken_of, Searching())[:_CANDIDATES]
    more = asks_for_more(alone.text)
    weight = _context_weight(query, earlier.weights, share)
    told = Earlier(
        documents_of(found, snapshot, share, query.weights),
        query.vector,
        replace(query.weights, concepts=()) if more else query.weights,
        tuple(turn.content for turn in exchange if turn.role != "user") if more else (),
        trust=weight / _MOST_CONTEXT,
        extra=query.extra,
    )
    mixed = replace(spoken_of, extra=_EXTRA_WITH_CONTEXT) if more else _mixed(query, before, earlier.weights, weight)
    added = tuple(dict.fromkeys((*alone.widened, *earlier.added)))
    return replace(
        alone,
        query=replace(mixed, earlier=told),
        context=_questions(exchange),
        widened=added,
    )


def _share(
    alone: Understood,
    exchange: Sequence[Turn],
    before: npt.NDArray[np.float32],
    snapshot: Snapshot,
    encoder: Encoder,
) -> float:
    """Return how much a question has to do with the turns before it, from 0 (a new topic) to 1."""
    if leans_on_context(alone.text):
        return 1.0
    # Context without a subject is similar to everything, so similarity to it means nothing.
    if leans_on_context(exchange[0].content):
        return 0.0
    languages = questions_for(snapshot.catalogue.languages)
    asked = detect(alone.text)
    everyday = everyday_cosines(encoder, asked if asked in languages else next(iter(languages)), before)
    deviation = (float(alone.query.vector @ before) - everyday.mean()) / (everyday.std() or 1.0)
    return float(np.clip((deviation - _CHANCE) / (_RELATED - _CHANCE), 0.0, 1.0))


def _questions(exchange: Sequence[Turn]) -> tuple[str, ...]:
    return tuple(turn.content for turn in exchange if turn.role == "user")


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


def _context_weight(query: Query, context: TermWeights, share: float) -> float:
    """Return the weight of the context: the less, the more the question tells, in words as telling as the rarest.

    Words that the documents lack tell what it is about, too.
    """
    asked = [each.weight for each in query.weights.concepts]
    word = max([*asked, *(each.weight for each in context.concepts if each.is_found)], default=1.0)
    told = sum(asked) / word
    return share * (min(_MOST_CONTEXT, _CONTEXT_WORDS / told) if told else _MOST_CONTEXT)


def _mixed(query: Query, before: npt.NDArray[np.float32], context: TermWeights, weight: float) -> Query:
    """Return a query with its context.

    Args:
        query: The question alone.
        before: The vector of the context.
        context: The concepts of the context.
        weight: The weight of the context relative to the question.
    """
    asked = {form for each in query.weights.concepts for form in each.concept.forms}
    earlier = tuple(each for each in context.concepts if not asked & set(each.concept.forms))
    # Both sides are normalised; otherwise a long answer would outweigh a short question.
    own, theirs = query.weights.total, sum(each.weight for each in earlier)
    factor = weight * own / theirs if own and theirs else 1.0
    concepts = (*(each.scaled(factor) for each in earlier), *query.weights.concepts)
    return replace(
        query,
        vector=_unit(query.vector + weight * before),
        weights=replace(query.weights, concepts=concepts),
        extra=_EXTRA_WITH_CONTEXT,
    )


def context_of(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the part of a history that a follow-up can refer to, each turn truncated."""
    return tuple(Turn(turn.role, turn.content[:_CONTEXT_CHARACTERS]) for turn in last_exchange(history))
