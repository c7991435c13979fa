"""What the ranking knows of one place: the parts of its score, and which words of the question it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from citewell.answer import FoundPassage, Place
from citewell.document import Span
from citewell.index.numbering import Ordinals
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights, Weighted
from citewell.search.explanation import Compared
from citewell.search.headings import heading_forms
from citewell.search.matching import Matcher
from citewell.search.page import Page
from citewell.search.phrases import quoted
from citewell.search.searching import Query, ranking
from citewell.settings import Searching
from citewell.text.concepts import Concept

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """The best passage of a place for a question: its best window, and which words of the question it has and lacks."""

    compared: Compared
    window: Span
    has: tuple[str, ...]
    lacks: tuple[str, ...]


class Measurer:
    """Measures places for one question.

    Args:
        snapshot: The snapshot.
        query: The question as it is searched.
        searching: The settings.
        top: The number of passages in the answer.
    """

    def __init__(self, snapshot: Snapshot, query: Query, searching: Searching, top: int) -> None:
        self._snapshot = snapshot
        self._query = query
        self._searching = searching
        self._top = top

    def of_shown(self, shown: FoundPassage) -> Compared:
        """Measure a passage of the answer, where it is marked."""
        place = Place.of(shown.document, shown.highlights[0])
        compared = self.best_of(self._snapshot.catalogue.passages_at(place)).compared
        return compared.model_copy(update={"rank": shown.rank, "place": shown.at})

    def best_of(self, passages: Ordinals) -> Measured:
        """Measure the best of some passages, at least one."""
        ranked = ranking(self._snapshot, self._query, top=self._top, searching=self._searching, among=passages)
        read = next(ranked.in_order(Page(self._snapshot.catalogue)))
        candidate, passage = read.candidate, read.passage
        window = read.sentences.whole
        here = self._query.weights.at(passage.ordinal)
        forms = _forms(passage, ranked.matcher)
        found = tuple(each for each in here.concepts if each.is_found)
        total = sum(each.weight for each in found)
        compared = Compared(
            place=Place.of(passage.document, passage.span),
            rank=None,
            score=round(candidate.score, _DIGITS),
            cosine=round(candidate.cosine, _DIGITS),
            words=round(TermWeights(found, here.unknown).matched(forms) / (total or 1.0), _DIGITS),
            bm25=round(candidate.bm25 / (here.total or 1.0), _DIGITS),
            nearness=round(ranked.matcher.nearness(passage, window), _DIGITS),
        )
        has = self.words_of(each for each in found if each.stands_in(forms))
        lacks = self.words_of(each for each in found if not each.stands_in(forms))
        return Measured(compared, window, has, lacks)

    def phrases_lacking(self, passages: Ordinals) -> tuple[str, ...]:
        """Return the phrases of the question that other passages have, and none of these."""
        snapshot, query = self._snapshot, self._query
        everywhere = quoted(snapshot, query.text, query.weights, query.scope)
        here = quoted(snapshot, query.text, query.weights, query.scope, passages)
        if everywhere is None or here is None:
            return ()
        has = {phrase for each in here.held.values() for phrase in each.phrases}
        return tuple(each.text for each in everywhere.phrases if each not in has and each not in everywhere.missing)

    def words_of(self, concepts: Iterable[Weighted]) -> tuple[str, ...]:
        """Return words of the question as they are asked, each once."""
        return tuple(dict.fromkeys(_written(each.concept, self._query.text) for each in concepts))


def _written(concept: Concept, question: str) -> str:
    """Return a word as it is written in the question; those of an earlier turn have their places in that."""
    written = concept.span.of(question)
    return written if _letters(written) == _letters(concept.word) else concept.word


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word)).casefold()


def _forms(passage: StoredPassage, matcher: Matcher) -> set[str]:
    """Return the forms of the question in a passage and above it, which speaks for it."""
    (inside,) = matcher.in_sentences(passage, [passage.span])
    return inside | heading_forms(passage)
