"""Follow-ups: a question that leans on what was said before is understood with it, without a language model.

The vector of the question is mixed with that of the turn before, and their terms likewise, so that "And its drawbacks?"
looks for drawbacks near what was spoken of. A question that stands on its own and has nothing to do with the turn before begins
a new topic, and is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from citewell.answer import Scope, Turn
from citewell.encoder.encoding import Encoder
from citewell.index.folder import Snapshot
from citewell.index.lexical import is_keywords, terms
from citewell.search.searching import Query
from citewell.search.spelling import respell

# What the turn before weighs beside the question, in meaning and in words alike (docs/architecture.md, "Follow-ups").
_CONTEXT_WEIGHT = 0.5
# With more terms of its own than this a question says what it is about, whatever it points back to.
_SAYS_LITTLE = 3
_SAYS_NEXT_TO_NOTHING = 1
# An answer may be pages long; what it is about stands at its beginning, and an encoder reads no further.
_CONTEXT_CHARACTERS = 1000
_POINTS_BACK = regex.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|this|that|these|those|he|him|his|she|her|hers|former|latter)\b"
    r"|^\W*(?:and|but|or|so|also|then|what about|how about|why|how come|how so|like what|for example|such as|since when)\b",
    regex.IGNORECASE,
)
# These may point to something in the question itself, as in "How do bees tell others?".
_MAY_POINT_BACK = regex.compile(r"\b(?:there|ones?|such|same|both|else|another|others?|more)\b", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is looked for.

    ``text`` is the question without its slips; ``context`` is the questions before that it was understood with, oldest first;
    ``slips`` are the words that were read as others, with those.
    """

    query: Query
    text: str
    context: tuple[str, ...] = ()
    slips: tuple[tuple[str, str], ...] = ()


def understand(
    question: str, history: Sequence[Turn], scope: Scope, *, snapshot: Snapshot, encoder: Encoder
) -> Understood:
    """Make a query of a question and what was said before it.

    Args:
        question: What is asked.
        history: What was said before, oldest first.
        scope: Which documents may answer.
        snapshot: What is searched.
        encoder: The encoder of the snapshot.
    """

    def right(word: str) -> bool:
        # A word that is one token to the encoder is no slip, even if the corpus lacks it.
        return snapshot.lexical.knows(word) or len(encoder.token_offsets(word)) == 1

    spelled = respell(question, right, snapshot.catalogue.vocabulary)
    vector, words = encoder.encode_query(spelled.text), terms(spelled.text)
    alone = Understood(
        Query(vector, dict.fromkeys(words, 1.0), scope, says_all=is_keywords(spelled.text)),
        spelled.text,
        slips=spelled.slips,
    )
    exchange = _last_exchange(history)
    context = "\n".join(turn.content[:_CONTEXT_CHARACTERS] for turn in exchange)
    if not context.strip():
        return alone
    before = encoder.encode_query(context)
    # What was said without a word of what it was about is near to everything, so that nearness to it tells nothing.
    vague = leans_on_context(exchange[0].content)
    unrelated = vague or float(vector @ before) <= snapshot.manifest.calibration.unrelated
    if unrelated and not leans_on_context(spelled.text):
        return alone
    mixed = vector + _CONTEXT_WEIGHT * before
    known = dict.fromkeys((term for term in terms(context) if term not in words), 1.0)
    # Each side counts by its own measure, or a long answer would drown a short question.
    own, theirs = (snapshot.lexical.information(dict.fromkeys(side, 1.0)).total for side in (words, known))
    factor = _CONTEXT_WEIGHT * own / theirs if own and theirs else 1.0
    query = Query(
        (mixed / np.linalg.norm(mixed)).astype(np.float32),
        dict.fromkeys(known, factor) | dict.fromkeys(words, 1.0),
        scope,
    )
    return Understood(
        query, spelled.text, tuple(turn.content for turn in exchange if turn.role == "user"), spelled.slips
    )


def leans_on_context(question: str) -> bool:
    """Say whether a question cannot be understood alone: it names nothing, or little and points back."""
    words = terms(question)
    if _MAY_POINT_BACK.search(question) and len(terms(_MAY_POINT_BACK.sub("", question))) <= _SAYS_NEXT_TO_NOTHING:
        return True
    return not words or (len(words) <= _SAYS_LITTLE and _POINTS_BACK.search(question) is not None)


def leant_on(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return of a history what a follow-up can lean on, each turn as far as it is looked at."""
    return tuple(Turn(turn.role, turn.content[:_CONTEXT_CHARACTERS]) for turn in _last_exchange(history))


def _last_exchange(history: Sequence[Turn]) -> list[Turn]:
    """Return the last question with its answer, and those before as long as that question leaned on them itself."""
    for start in reversed(range(len(history))):
        turn = history[start]
        if turn.role == "user" and not leans_on_context(turn.content):
            return list(history[start:])
    return list(history)
