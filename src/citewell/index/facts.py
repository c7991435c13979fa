"""The facts of all documents of a snapshot: which documents a filter admits, and which values there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from citewell.answer import Filter
from citewell.document import Fact
from citewell.errors import UsageError
from citewell.lazy import lazy
from citewell.text.dates import Period
from citewell.text.fact_names import DATES, FOLDER, KNOWN, as_words, comparable, fact_name
from citewell.text.language_names import code_of_language

Mask = npt.NDArray[np.bool_]

# Names and titles are found by some of their words, all else by the whole value.
_BY_WORDS = frozenset({"author", "title"})
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a fact, and how many documents have it."""

    name: str
    value: str
    documents: int


@dataclass(slots=True)
class _Held:
    """A value as it is shown, and the documents that have it."""

    shown: str
    documents: list[int]


class FactTable:
    """The facts of the documents of one snapshot, by name and value. All are read with the first filter, and not before.

    Args:
        of: Returns those of a document.
        paths: The paths of the documents.
    """

    def __init__(self, of: Callable[[int], tuple[Fact, ...]], paths: Sequence[str]) -> None:
        self.of = of
        self._paths = paths

    @lazy
    def _held(self) -> dict[str, dict[str, _Held]]:
        found: dict[str, dict[str, _Held]] = {}
        for document in range(len(self._paths)):
            for fact in self.of(document):
                by_value = found.setdefault(fact.name, {})
                by_value.setdefault(comparable(fact.value), _Held(fact.value, [])).documents.append(document)
        return found

    @lazy
    def names(self) -> tuple[str, ...]:
        """The names that filters can have here, those that every index knows first."""
        there = sorted(self._held, key=lambda name: (KNOWN.index(name) if name in KNOWN else len(KNOWN), name))
        more = [*(DATES if self._has_dates else ()), *([FOLDER] if self._folders else [])]
        return tuple(dict.fromkeys((*there, *more)))

    def date(self, document: int) -> str | None:
        """Return the date of a document; the latest, if it has several."""
        dates = [each.value for each in self.of(document) if each.name == "date" and Period.of(each.value)]
        return max(dates, default=None)

    def admitted(self, filters: Iterable[Filter]) -> npt.NDArray[np.int64]:
        """Return the ordinals of the documents that pass some filters, sorted.

        Raises:
            UsageError: A filter has a name or a value that no document has.
        """
        wanted: dict[str, Mask] = {}
        admitted = np.ones(len(self._paths), dtype=bool)
        for each in filters:
            name, passing = self._passing(each)
            if each.excluded:
                admitted &= ~passing
            else:
                wanted[name] = wanted[name] | passing if name in wanted else passing
        for passing in wanted.values():
            admitted &= passing
        return np.flatnonzero(admitted).astype(np.int64)

    def values(self, name: str, within: Mask | None = None) -> list[Value]:
        """Return the values of a fact, those that most documents have first.

        Args:
            name: The name of the fact.
            within: Count only these documents; None is all.
        """
        counted = (
            Value(name, each.shown, len(each.documents) if within is None else int(within[each.documents].sum()))
            for each in self._held.get(name, {}).values()
        )
        return sorted((each for each in counted if each.documents), key=lambda each: (-each.documents, each.value))

    def known(self, name: str) -> str | None:
        """Return the name that a filter means here ("lang" is "language"); None if no document has such a fact."""
        small = name.casefold()
        meant = small if small in (*DATES, FOLDER) else fact_name(name)
        return meant if meant in self.names else None

    def _passing(self, each: Filter) -> tuple[str, Mask]:
        """Return the name that a filter means, and which documents have what it names.

        Raises:
            UsageError: None has.
        """
        name = self.known(each.name)
        if name is None:
            raise UsageError(f"no document has a fact {each.name!r}", hint=f"there are: {', '.join(self.names)}")
        if name in DATES:
            passing = self._dated(name, each.value)
        elif name == FOLDER:
            passing = self._inside(each.value)
        else:
            passing = self._having(name, each.value)
        if not passing.any():
            raise UsageError(f"no document has {Filter(name=name, value=each.value)}", hint=self._there_are(name))
        return name, passing

    def _having(self, name: str, value: str) -> Mask:
        by_value = self._held[name]
        wanted = comparable(value)
        if name == "language":
            wanted = code_of_language(value) or wanted
        found = [by_value[wanted]] if wanted in by_value else []
        if name in _BY_WORDS:
            words = as_words(value)
            found = [held for held in by_value.values() if words.strip() and words in as_words(held.shown)] or found
        return self._mask(document for held in found for document in held.documents)

    def _dated(self, name: str, value: str) -> Mask:
        period = Period.of(value.strip())
        if period is None:
            raise UsageError(f"{value!r} is no date", hint="write 2023, 2023-04 or 2023-04-05")
        documents, starts, ends = self._dates
        holds: dict[str, Callable[[], Mask]] = {
            "date": lambda: (period.start <= starts) & (ends <= period.end),
            "after": lambda: starts > period.end,
            "since": lambda: starts >= period.start,
            "before": lambda: ends < period.start,
            "until": lambda: ends <= period.end,
        }
        return self._mask(documents[holds[name]()])

    def _inside(self, folder: str) -> Mask:
        """Return which documents are in a folder, given by its path or the last names of it."""
        wanted = tuple(comparable(part) for part in PurePosixPath(folder.strip("/ ")).parts)
        found = [documents for parts, documents in self._folders.items() if wanted and parts[-len(wanted) :] == wanted]
        return self._mask(document for documents in found for document in documents)

    def _mask(self, documents: Iterable[int] | npt.NDArray[np.int64]) -> Mask:
        mask = np.zeros(len(self._paths), dtype=bool)
        mask[np.fromiter(documents, dtype=np.int64)] = True
        return mask

    @lazy
    def _dates(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The documents with a date, and the first and the last day that it may mean."""
        rows = [(nth, days.start, days.end) for nth, days in self._periods()]
        documents, starts, ends = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        return documents, starts, ends

    def _periods(self) -> Iterator[tuple[int, Period]]:
        for held in self._held.get("date", {}).values():
            days = Period.of(held.shown)
            if days:
                yield from ((document, days) for document in held.documents)

    @property
    def _has_dates(self) -> bool:
        return bool(len(self._dates[0]))

    @lazy
    def folders(self) -> dict[str, int]:
        """The folders, with how many documents are in each and below it."""
        counted = Counter(
            str(folder) for path in self._paths for folder in PurePosixPath(path).parents if str(folder) != "."
        )
        return dict(sorted(counted.items()))

    def folders_within(self, within: Mask) -> list[tuple[str, int]]:
        """Return the folders, with how many of some documents are in each and below it; those with most first."""
        counted = Counter(
            str(folder)
            for nth in np.flatnonzero(within).tolist()
            for folder in PurePosixPath(self._paths[nth]).parents
            if str(folder) != "."
        )
        return sorted(counted.items(), key=lambda each: (-each[1], each[0]))

    @lazy
    def _folders(self) -> dict[tuple[str, ...], list[int]]:
        """The documents in each folder and below it, by the names of the folders down to it."""
        found: dict[tuple[str, ...], list[int]] = {}
        for document, path in enumerate(self._paths):
            parts = tuple(map(comparable, PurePosixPath(path).parts[:-1]))
            for depth in range(1, len(parts) + 1):
                found.setdefault(parts[:depth], []).append(document)
        return found

    def _there_are(self, name: str) -> str:
        if name in DATES:
            dates = sorted(each.shown for each in self._held.get("date", {}).values())
            return _or_as_words(f"the dates are from {dates[0]} to {dates[-1]}")
        there = list(self.folders) if name == FOLDER else [each.value for each in self.values(name)]
        more = len(there) - _MOST_NAMED
        shown = ", ".join(there[:_MOST_NAMED])
        return _or_as_words(f"there are: {shown} and {more:,} more" if more > 0 else f"there are: {shown}")


def _or_as_words(there: str) -> str:
    return f"{there}; to search for these words instead, put them in quotation marks"
