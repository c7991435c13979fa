"""Phrases in a question: which passages have them as they are written, and where.

The index proposes passages of the whole corpus (``index.phrasing``), and their text tells. Passages with all phrases count; if
none has all, those with any. A phrase that no passage has is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from citewell.answer import Place, Scope
from citewell.asked import Missing
from citewell.confidence import Calibration, evidence
from citewell.document import Span, above
from citewell.index.numbering import Ordinals
from citewell.index.phrasing import may_have
from citewell.index.storage import EVERYWHERE, Snapshot
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights
from citewell.search.find_query import Atom, FindQuery, Sought
from citewell.search.occurrences import places_in
from citewell.search.page import Candidate, Shown
from citewell.text.concepts import concepts
from citewell.text.phrases import Phrase, WrittenText, folded, phrases_in, without_phrases
from citewell.text.terms import analyse
from citewell.text.written import written_words

# As many passages with a phrase are ranked, and as many that may have one are read for a question.
_ENOUGH = 100
_MOST_READ = 6000
_READ_AT_ONCE = 50
# The probability that documents cover a question which asks for nothing but phrases that they have.
STANDS_THERE = 0.99
_NONE = TermWeights((), 0.0)
# Places of a phrase of function words, which BM25 does not have.
_MOST_PLACES = 300
# What is nearest to a phrase has its words with at most so many between.
_BETWEEN = 2
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Held:
    """A passage with phrases: which, where in its text, and its windows there; in what stands above it, there are none."""

    passage: int
    phrases: frozenset[Phrase]
    places: tuple[Span, ...]
    windows: tuple[int, ...]
    is_apart: bool


@dataclass(frozen=True, slots=True)
class Within:
    """Where phrases are searched: in the documents of a scope, or among some passages, given in order."""

    scope: Scope = EVERYWHERE
    among: Ordinals | None = None

    def __bool__(self) -> bool:
        return bool(self.scope) or self.among is not None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The phrases of a question: the passages that have them, and which no passage has.

    ``is_all`` is whether the question asks for nothing else. ``within`` is where they were searched.
    """

    phrases: tuple[Phrase, ...]
    held: dict[int, Held] = field(default_factory=dict)
    missing: tuple[Phrase, ...] = ()
    is_all: bool = False
    within: Within = Within()

    @property
    def passages(self) -> Ordinals | None:
        """The passages that are ranked; None is those that are found."""
        return np.array(sorted(self.held), dtype=np.int64) if self.held else self.within.among

    def placed(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return candidates with windows that have a phrase."""
        return [self._placed(each) for each in candidates]

    def mark(self, shown: Shown, otherwise: Span) -> Span:
        """Return the sentences with the first phrase in the window of a passage.

        Args:
            shown: The passage.
            otherwise: What is marked if only what stands above the passage has the phrases.
        """
        held = self.held.get(shown.candidate.passage)
        for place in held.places if held else ():
            sentences = [each for each in shown.sentences if each.overlaps(place)]
            if sentences:
                start, end = min(sentences[0].start, place.start), max(sentences[-1].end, place.end)
                return Span(max(start, shown.span.start), min(end, shown.span.end))
        return otherwise

    def evidence(self, weights: TermWeights, calibration: Calibration, shown: Shown, own: float) -> float:
        """Return the evidence of a passage with its phrases: each tells as much as a word that no other passage has.

        Args:
            weights: The concepts of the question.
            calibration: What evidence means in this index.
            shown: The passage.
            own: Its evidence without regard to phrases.
        """
        held = self.held.get(shown.candidate.passage)
        if held is None:
            return own
        if self.is_all:
            return max(own, calibration.evidence(STANDS_THERE))
        there, all_of_them = (weights.unknown * len(each) for each in (held.phrases, self.phrases))
        candidate = shown.candidate
        return max(own, evidence(candidate.cosine, candidate.bm25 + there, weights.total + all_of_them, 0.0))

    def _placed(self, candidate: Candidate) -> Candidate:
        windows = self.held[candidate.passage].windows if candidate.passage in self.held else ()
        return candidate if not windows or candidate.window in windows else candidate._replace(window=windows[0])


def quoted(
    snapshot: Snapshot, question: str, weights: TermWeights, scope: Scope, among: Ordinals | None = None
) -> Quoted | None:
    """Return where the phrases of a question stand, or None if it has none.

    Args:
        snapshot: The snapshot.
        question: The question.
        weights: Its concepts, by which passages are read first.
        scope: The documents to search.
        among: Look only at these passages, given in order; None is all in the scope.
    """
    phrases = phrases_in(question)
    if not phrases:
        return None
    within = Within(scope, among)
    finder = _Finder(snapshot, weights, within)
    of_each = {phrase: finder.passages_with([phrase]) for phrase in phrases}
    missing = tuple(phrase for phrase, held in of_each.items() if held is not None and not held)
    there = [phrase for phrase, held in of_each.items() if held]
    together = finder.passages_with(there) if len(there) > 1 else None
    chosen = together or [each for held in of_each.values() for each in held or ()]
    found: dict[int, Held] = {}
    for each in chosen:
        found[each.passage] = _both(found[each.passage], each) if each.passage in found else each
    rest = concepts(without_phrases(question), snapshot.languages)
    return Quoted(phrases, found, missing, is_all=bool(found) and not missing and not rest, within=within)


def missing_with_phrases(words: Iterable[Missing], found: Quoted, snapshot: Snapshot) -> tuple[Missing, ...]:
    """Return the phrases that no passage has, with what passages have instead, and the missing words of no phrase.

    Args:
        words: The missing words of the question.
        found: Its phrases.
        snapshot: The snapshot.
    """
    phrases = []
    for phrase in found.missing:
        elsewhere = bool(found.within and _Finder(snapshot, _NONE, Within()).passages_with([phrase]))
        nearest = _nearest(phrase, snapshot, found.within.scope)
        phrases.append(Missing(word=phrase.text, nearest=nearest, elsewhere=elsewhere))
    return (*phrases, *(each for each in words if not any(each.word in phrase.text for phrase in found.phrases)))


class _Finder:
    """Finds passages that have phrases.

    Args:
        snapshot: The snapshot.
        weights: The concepts of the question.
        within: Within they are searched.
    """

    def __init__(self, snapshot: Snapshot, weights: TermWeights, within: Within) -> None:
        self._snapshot = snapshot
        self._weights = weights
        self._within = within
        self._above: dict[str, WrittenText] = {}
        self._texts: dict[int, WrittenText] = {}
        self._left = _MOST_READ

    def passages_with(self, phrases: Sequence[Phrase]) -> list[Held] | None:
        """Return the passages that have all of some phrases; None if there are too many to read all that may have them."""
        exact: list[Held] = []
        apart: list[Held] = []
        proposed, is_whole = self._proposed(phrases)
        is_whole = is_whole and len(proposed) <= self._left
        for passage in self._read(proposed[: self._left]):
            held = self._held(passage, phrases)
            if held is not None:
                (apart if held.is_apart else exact).append(held)
            if len(exact) == _ENOUGH:
                break
        return exact or apart or ([] if is_whole else None)

    def _proposed(self, phrases: Sequence[Phrase]) -> tuple[Ordinals, bool]:
        """Return passages that may have all of some phrases, and whether those are all."""
        if self._within.among is not None:
            return self._within.among, True
        required = [words for each in phrases if (words := may_have(each, self._snapshot.languages))]
        if not required:
            return self._searched(phrases[0])
        found = [
            self._snapshot.best_passages(self._weights, _MOST_READ, scope=self._within.scope, required=words)[0]
            for words in required
        ]
        others = [set(each.tolist()) for each in found[1:]]
        proposed = [each for each in found[0].tolist() if all(each in other for other in others)]
        return np.array(proposed, dtype=np.int64), all(len(each) < _MOST_READ for each in found)

    def _searched(self, phrase: Phrase) -> tuple[Ordinals, bool]:
        """Return the passages that have a phrase of function words, by the concordance, and those that have it above them."""
        catalogue = self._snapshot.catalogue
        titled = [each.path for each in catalogue.documents() if phrase.may_be_in(folded(f"{each.path}\n{each.title}"))]
        found = set(catalogue.within(Scope(documents=tuple(titled))).tolist()) if titled else set[int]()
        places = list(islice(self._places(phrase), _MOST_PLACES))
        for place in places:
            # A heading is in no passage, but above those of its document.
            at = catalogue.passages_at(place)
            found |= set((at if len(at) else catalogue.within(Scope(documents=(place.document,)))).tolist())
        scope = self._within.scope
        inside = found & set(catalogue.within(scope).tolist()) if scope else found
        return np.array(sorted(inside), dtype=np.int64), len(places) < _MOST_PLACES

    def _places(self, phrase: Phrase) -> Iterator[Place]:
        """Yield where documents have a phrase, whatever is between its words."""
        atoms = tuple(Atom(word.form) for word in written_words(phrase.text))
        if not atoms:
            return
        query = FindQuery(phrase.text, (Sought(phrase.text, atoms, is_quoted=True),))
        documents = self._snapshot.catalogue.documents()
        for block in self._snapshot.concordance.blocks:
            found = places_in(self._snapshot.concordance, block, query, None)
            columns = (each.tolist() for each in (found.documents, found.places.starts, found.places.ends))
            for document, start, end in zip(*columns, strict=True):
                yield Place(document=documents[document].path, start=start, end=end)

    def _read(self, ordinals: Ordinals) -> Iterator[StoredPassage]:
        for start in range(0, len(ordinals), _READ_AT_ONCE):
            some = ordinals[start : start + _READ_AT_ONCE].tolist()
            self._left -= len(some)
            yield from self._snapshot.catalogue.passages(some)

    def _held(self, passage: StoredPassage, phrases: Sequence[Phrase]) -> Held | None:
        """Return where a passage has some phrases, or None if it lacks one, or has all of it outside its windows."""
        standing = above(passage.document, passage.title, passage.section)
        if standing not in self._above:
            # No phrase goes on from one line to the next.
            self._above[standing] = WrittenText(standing.replace("\n", "\n\n"))
        if passage.ordinal not in self._texts:
            self._texts[passage.ordinal] = WrittenText(passage.text)
        texts = [
            (self._texts[passage.ordinal], passage.span.start),
            (WrittenText(passage.head_text), None),
            (self._above[standing], None),
        ]
        places: list[Span] = []
        is_apart = False
        for phrase in phrases:
            matches = [(match, start) for text, start in texts for match in text.matches(phrase)]
            if not matches:
                return None
            exact = [each for each in matches if not each[0].is_apart]
            is_apart = is_apart or not exact
            places += [match.span.shifted(start) for match, start in exact or matches if start is not None]
        windows = self._windows(passage, places)
        held = Held(passage.ordinal, frozenset(phrases), tuple(sorted(places)), windows, is_apart)
        return None if places and not windows else held

    def _windows(self, passage: StoredPassage, places: Sequence[Span]) -> tuple[int, ...]:
        """Return the windows of a passage that have a phrase; its text goes beyond them."""
        if not places:
            return ()
        windows = range(passage.first_window, passage.end_window)
        sentences = list(map(self._snapshot.catalogue.sentences.of_window, windows))
        return tuple(
            window
            for window, inside in zip(windows, sentences, strict=True)
            if any(Span(inside[0].start, inside[-1].end).overlaps(place) for place in places)
        )


def _both(one: Held, other: Held) -> Held:
    return replace(
        one,
        phrases=one.phrases | other.phrases,
        places=tuple(sorted({*one.places, *other.places})),
        windows=tuple(sorted({*one.windows, *other.windows})),
    )


def _nearest(phrase: Phrase, snapshot: Snapshot, scope: Scope) -> tuple[str, ...]:
    """Return what passages have instead of a phrase: its words in other forms, or with few others between."""
    required = may_have(phrase, snapshot.languages)
    if required is None:
        return ()
    ordinals, _ = snapshot.best_passages(_NONE, _NEAREST, scope=scope, required=required)
    found = [each for passage in snapshot.catalogue.passages(ordinals.tolist()) for each in _alike(phrase, passage)]
    return tuple(dict.fromkeys(sorted(found, key=len)))[:_NEAREST]


def _alike(phrase: Phrase, passage: StoredPassage) -> Iterator[str]:
    """Yield where a passage has the words of a phrase in some form, in order, with few others between."""
    asked = [term.text for term in analyse(phrase.text.lower(), passage.language)]
    terms = analyse(passage.text, passage.language)
    for nth in [nth for nth, term in enumerate(terms) if len(asked) > 1 and term.text == asked[0]]:
        here = iter(enumerate(terms[nth : nth + len(asked) + _BETWEEN], nth))
        places = [next((at for at, term in here if term.text == form), None) for form in asked]
        if places[-1] is not None and None not in places:
            part = Span(terms[nth].span.start, terms[places[-1]].span.end)
            yield " ".join(part.of(passage.text).split())
