"""Finds where the documents of a snapshot have a quotation, word for word or nearly."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from citewell.answer import Place, Scope
from citewell.document import Span
from citewell.errors import UsageError
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredPassage
from citewell.text.quotations import ALIKE, SAME_WORDS, nearest, places_in_any_spacing

# More is no quotation of a passage.
MOST_CHARACTERS = 4000
# Passages with most of its words are read; one of them has the quotation, if any has.
_LOOKED_AT = 20
_MOST_PLACES = 20
# Comparing takes the product of the lengths.
_COMPARED = 300
_MOST_COMPARED = 5
_SHOWN = 100


class QuotationMissingError(UsageError):
    """No document has the quotation."""


def places_of(snapshot: Snapshot, quote: str, document: str | None = None) -> tuple[Place, ...]:
    """Return where a quotation stands; if it does not word for word, the most similar place.

    Args:
        snapshot: The snapshot.
        quote: The quotation.
        document: Look only in this document, which must be in the snapshot.

    Raises:
        UsageError: The quotation is empty or too long.
        QuotationMissingError: No document has it.
    """
    quote = quote.strip()
    if not quote or len(quote) > MOST_CHARACTERS:
        raise UsageError(
            f"the quotation has {len(quote):,} characters", hint=f"quote 1 to {MOST_CHARACTERS:,} characters"
        )
    passages = _with_most_of(snapshot, quote, document)
    paths = dict.fromkeys([*([document] if document else []), *(each.document for each in passages)])
    # What is copied from a page has other line ends.
    exact = (
        Place.of(path, span)
        for path in paths
        for span in places_in_any_spacing(quote, snapshot.catalogue.document(path).text, _MOST_PLACES)
    )
    found = tuple(islice(exact, _MOST_PLACES))
    if found:
        return found
    similar = max(_similar(snapshot, quote, passages), key=lambda each: each[1], default=None)
    if similar and similar[1] >= SAME_WORDS:
        return (similar[0],)
    message = f"the quotation is not in {document}" if document else "the quotation is not in the indexed documents"
    raise QuotationMissingError(message, hint=_suggestion(snapshot, similar))


def _with_most_of(snapshot: Snapshot, quote: str, document: str | None) -> list[StoredPassage]:
    scope = Scope(documents=(document,) if document else ())
    found, _ = snapshot.best_passages(snapshot.weights(quote), _LOOKED_AT, scope=scope)
    return snapshot.catalogue.passages(found.tolist())


def _similar(snapshot: Snapshot, quote: str, passages: list[StoredPassage]) -> Iterator[tuple[Place, float]]:
    """Yield the most similar place around each passage, with the similarity in per cent; of a long quotation, its beginning."""
    begun = quote[:_COMPARED]
    for passage in passages[:_MOST_COMPARED]:
        start = max(0, passage.span.start - len(begun))
        text = snapshot.catalogue.document(passage.document).text[start : passage.span.end + len(begun)]
        found = nearest(begun, text)
        if found:
            yield Place.of(passage.document, found[0].shifted(start)), found[1]


def _suggestion(snapshot: Snapshot, similar: tuple[Place, float] | None) -> str:
    if similar is None or similar[1] < ALIKE:
        return "copy it from the document"
    place = similar[0]
    text = place.span.of(snapshot.catalogue.document(place.document).text)
    shown = text if len(text) <= _SHOWN else Span(0, _SHOWN).of(text) + "…"
    return f"the most similar text is “{shown}” in {place.document} (at {place.start})"
