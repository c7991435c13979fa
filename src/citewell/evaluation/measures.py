"""The measures of one question: its gold (the spans of the right answers) against the passages found.

recall@k, precision@k and IoU@k follow Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024): gold
characters are counted, each once. nDCG@10 is that of Järvelin and Kekäläinen (2002); the gain of a passage is the share of the
gold characters that it is the first to show. A single passage at rank 1 with all of them is the ideal.

The highlight measures are of the first passage alone. ``highlight@1`` asks whether a mark touches the gold at all; precision
and recall compare the characters that are marked with the gold characters of the same document, and F1 is their harmonic mean
for each question (as the token F1 of SQuAD, Rajpurkar et al., 2016, with characters), so a mark that is too wide or too narrow
costs something.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from citewell.answer import FoundPassage, Lead, Place
from citewell.document import Span

DEPTHS = (1, 3, 5, 10)
# The depth that a run needs for every measure.
DEEPEST = max(DEPTHS)


def measure(gold: Sequence[Place], passages: Sequence[FoundPassage], lead: Sequence[Lead] = ()) -> dict[str, float]:
    """Return every measure of an answerable question.

    Args:
        gold: The places of its right answers; at least one.
        passages: The passages found, best first; without any, all measures are 0.
        lead: The sentences that the answer begins with.
    """
    total_gold = gold_characters(gold)
    shown = [len(passage.text) for passage in passages]
    gains = new_characters(gold, passages)
    first = first_hit(gold, passages)
    found = {depth: sum(gains[:depth]) for depth in DEPTHS}
    total = {depth: sum(shown[:depth]) for depth in DEPTHS}
    values = {
        **{f"hit@{depth}": float(first is not None and first <= depth) for depth in DEPTHS},
        **{f"recall@{depth}": found[depth] / total_gold for depth in DEPTHS},
        **{f"precision@{depth}": found[depth] / total[depth] if total[depth] else 0.0 for depth in DEPTHS},
        **{f"IoU@{depth}": found[depth] / (total[depth] + total_gold - found[depth]) for depth in DEPTHS},
    }
    values["MRR@10"] = 1 / first if first is not None and first <= 10 else 0.0
    values["nDCG@10"] = sum(gain / total_gold / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], 1))
    values |= _of_highlights(gold, passages[:1])
    values["lead hit"] = float(bool(lead) and _leads(gold, passages, lead[0]))
    return values


def nothing_found() -> dict[str, float]:
    """Return the measures of a question that is missing from a run: all zero."""
    return dict.fromkeys(measure([Place(document="", start=0, end=1)], ()), 0.0)


def first_hit(gold: Sequence[Place], passages: Sequence[FoundPassage]) -> int | None:
    """Return the rank of the first passage that shares at least half the length of the shortest right answer with one."""
    shortest = min(place.span.end - place.span.start for place in gold)
    for rank, passage in enumerate(passages, 1):
        if any(2 * shared(place, passage.document, passage.span) >= shortest for place in gold):
            return rank
    return None


def gold_characters(gold: Sequence[Place]) -> int:
    """Return the number of characters in the right answers, counting each once."""
    return sum(len(characters) for characters in _characters(gold).values())


def new_characters(gold: Sequence[Place], passages: Sequence[FoundPassage]) -> list[int]:
    """Return how many gold characters each passage is the first to show."""
    left = _characters(gold)
    gains = []
    for passage in passages:
        found = left.get(passage.document, set()) & set(range(passage.span.start, passage.span.end))
        left.get(passage.document, set()).difference_update(found)
        gains.append(len(found))
    return gains


def shared(place: Place, document: str, span: Span) -> int:
    """Return how many characters a place and a span of a document share."""
    if place.document != document:
        return 0
    return max(0, min(place.span.end, span.end) - max(place.span.start, span.start))


def _of_highlights(gold: Sequence[Place], first: Sequence[FoundPassage]) -> dict[str, float]:
    """Compare what is marked in the first passage, if there is one, with the gold of its document."""
    marked = {at for passage in first for mark in passage.highlights for at in range(mark.start, mark.end)}
    wanted = {at for passage in first for at in _characters(gold).get(passage.document, ())}
    right = len(marked & wanted)
    return {
        "highlight@1": float(right > 0),
        "highlight precision": right / len(marked) if right else 0.0,
        "highlight recall": right / len(wanted) if right else 0.0,
        "highlight F1": 2 * right / (len(marked) + len(wanted)) if right else 0.0,
    }


def _leads(gold: Sequence[Place], passages: Sequence[FoundPassage], lead: Lead) -> bool:
    """Return whether half of the lead stands in a right answer, or half of one in the lead: either may be far shorter."""
    document = next((each.document for each in passages if each.rank == lead.rank), "")
    length = lead.end - lead.start
    return any(2 * shared(place, document, lead.span) >= min(length, place.end - place.start) for place in gold)


def _characters(gold: Sequence[Place]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for place in gold:
        found.setdefault(place.document, set()).update(range(place.span.start, place.span.end))
    return found
