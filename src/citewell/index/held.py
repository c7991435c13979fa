"""The valid documents of all segments of a snapshot, in the order of their paths: where each is, and what is listed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np

from citewell.index.listing import Listing
from citewell.index.numbering import Ordinals
from citewell.index.stored import DocumentSummary


class TwiceError(ValueError):
    """Two segments have the same document; ``segment`` is one of them."""

    def __init__(self, path: str, segment: int) -> None:
        super().__init__(f"{path} is in another segment, too")
        self.segment = segment


class HeldDocuments:
    """The documents of a snapshot by their ordinals. Each is in a segment, and has a number there.

    ``spans`` are their passages by the numbers of the snapshot, shape (documents, 2): the first, and the end of the last.
    ``firsts`` and ``ends`` are the same.

    Args:
        listings: The listing of each segment.
        removed: Of each segment, the documents that are no longer valid.

    Raises:
        TwiceError: Two segments have the same document.
    """

    def __init__(self, listings: Sequence[Listing], removed: Sequence[Collection[int]]) -> None:
        self._listings = listings
        numbers = [_without(len(listing), gone) for listing, gone in zip(listings, removed, strict=True)]
        bases = accumulate((int(listing.passages[-1]) for listing in listings), initial=0)
        starts = [
            (listing.passages[some] + base, listing.passages[some + 1] + base)
            for listing, some, base in zip(listings, numbers, bases, strict=False)
        ]
        paths = [listing.paths[nth] for listing, some in zip(listings, numbers, strict=True) for nth in some.tolist()]
        order = np.arange(len(paths)) if len(listings) == 1 else np.array(_sorted(paths), dtype=np.int64)
        self._valid, self._order = numbers, order
        self.paths: list[str] = paths if len(listings) == 1 else [paths[at] for at in order.tolist()]
        # Single ones are asked for: lists are faster than arrays.
        self.segments: list[int] = np.repeat(np.arange(len(listings)), [*map(len, numbers)])[order].tolist()
        self.numbers: list[int] = np.concatenate(numbers)[order].tolist()
        self.spans = np.concatenate([np.stack(each, axis=1) for each in starts])[order]
        self.firsts: list[int] = self.spans[:, 0].tolist()
        self.ends: list[int] = self.spans[:, 1].tolist()
        twice = next((nth for nth, (one, other) in enumerate(pairwise(self.paths)) if one == other), None)
        if twice is not None:
            raise TwiceError(self.paths[twice], self.segments[twice])

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[tuple[Listing, int]]:
        """Yield the listing of each document, and its number there."""
        return zip((self._listings[each] for each in self.segments), self.numbers, strict=True)

    def at(self, ordinal: int) -> tuple[Listing, int]:
        """Return the listing of a document, and its number there."""
        return self._listings[self.segments[ordinal]], self.numbers[ordinal]

    def summary(self, ordinal: int) -> DocumentSummary:
        """Return a document without its text."""
        listing, number = self.at(ordinal)
        return listing.summary(number)

    def readers(self) -> set[str]:
        """Return the names and versions of what has read documents; of some, perhaps, that are no longer valid."""
        return {reader for listing in self._listings for reader in listing.readers[0]}

    def languages(self) -> Counter[str | None]:
        """Return the languages, with how many documents are in each."""
        counted: Counter[str | None] = Counter()
        for listing, some in zip(self._listings, self._valid, strict=True):
            values, codes = listing.languages
            counts = np.bincount(np.array(codes, dtype=np.int64)[some], minlength=len(values))
            counted.update({value: int(count) for value, count in zip(values, counts, strict=True) if count})
        return counted

    def digests(self) -> dict[str, str]:
        """Return the digests of all documents by their paths, which are sorted."""
        pairs = zip(self._listings, self._valid, strict=True)
        every = [digest for listing, some in pairs for digest in listing.digests(some.tolist())]
        return dict(zip(self.paths, [every[at] for at in self._order.tolist()], strict=True))

    def containers(self) -> dict[str, str]:
        """Return the file of each document that is inside one, by the paths of the documents."""
        found = {}
        for listing, some in zip(self._listings, self._valid, strict=True):
            inside = listing.containers.keys() & set(some.tolist()) if listing.containers else ()
            found.update({listing.paths[number]: listing.containers[number] for number in sorted(inside)})
        return found

    def in_segment(self, segment: int) -> list[str]:
        """Return the paths of the documents of a segment."""
        paths = self._listings[segment].paths
        return [paths[number] for number in self._valid[segment].tolist()]


def _without(count: int, gone: Collection[int]) -> Ordinals:
    return np.delete(np.arange(count), sorted(gone))


def _sorted(paths: Sequence[str]) -> list[int]:
    return sorted(range(len(paths)), key=paths.__getitem__)
