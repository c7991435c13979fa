"""The lead of an answer: the sentences that answer, from the best passage, and from others that may answer it, too.

Most questions are answered by one sentence. Another passage leads if it adds words of the question, of enough weight, that
neither the sentences before nor their headings have; or if it is nearly as good as the best one, has as much of the question,
and says something else, because then nobody can tell which of them answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from citewell.answer import FoundPassage, Lead
from citewell.index.weights import TermWeights
from citewell.text.language import function_words
from citewell.text.written import folded, written_forms

_MOST = 3
# So many passages are shown unless more are asked for; the lead comes from these.
_LOOKED_AT = 5
# What a further passage has to add, as a share of the weights of the question's words.
_ADDS = 0.25
# The share of the best passage's score at which another is nearly as good, and that of a sentence's words beyond the question's
# at which it says the same.
_NEARLY = 0.9
_REPEATED = 0.6


@dataclass(frozen=True, slots=True)
class Said:
    """Which concepts of the question, by their numbers, stand in what is marked of a passage, and which in its headings.

    ``records`` are those of all its words (``citewell.index.term_places``).
    """

    here: frozenset[int]
    above: frozenset[int]
    records: range = range(0)


# What tells a passage of an answer from the others, which share no text with it.
Start = tuple[str, int]


def start_of(passage: FoundPassage) -> Start:
    """Return the document of a passage, and where it starts there."""
    return passage.document, passage.start


def lead_of(
    passages: Sequence[FoundPassage], said: Mapping[Start, Said], weights: TermWeights, lowest: float
) -> tuple[Lead, ...]:
    """Choose the sentences that an answer begins with.

    Args:
        passages: The passages of the answer, best first.
        said: What the marked sentences of each passage have of the question, by where it starts (`start_of`).
        weights: The concepts of the question.
        lowest: The lowest confidence of a further passage.
    """
    lead: list[Lead] = []
    known: frozenset[int] = frozenset()
    for passage in passages[:_LOOKED_AT]:
        if lead and passage.confidence < lowest:
            continue
        own = said[start_of(passage)]
        if lead and _weight(own.here - known, weights) < _ADDS * weights.total:
            is_rival = _is_as_good(passage, passages[0], said, weights)
            if not is_rival or _says_the_same(passage, lead, weights):
                continue
        lead.append(Lead.of(passage))
        known |= own.here | own.above
        if len(lead) == _MOST:
            break
    return tuple(lead)


def _weight(concepts: Iterable[int], weights: TermWeights) -> float:
    return sum(weights.concepts[number].weight for number in concepts)


def _is_as_good(passage: FoundPassage, best: FoundPassage, said: Mapping[Start, Said], weights: TermWeights) -> bool:
    """Return whether a passage ranks near the best one, and its sentence has as much of the question."""
    if passage.score < _NEARLY * best.score:
        return False
    own, theirs = said[start_of(passage)], said[start_of(best)]
    return _weight(own.here | own.above, weights) >= _weight(theirs.here | theirs.above, weights)


def _says_the_same(passage: FoundPassage, lead: Sequence[Lead], weights: TermWeights) -> bool:
    """Return whether what a sentence says beyond the words of the question is mostly said before."""
    own = _telling(Lead.of(passage).text, passage.language) - {folded(each.concept.word) for each in weights.concepts}
    before = frozenset[str]().union(*(_telling(each.text, passage.language) for each in lead))
    return len(own & before) >= _REPEATED * len(own)


def _telling(text: str, language: str | None) -> frozenset[str]:
    return written_forms(text) - (function_words(language) if language else frozenset())
