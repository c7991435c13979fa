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

    ``firsts`` and ``ends`` are their passages, by the numbers of the snapshot.

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
        self.paths: list[str] = paths if len(listings) == 1 else [paths[at] for at in order.tolist()]
        # Single ones are asked for: lists are faster than arrays.
        self.segments: list[int] = np.repeat(np.arange(len(listings)), [*map(len, numbers)])[order].tolist()
        self.numbers: list[int] = np.concatenate(numbers)[order].tolist()
        self.firsts: list[int] = np.concatenate([first for first, _ in starts])[order].tolist()
        self.ends: list[int] = np.concatenate([end for _, end in starts])[order].tolist()
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
        for nth, listing in enumerate(self._listings):
            values, codes = listing.languages
            mine = (
                codes[number] for segment, number in zip(self.segments, self.numbers, strict=True) if segment == nth
            )
            counted.update({values[code]: count for code, count in Counter(mine).items()})
        return counted

    def file_digests(self) -> dict[str, str]:
        """Return the digests of the documents that are files of the corpus, and not inside one, by their paths."""
        return {
            listing.paths[number]: listing.digest(number)
            for listing, number in self
            if number not in listing.containers
        }


def _without(count: int, gone: Collection[int]) -> Ordinals:
    return np.delete(np.arange(count), sorted(gone))


def _sorted(paths: Sequence[str]) -> list[int]:
    return sorted(range(len(paths)), key=paths.__getitem__)
