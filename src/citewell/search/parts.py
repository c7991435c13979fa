"""Questions of several parts: each is asked alone, if no single place answers all of them.

The form of a question proposes parts (``citewell.text.coordination``), and the documents decide. A question whose best passage
has the words of all parts has one part, and costs nothing more. Otherwise each proposed part is asked; it is answered if its
own best passage has its words and evidence enough. That the documents do not cover a part is only said if they lack its words
or what it turns on. If anything else holds for a part, the question is taken as one, and no other part is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from citewell.answer import FoundPassage, Lead
from citewell.asked import Part
from citewell.index.storage import Snapshot
from citewell.index.term_places import key_of
from citewell.index.weights import TermWeights
from citewell.search.headings import heading_forms
from citewell.search.lead import start_of
from citewell.search.leaning import leans_on_context
from citewell.search.searching import Found
from citewell.text.coordination import Division, PartText, divisions
from citewell.text.terms import analyse, forms_of
from citewell.text.words import Kind

# A part that is a sentence need not be answered in its own words.
_MOST_OF_IT = 0.6
_FEW = 2
# What parts differ in is at least this share of what a question says; with less, both are the same question.
_DIFFERENT = 0.4
# A question is asked again at most so often.
_MOST_ASKED = 8
_MOST_LEADING = 3
# Where the whole question is refused and a part is not covered, the confidence of the other parts is to be no chance.
_SURE = 0.9
_SURELY_NOT = 0.1
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found for a question or a part, and the probability that the documents cover it."""

    found: Found
    confidence: float


@dataclass(frozen=True, slots=True)
class Divided:
    """A question of several parts: its passages, in turn the best of each part, and the parts."""

    passages: tuple[FoundPassage, ...]
    parts: tuple[Part, ...]
    confidence: float

    @property
    def lead(self) -> tuple[Lead, ...]:
        """The sentences that answer the parts: the marks of the best passage of each."""
        ranks = dict.fromkeys(part.ranks[0] for part in self.parts if part.ranks)
        return tuple(Lead.of(self.passages[rank - 1]) for rank in list(ranks)[:_MOST_LEADING])


# Asks a question, which may refer to the one before it, if that is given.
Ask = Callable[[str, str | None], Reading]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A part as it was asked; ``is_covered`` is None where the documents do not tell."""

    part: PartText
    reading: Reading
    is_covered: bool | None
    key: TermWeights

    @property
    def passages(self) -> tuple[FoundPassage, ...]:
        return self.reading.found.passages if self.is_covered else ()


def divided(question: str, whole: Reading, ask: Ask, snapshot: Snapshot, *, lowest: float, top: int) -> Divided | None:
    """Return a question by its parts, or None if it has one.

    Args:
        question: The question.
        whole: What was found for it as a whole.
        ask: Asks a part.
        snapshot: The snapshot.
        lowest: The lowest confidence that is answered.
        top: The maximum number of passages.
    """
    proposed = divisions(question, snapshot.languages)
    if not proposed or not whole.found.passages:
        return None
    divider = _Divider(whole, ask, snapshot, lowest)
    for division in proposed:
        asked = divider.asked(division, question)
        if asked:
            return _together(asked, whole.found.passages, top, lowest)
    return None


class _Divider:
    """Asks the parts of a question.

    Args:
        whole: What was found for the whole question.
        ask: Asks a part.
        snapshot: The snapshot.
        lowest: The lowest confidence that is answered.
    """

    def __init__(self, whole: Reading, ask: Ask, snapshot: Snapshot, lowest: float) -> None:
        self._whole = whole
        self._ask = ask
        self._snapshot = snapshot
        self._lowest = lowest
        self._left = _MOST_ASKED
        self._keys: dict[range, frozenset[int]] = {}

    def asked(self, division: Division, question: str) -> list[_Asked] | None:
        """Return the parts of a division of a question, or None if it does not hold."""
        weights = [self._snapshot.weights(part.key) for part in division]
        if not all(each.total for each in weights):
            return None
        is_here = [self._has(self._whole.found, each) for each in weights]
        if all(is_here):
            return None
        different = sum(self._snapshot.weights(part.text).total for part in division)
        if different < _DIFFERENT * self._snapshot.weights(question).total:
            return None
        # A division that does not hold mostly fails for a part that the best passage lacks: then the others are not asked.
        found = self._every_part(sorted(range(len(division)), key=is_here.__getitem__), division, weights)
        if found is None:
            return None
        best = [each.passages[0] for each in found if each.is_covered]
        is_one = len(best) > 1 and all(_shares(best[0], each) for each in best[1:])
        is_sure = self._whole.confidence >= self._lowest or len(best) == len(found) or all(map(_is_sure, found))
        return found if best and is_sure and not is_one else None

    def _every_part(
        self, order: Sequence[int], division: Division, weights: Sequence[TermWeights]
    ) -> list[_Asked] | None:
        """Ask the parts of a division in some order; None once one cannot be told, or one place answers all of them."""
        found: dict[int, _Asked] = {}
        for nth in order:
            part, key = division[nth], weights[nth]
            is_told = _is_told(key, [*weights[:nth], *weights[nth + 1 :]])
            # Without its own words, what is said of the part before would be taken for an answer.
            follows = part.follows and (is_told or leans_on_context(part.text))
            each = self._asked(part, key, division[nth - 1].wordings[0] if follows else None, is_told=is_told)
            if each is None or each.is_covered is None:
                return None
            if each.is_covered and all(self._has(each.reading.found, other, share=1.0) for other in weights):
                return None
            found[nth] = each
        return [found[nth] for nth in sorted(found)]

    def _asked(self, part: PartText, key: TermWeights, before: str | None, *, is_told: bool) -> _Asked | None:
        """Ask a part in its wordings, until one is surely covered; None if too much was asked already."""
        best: _Asked | None = None
        for wording in part.wordings:
            if not self._left:
                return None
            self._left -= 1
            reading = self._ask(wording, before)
            asked = _Asked(part, reading, self._is_covered(part, reading, key, is_told=is_told), key)
            if best is None or _rank(asked) > _rank(best):
                best = asked
            if asked.is_covered and reading.confidence >= _SURE:
                break
        return best

    def _is_covered(self, part: PartText, reading: Reading, key: TermWeights, *, is_told: bool) -> bool | None:
        passages = reading.found.passages
        if reading.confidence >= self._lowest and passages:
            return True if self._has(reading.found, key) else None
        # A verb that the documents lack may be there in another form.
        most = _SURELY_NOT if part.is_sentence and not reading.found.missing else self._lowest
        return False if reading.confidence < most and (reading.found.missing or not is_told) else None

    def _has(self, found: Found, key: TermWeights, *, share: float = _MOST_OF_IT) -> bool:
        """Return whether the best passage has the words of a part; if they are many, a share of them is enough."""
        best = found.passages[0]
        records = found.said[start_of(best)].records
        if records not in self._keys:
            keys, _ = self._snapshot.words(records)
            self._keys[records] = frozenset(keys.tolist())
        here = {form for each in key.concepts for form in each.every_form if key_of(form) in self._keys[records]}
        least = 1.0 if len(key.concepts) <= _FEW else share
        return key.matched(here | _forms_above(best)) >= least * key.total - _ROUNDING


def _is_told(key: TermWeights, others: Sequence[TermWeights]) -> bool:
    """Return whether a document has a word of a part that the other parts do not have; of its words, if they have all."""
    shared = {form for each in others for weighted in each.concepts for form in weighted.every_form}
    own = [each for each in key.concepts if shared.isdisjoint(each.every_form)]
    return any(each.is_found for each in own or key.concepts)


def _is_sure(asked: _Asked) -> bool:
    """Return whether a part is not covered, or surely so: neither by a number alone nor by a word of what follows."""
    if not asked.is_covered:
        return True
    concepts = [each.concept for each in asked.key.concepts]
    tells = len(concepts) > 1 or not (asked.part.follows or concepts[0].kind is Kind.NUMBER)
    return tells and asked.reading.confidence >= _SURE


def _forms_above(passage: FoundPassage) -> frozenset[str]:
    """Return the forms of the words that stand above a passage, or above the rows of a table that it has."""
    head = analyse(passage.head.text, passage.language) if passage.head else ()
    return heading_forms(passage) | forms_of(head)


def _rank(asked: _Asked) -> tuple[bool, float]:
    return bool(asked.is_covered), asked.reading.confidence


def _together(asked: Sequence[_Asked], others: Sequence[FoundPassage], top: int, lowest: float) -> Divided:
    """Return the passages of all parts in turn, then those of the whole question, without shared text."""
    shown: list[FoundPassage] = []
    ranks: list[list[int]] = [[] for _ in asked]
    in_turn: list[tuple[int | None, FoundPassage]] = [*_in_turn(asked)]
    for nth, passage in [*in_turn, *((None, each) for each in others)]:
        same = next((each for each in shown if _shares(each, passage)), None)
        if same is None and len(shown) < top:
            same = passage.model_copy(update={"rank": len(shown) + 1})
            shown.append(same)
        # Others are shown as those of any question are, but answer nothing.
        answers = nth is not None and (passage.confidence >= lowest or not ranks[nth])
        if same is not None and nth is not None and answers and same.rank not in ranks[nth]:
            ranks[nth].append(same.rank)
    parts = tuple(
        Part(
            text=each.part.text,
            answered=bool(each.is_covered),
            confidence=each.reading.confidence,
            ranks=tuple(own),
            missing=() if each.is_covered else each.reading.found.missing,
        )
        for each, own in zip(asked, ranks, strict=True)
    )
    return Divided(tuple(shown), parts, max(part.confidence for part in parts))


def _in_turn(asked: Sequence[_Asked]) -> Iterator[tuple[int, FoundPassage]]:
    for row in zip_longest(*(each.passages for each in asked)):
        yield from ((nth, passage) for nth, passage in enumerate(row) if passage is not None)


def _shares(one: FoundPassage, other: FoundPassage) -> bool:
    """Return whether two passages share text, or say the same."""
    is_same = one.document == other.document and one.span.overlaps(other.span)
    return is_same or other.at in one.repeated or one.at in other.repeated
