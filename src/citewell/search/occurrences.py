"""Where what is looked for stands in one block of the concordance: arrays in, arrays out, no text is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from citewell.document import Span
from citewell.index.concordance import Block, Concordance, Records
from citewell.search.find_query import Atom, FindQuery, Sought

Integers = npt.NDArray[np.int64]

# How BM25 weighs a frequency, for paragraphs of this many words (Robertson and Zaragoza, 2009).
_K1 = 1.2
_B = 0.75
_USUAL_WORDS = 60


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where one thing stands: the paragraph of each occurrence, and ``[start, end)`` in its document, in order."""

    paragraphs: Integers
    starts: Integers
    ends: Integers

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, chosen: npt.NDArray[np.bool_] | slice) -> Occurrences:
        """Return some of them."""
        return Occurrences(self.paragraphs[chosen], self.starts[chosen], self.ends[chosen])

    def within(self, paragraph: int) -> Iterator[tuple[int, int]]:
        """Yield those in one paragraph."""
        first, end = np.searchsorted(self.paragraphs, [paragraph, paragraph + 1]).tolist()
        yield from zip(self.starts[first:end].tolist(), self.ends[first:end].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place: the ordinal of its document, its paragraph, itself, and its words."""

    document: int
    paragraph: Span
    place: Span
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class BlockPlaces:
    """The places of a query in a block.

    Of one thing, ``places`` are its occurrences; of several, the paragraphs that have all, from the first to the last of them.
    ``terms`` are the occurrences of each, and ``excluded`` those of what is left out.
    """

    places: Occurrences
    terms: tuple[Occurrences, ...]
    excluded: tuple[Occurrences, ...]
    block: Block

    @property
    def documents(self) -> Integers:
        """The ordinal of the document of each place."""
        return self.block.documents[self.places.paragraphs]

    def row(self, place: int) -> PlaceRow:
        """Return one place."""
        nth = self.places.paragraphs[place]
        paragraph = self.block.paragraphs[nth]
        return PlaceRow(
            int(self.block.documents[nth]),
            Span(int(paragraph["start"]), int(paragraph["end"])),
            Span(int(self.places.starts[place]), int(self.places.ends[place])),
            tuple(Span(*mark) for mark in self.marks(place)),
        )

    def marks(self, place: int) -> list[tuple[int, int]]:
        """Return the words of a place, in order."""
        paragraph = int(self.places.paragraphs[place])
        if len(self.terms) == 1:
            return [(int(self.places.starts[place]), int(self.places.ends[place]))]
        return sorted({span for term in self.terms for span in term.within(paragraph)})

    def relevance(self) -> npt.NDArray[np.float64]:
        """Return how much each place's paragraph is about the words: often, and in few words, is more."""
        firsts = self.block.paragraphs["first"].astype(np.int64)
        # Before each paragraph, a number is left out.
        lengths = np.diff(np.append(firsts, self.block.end_number + 1)) - 1
        scores = np.zeros(len(lengths))
        for term in self.terms:
            often = np.bincount(term.paragraphs, minlength=len(lengths))
            scores += often / (often + _K1 * (1 - _B + _B * lengths / _USUAL_WORDS))
        return scores[self.places.paragraphs]


def places_in(
    concordance: Concordance, block: int, query: FindQuery, admitted: npt.NDArray[np.bool_] | None
) -> BlockPlaces:
    """Find a query in a block.

    Args:
        concordance: The concordance.
        block: The block.
        query: The query.
        admitted: Of each document, whether it is searched; None is all.
    """
    whole = concordance.block(block)
    table = whole.paragraphs
    valid = whole.documents >= 0
    inside = (None if valid.all() else valid) if admitted is None else valid & admitted[whole.documents]
    found: dict[tuple[str, bool], Records] = {}

    def look_up(atom: Atom) -> Records:
        key = (atom.form, atom.is_prefix)
        if key not in found:
            found[key] = concordance.places(block, atom.form, is_prefix=atom.is_prefix)
        return found[key]

    terms, excluded = (
        tuple(_occurrences(each, look_up, table, inside) for each in group) for group in (query.wanted, query.excluded)
    )
    return BlockPlaces(_places(terms, excluded, len(table)), terms, excluded, whole)


def _places(terms: Sequence[Occurrences], excluded: Sequence[Occurrences], paragraphs: int) -> Occurrences:
    kept = np.ones(paragraphs, dtype=bool)
    for each in excluded:
        kept[each.paragraphs] = False
    if len(terms) == 1:
        return terms[0].where(kept[terms[0].paragraphs]) if excluded else terms[0]
    for each in terms:
        has = np.zeros(paragraphs, dtype=bool)
        has[each.paragraphs] = True
        kept &= has
    both = np.flatnonzero(kept)
    starts = np.min([each.starts[np.searchsorted(each.paragraphs, both)] for each in terms], axis=0)
    # Occurrences of one term do not overlap, so the last that starts is the last that ends.
    ends = np.max([each.ends[np.searchsorted(each.paragraphs, both, side="right") - 1] for each in terms], axis=0)
    return Occurrences(both, starts, ends)


def _occurrences(
    sought: Sought, look_up: Callable[[Atom], Records], table: Records, inside: npt.NDArray[np.bool_] | None
) -> Occurrences:
    """Return where words stand side by side, as they are joined; of occurrences that overlap, the first counts."""
    first = look_up(sought.atoms[0])
    numbers, starts = first["number"].astype(np.int64), first["start"].astype(np.int64)
    following, ends = numbers + first["width"], starts + first["size"]
    for atom in sought.atoms[1:]:
        places = look_up(atom)
        if atom.joint is not None:
            places = places[places["joint"] == atom.joint]
        at = np.searchsorted(places["number"], following)
        at[at == len(places)] = 0
        fits = places["number"][at] == following if len(places) else np.zeros(len(at), dtype=bool)
        numbers, starts, at = numbers[fits], starts[fits], at[fits]
        following = places["number"][at].astype(np.int64) + places["width"][at]
        ends = places["start"][at].astype(np.int64) + places["size"][at]
    paragraphs = np.searchsorted(table["first"], numbers, side="right") - 1
    found = Occurrences(paragraphs, starts, ends)
    if inside is not None:
        found = found.where(inside[paragraphs])
    return _apart(found)


def _apart(found: Occurrences) -> Occurrences:
    """Leave out occurrences that overlap the one before, as a search from left to right does."""
    before, ends = found.starts, found.ends
    if not len(found) or not ((before[1:] < ends[:-1]) & (found.paragraphs[1:] == found.paragraphs[:-1])).any():
        return found
    kept, last = np.zeros(len(found), dtype=bool), (-1, 0)
    for nth, (paragraph, start, end) in enumerate(
        zip(found.paragraphs.tolist(), before.tolist(), ends.tolist(), strict=True)
    ):
        if paragraph != last[0] or start >= last[1]:
            kept[nth] = True
            last = (paragraph, end)
    return found.where(kept)
