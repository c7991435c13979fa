"""Search: a question to ranked, highlighted passages.

The storage proposes candidates in two ways: the windows nearest to a vector, and the passages with the best BM25. Both scores
are computed exactly for every candidate, and their combination ranks it. The result is passages with their best windows marked.
Passages overlap in the index but not in an answer: one that overlaps a better one is shown without the shared text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from citewell.answer import FoundPassage, Scope
from citewell.asked import Missing
from citewell.confidence import evidence
from citewell.encoder.encoding import Encoder
from citewell.encoder.models import Fit
from citewell.index.numbering import Ordinals
from citewell.index.storage import Snapshot, Storage
from citewell.index.weights import TermWeights
from citewell.search.candidates import Pool, Ranked, Values
from citewell.search.crossing import Crossing, crossing
from citewell.search.earlier import EVEN, Earlier
from citewell.search.evidence import AnswerReader
from citewell.search.lacking import Lacking
from citewell.search.lead import Said, Start, start_of
from citewell.search.matching import Matcher
from citewell.search.names import without_nouns_as_names
from citewell.search.page import Candidate, Page, Read, Shown, found_passage
from citewell.search.phrases import STANDS_THERE, Quoted, missing_with_phrases, quoted
from citewell.search.reading import CandidateReader, highest_score
from citewell.search.sentences import Judge
from citewell.settings import Searching
from citewell.text.joining import joining_words
from citewell.text.language import detect
from citewell.text.terms import DEFAULT_LANGUAGE, is_keywords

_UNFITTED = Fit()

# So many candidates are read and ranked by what they say; more of them did not change the first passages.
_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Query:
    """A search query: a unit vector, the text and the weighted concepts of the question, and the documents to search.

    ``extra`` is how many words that no passage has are added to the question for its evidence (``citewell.confidence``).
    ``fit`` says what its cosines mean, ``crossing`` which passages are in other languages; None is none.
    ``earlier`` is what the turns before it tell, if it is mixed with them.
    """

    vector: npt.NDArray[np.float32]
    text: str
    weights: TermWeights
    scope: Scope
    extra: float = 1.0
    fit: Fit = _UNFITTED
    crossing: Crossing | None = None
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The passages of an answer, the best evidence of any (None without passages), what the first one lacks, what each says."""

    passages: tuple[FoundPassage, ...]
    evidence: float | None
    missing: tuple[Missing, ...] = ()
    said: Mapping[Start, Said] = field(default_factory=dict)


def rank(
    storage: Storage,
    query: Query,
    searching: Searching,
    among: Ordinals | None = None,
) -> Sequence[Candidate]:
    """Collect candidates from vectors and BM25, score each exactly, and rank them by ``cosine + weight * BM25``.

    BM25 is divided by the sum of the question's term weights, so the score, scaled to at most 1, means the same for every
    question.

    Args:
        storage: Where windows and passages are stored.
        query: The query.
        searching: The numbers of candidates, and the weight of BM25.
        among: Rank exactly these passages, given in order; None is those that are found in the scope of the query.

    Returns:
        Candidates, best first, before the first ones are ranked by nearness, too; equal scores in the order of the corpus.
    """
    if among is None:
        counts = searching.candidate_windows, searching.candidate_passages
        pool = Pool.found(storage, query.vector, query.weights, query.fit, query.scope, counts)
    else:
        pool = Pool(storage, query.vector, query.weights, query.fit, among)
    weight, total, highest = searching.bm25_weight, query.weights.total or 1.0, highest_score(searching)

    def score(cosines: Values, bm25: Values) -> Values:
        found: Values = np.minimum(1.0, (np.maximum(0.0, cosines) + weight * bm25 / total) / highest)
        return found

    ranked = Ranked(pool, score)
    return _crossed(ranked[:], query, query.crossing, searching) if query.crossing else ranked


def _crossed(ranked: Sequence[Candidate], query: Query, crossing: Crossing, searching: Searching) -> list[Candidate]:
    """Rank the passages in other languages by what their evidence is worth."""
    found = []
    for each in ranked:
        if crossing.is_foreign(each.passage):
            foreign = each._replace(foreign=True)
            score = crossing.ranked(evidence_of(query, foreign)) / highest_score(searching)
            found.append(foreign._replace(score=min(1.0, max(0.0, score))))
        else:
            found.append(each)
    return sorted(found, key=lambda each: (-each.score, each.passage))


def evidence_of(query: Query, candidate: Candidate, *, named: bool = False) -> float:
    """Return the evidence that a passage covers a question (``citewell.confidence``).

    Args:
        query: The question.
        candidate: The passage.
        named: Whether it has a name, number or code of the question, which none has by chance.
    """
    extra = 0.0 if named else query.extra * query.weights.unknown
    found = evidence(candidate.cosine, candidate.bm25, query.weights.total, extra)
    return query.crossing.worth(found) if query.crossing and candidate.foreign else found


@dataclass(frozen=True, slots=True)
class Ranking:
    """The passages that an answer is chosen from.

    ``query`` knows which passages are in another language; ``matcher`` and ``phrases`` find in passages what it says.
    """

    query: Query
    matcher: Matcher
    candidates: Sequence[Candidate]
    reader: CandidateReader
    looked_at: int
    phrases: Quoted | None = None

    def in_order(self, page: Page) -> Iterator[Read]:
        """Yield the passages, best first, without those whose text the page uses by then."""
        return self.reader.in_order(self.candidates, self.looked_at, page.uses)


def ranking(
    snapshot: Snapshot,
    query: Query,
    *,
    top: int,
    searching: Searching,
    among: Ordinals | None = None,
) -> Ranking:
    """Rank the passages that an answer is chosen from.

    Args:
        snapshot: The snapshot to search.
        query: The query.
        top: The maximum number of passages in the answer.
        searching: The settings.
        among: Rank exactly these passages, given in order; None is those that are found in the scope of the query.
    """
    query = replace(query, crossing=crossing(query.text, snapshot))
    # Many overlapping windows surround one place, and only one of them is shown.
    most = {
        "candidate_windows": max(searching.candidate_windows, 20 * top),
        "candidate_passages": max(searching.candidate_passages, 20 * top),
    }
    searching = searching.model_copy(update=most)
    phrases = quoted(snapshot, query.text, query.weights, query.scope, among)
    ranked = rank(snapshot, query, searching, phrases.passages if phrases else among)
    ranked = query.earlier.toward(ranked[:]) if query.earlier else ranked
    candidates = phrases.placed(ranked[:]) if phrases else ranked
    matcher = Matcher(query.weights, snapshot)
    judge = Judge(snapshot, query.vector, query.fit, query.weights, matcher, searching.bm25_weight)
    reader = CandidateReader(snapshot.catalogue, matcher, judge, searching)
    return Ranking(query, matcher, candidates, reader, max(_LOOKED_AT, 2 * top), phrases)


def search(
    snapshot: Snapshot,
    query: Query,
    *,
    top: int,
    searching: Searching,
    encoder: Encoder,
) -> Found:
    """Find the passages that answer a question best.

    Args:
        snapshot: The snapshot to search.
        query: The query.
        top: The maximum number of passages.
        searching: The settings.
        encoder: The encoder of the snapshot.

    Returns:
        At most ``top`` passages, best first, without shared text; a near-duplicate of a better one is only listed there.
    """
    query = _without_nouns_as_names(query, snapshot, encoder)
    ranked = ranking(snapshot, query, top=top, searching=searching)
    query, phrases, calibration = ranked.query, ranked.phrases, snapshot.manifest.calibration
    page = Page(snapshot.catalogue)
    for each in ranked.in_order(page):
        if len(page.shown) == top:
            break
        page.place(each)
    asks = not is_keywords(query.text, detect(query.text))
    reader = AnswerReader(
        snapshot,
        query.weights,
        ranked.matcher,
        encoder,
        query.vector,
        asks=asks,
        question_words=joining_words(detect(query.text) or DEFAULT_LANGUAGE).asks,
    )
    if not page.shown:
        return Found((), None)
    shown = reader.labelled_first(query.earlier.fresh_first(page.shown) if query.earlier else page.shown)
    lacking = _lacking(snapshot, query, encoder)
    evidences = [_evidence(snapshot, query, each, reader, lacking) for each in shown]
    if query.earlier:
        shown, evidences = query.earlier.answering_first(shown, evidences, calibration.evidence(EVEN))
    marks = [reader.highlight(each) for each in shown]
    own = query.earlier.weights if query.earlier else query.weights
    missing = reader.missing(shown, query.text, own, lacking)
    if phrases:
        evidences = list(map(partial(phrases.evidence, query.weights, calibration), shown, evidences))
        marks = list(map(phrases.mark, shown, marks))
        missing = missing_with_phrases(missing, phrases, snapshot)
    passages = tuple(
        found_passage(nth, each, mark, calibration.confidence(own), snapshot.catalogue.maps)
        for nth, (each, mark, own) in enumerate(zip(shown, marks, evidences, strict=True), 1)
    )
    said = {start_of(each): reader.said(place, mark) for each, place, mark in zip(passages, shown, marks, strict=True)}
    return Found(passages, max(evidences), missing, said)


def _without_nouns_as_names(query: Query, snapshot: Snapshot, encoder: Encoder) -> Query:
    """Return a query of which the nouns that no document has are no names: a passage may say in other words what they say."""

    def without(weights: TermWeights) -> TermWeights:
        return without_nouns_as_names(weights, query.text, snapshot, encoder, lambda each: not each.is_found)

    earlier = query.earlier and replace(query.earlier, weights=without(query.earlier.weights))
    return replace(query, weights=without(query.weights), earlier=earlier)


def _lacking(snapshot: Snapshot, query: Query, encoder: Encoder) -> Lacking:
    """Return the words of the question itself that no document has."""
    vector, weights = (query.earlier.vector, query.earlier.weights) if query.earlier else (query.vector, query.weights)
    if any(each.others for each in weights.concepts):
        # Other names have changed the vector.
        vector = encoder.encode_query(query.text)
    return Lacking(query.text, vector, weights, snapshot.manifest.calibration.unseen, encoder, snapshot)


def _evidence(snapshot: Snapshot, query: Query, shown: Shown, reader: AnswerReader, lacking: Lacking) -> float:
    """Return the evidence of a place; after earlier turns, the question must add some of its own to theirs."""
    if reader.is_asked_for(shown) or reader.is_headed(shown):
        return snapshot.manifest.calibration.evidence(STANDS_THERE)
    found, earlier = evidence_of(query, shown.candidate, named=reader.is_named(shown)), query.earlier
    if earlier is not None and earlier.weights.concepts:
        found = min(found, earlier.own_evidence(shown, snapshot, query.fit))
    return found - lacking.against(shown.candidate)
