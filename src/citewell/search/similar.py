"""Passages like one that is shown: those whose stored vectors are nearest to its own, and that have its most telling words.

Nothing is encoded: the mean of the vectors of its windows stands for it. Ranking and choosing are those of an answer, in which
the passage itself is the first, so that near-duplicates of it are only named.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from citewell.answer import FoundPassage, Place, Scope
from citewell.document import Span
from citewell.encoder.models import Fit
from citewell.errors import UsageError
from citewell.index.sentence_spans import Spans
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights
from citewell.model import Model
from citewell.search.page import Candidate, Page, Read, found_passage
from citewell.search.searching import Query, ranking
from citewell.search.sentences import Judged
from citewell.settings import Searching

# Of a long place, the passage that is most nearly the same is looked for among so many.
_MOST_AT = 500
# Further words of a passage tell little, and each is looked up.
_TELLING = 32


class Similar(Model):
    """The passages most like one: ``place`` is that passage, and ``repeated`` are the places that say the same."""

    place: Place
    title: str
    repeated: tuple[Place, ...] = ()
    passages: tuple[FoundPassage, ...]
    snapshot: str = ""


def similar(snapshot: Snapshot, place: Place, *, top: int, scope: Scope, searching: Searching, fit: Fit) -> Similar:
    """Find the passages most like the one at a place.

    Args:
        snapshot: The snapshot.
        place: The place, in a document of the snapshot.
        top: The maximum number of passages.
        scope: The documents to search.
        searching: The settings.
        fit: What the cosines of the encoder mean.

    Raises:
        UsageError: The place has no text that can be quoted.
    """
    source = _source(snapshot, place)
    query = Query(
        _mean(snapshot, source),
        # Quotation marks of a document are no phrases that are asked for.
        "",
        _telling(snapshot.weights(source.text)),
        scope,
        extra=0.0,
        fit=fit,
    )
    # Words of a text that were left out are no neighbours of those that were not, and no sentence is like a whole text.
    searching = searching.model_copy(update={"nearness_weight": 0.0, "sentence_weight": 0.0})
    ranked = ranking(snapshot, query, top=top + 1, searching=searching)
    page = Page(snapshot.catalogue)
    itself = Candidate(source.ordinal, source.first_window, 1.0, 0.0, 1.0)
    whole = Spans(np.array([(source.span.start, source.span.end)]))
    page.place(Read(itself, source, whole, Judged(whole, np.ones(1), np.zeros((1, 0)), 0.0, 1.0)))
    for each in ranked.in_order(page):
        if len(page.shown) > top:
            break
        # One that shares text with it is like it for that text.
        if not _shares_text(each.passage, source):
            page.place(each)
    shown = page.shown[1:]
    passages = tuple(
        found_passage(nth, each, each.sentences.whole, 0.0, snapshot.catalogue.maps)
        for nth, each in enumerate(shown, 1)
    )
    repeated = tuple(page.shown[0].repeated)
    return Similar(
        place=Place.of(source.document, source.span),
        title=source.title,
        repeated=repeated,
        passages=passages,
        snapshot=snapshot.manifest.name,
    )


def _source(snapshot: Snapshot, place: Place) -> StoredPassage:
    """Return the passage of a place: of those that overlap it, the one that is most nearly the same."""
    passages = snapshot.catalogue.passages(snapshot.catalogue.passages_at(place)[:_MOST_AT].tolist())
    if not passages:
        raise UsageError(
            f"{place.document} has no passage at {place.start}-{place.end}", hint="name a place in its text"
        )
    return max(passages, key=lambda each: _likeness(each.span, place.span))


def _mean(snapshot: Snapshot, source: StoredPassage) -> npt.NDArray[np.float32]:
    """Return the unit mean of the vectors of the windows inside a passage; those of its neighbours are among them."""
    catalogue = snapshot.catalogue
    around = catalogue.windows_of(catalogue.passages_at(Place.of(source.document, source.span)))
    inside = [
        sentences[0].start >= source.span.start and sentences[-1].end <= source.span.end
        for sentences in map(catalogue.sentences.of_window, around.tolist())
    ]
    total = snapshot.vectors_of(around[inside]).sum(axis=0)
    unit: npt.NDArray[np.float32] = (total / np.linalg.norm(total)).astype(np.float32)
    return unit


def _shares_text(one: StoredPassage, other: StoredPassage) -> bool:
    return one.document == other.document and one.span.overlaps(other.span)


def _likeness(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / (max(one.end, other.end) - min(one.start, other.start))


def _telling(weights: TermWeights) -> TermWeights:
    """Return the most telling words of a text, in its order."""
    heaviest = sorted(weights.concepts, key=lambda each: -each.weight)[:_TELLING]
    kept = {id(each) for each in heaviest}
    return replace(weights, concepts=tuple(each for each in weights.concepts if id(each) in kept))
