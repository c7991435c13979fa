"""The lead of an answer: the sentences that answer, from the best passage, and from others that say more of what was asked.

Most questions are answered by one sentence, so another passage has to add words of the question, of enough weight, that neither
the sentences before nor their headings have. A sentence that repeats what was said adds none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citewell.answer import FoundPassage, Lead, Place
from citewell.index.weights import TermWeights

_MOST = 3
# So many passages are shown unless more are asked for; the lead comes from these.
_LOOKED_AT = 5
# What a further passage has to add, as a share of the weights of the question's words.
_ADDS = 0.25


@dataclass(frozen=True, slots=True)
class Said:
    """Which concepts of the question, by their numbers, stand in what is marked of a passage, and which in its headings.

    ``records`` are those of all its words (``citewell.index.term_places``).
    """

    here: frozenset[int]
    above: frozenset[int]
    records: range = range(0)


def lead_of(
    passages: Sequence[FoundPassage], said: Mapping[Place, Said], weights: TermWeights, lowest: float
) -> tuple[Lead, ...]:
    """Choose the sentences that an answer begins with.

    Args:
        passages: The passages of the answer, best first.
        said: What the marked sentences of each passage have of the question.
        weights: The concepts of the question.
        lowest: The lowest confidence of a further passage.
    """
    lead: list[Lead] = []
    known: frozenset[int] = frozenset()
    for passage in passages[:_LOOKED_AT]:
        if lead and passage.confidence < lowest:
            continue
        own = said[passage.at]
        if lead and sum(weights.concepts[number].weight for number in own.here - known) < _ADDS * weights.total:
            continue
        lead.append(Lead.of(passage))
        known |= own.here | own.above
        if len(lead) == _MOST:
            break
    return tuple(lead)
