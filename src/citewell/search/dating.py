"""The date of each passage, and whether a newer edition of its document says otherwise.

Editions are documents whose titles, or whose paths, are the same without numbers, dates and words for versions. A newer one
says otherwise where it has, below the same headings, a sentence that is nearly the one that is quoted, and not that one itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import regex

from citewell.answer import FoundPassage, Newer, Place, Scope
from citewell.document import Span
from citewell.index.catalogue import Catalogue
from citewell.index.stored import StoredPassage
from citewell.lazy import lazy
from citewell.text.dates import MONTHS, Period
from citewell.text.fact_names import as_words

_VERSIONS = frozenset({*MONTHS, "v", "version", "ver", "edition", "ed", "rev", "revision", "draft", "final", "copy"})
_DIGIT = regex.compile(r"\p{N}")
# The share of their words that two sentences have in common, by which one is the other, changed.
_NEARLY = 0.6
# A document has few editions; of many with one name, such as the minutes of each week, these are looked at.
_MOST_EDITIONS = 20

_Key = tuple[str, ...]


class Editions:
    """The editions of the documents of one snapshot.

    Args:
        catalogue: The catalogue of the snapshot.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._dates: dict[str, str | None] = {}

    def noted(self, passages: Iterable[FoundPassage]) -> tuple[FoundPassage, ...]:
        """Return passages with the dates of their documents, and where a newer edition says otherwise."""
        return tuple(self._noted(each) for each in passages)

    def _noted(self, passage: FoundPassage) -> FoundPassage:
        date = self._date(passage.document)
        if date is None:
            return passage
        newer = self._otherwise(passage) if self._newer(passage.document) else None
        return passage.model_copy(update={"date": date, "newer": newer})

    def _otherwise(self, passage: FoundPassage) -> Newer | None:
        """Return where the newest of the newer editions with the same section says otherwise."""
        quoted = [text for mark in passage.highlights for _, text in self._sentences(passage.document, mark)]
        # Their titles differ anyway.
        quoted = [text for text in quoted if as_words(passage.title) not in as_words(text)]
        for path in self._newer(passage.document):
            there = list(self._section(path, passage))
            if there:
                return self._changed(path, quoted, there)
        return None

    def _changed(self, path: str, quoted: list[str], there: list[tuple[Span, str]]) -> Newer | None:
        """Return the sentence that stands in an edition for the first of some that it does not have itself."""
        known = {as_words(text) for _, text in there}
        for text in quoted:
            said = as_words(text)
            if said in known or not said.strip():
                continue
            likeness = [_shared(said, as_words(other)) for _, other in there]
            share = max(likeness)
            span, other = there[likeness.index(share)]
            if share >= _NEARLY:
                title = self._catalogue.documents([path])[0].title
                date = self._date(path) or ""
                return Newer(document=path, start=span.start, end=span.end, title=title, date=date, text=other)
        return None

    def _section(self, path: str, passage: FoundPassage) -> Iterator[tuple[Span, str]]:
        """Yield the sentences of a document below the same headings as a passage."""
        heading = tuple(map(_name, passage.section))
        seen: set[Span] = set()
        for each in self._catalogue.passages(self._catalogue.within(Scope(documents=(path,))).tolist()):
            if tuple(map(_name, each.section)) == heading:
                for span, text in self._of(each):
                    if span not in seen:
                        seen.add(span)
                        yield span, text

    def _sentences(self, path: str, within: Span) -> Iterator[tuple[Span, str]]:
        """Yield the sentences of a document that a span has a part of."""
        seen: set[Span] = set()
        for each in self._catalogue.passages(self._catalogue.passages_at(Place.of(path, within)).tolist()):
            for span, text in self._of(each):
                if span.overlaps(within) and span not in seen:
                    seen.add(span)
                    yield span, text

    def _of(self, passage: StoredPassage) -> Iterator[tuple[Span, str]]:
        spans = self._catalogue.sentences_of(passage).spans
        return ((each, each.shifted(-passage.span.start).of(passage.text)) for each in spans)

    def _newer(self, path: str) -> list[str]:
        """Return the newer editions of a document, the newest first."""
        mine = self._days(path)
        if mine is None:
            return []
        found: dict[str, int] = {}
        for key in _keys(path, self._catalogue.documents([path])[0].title):
            for other in self._families.get(key, ()):
                days = self._days(other)
                if days and days.start > mine.end:
                    found[other] = days.start
        return sorted(found, key=lambda other: (-found[other], other))[:_MOST_EDITIONS]

    @lazy
    def _families(self) -> dict[_Key, list[str]]:
        """The dated documents of each name."""
        found: dict[_Key, list[str]] = {}
        for each in self._catalogue.documents():
            if self._date(each.path):
                for key in _keys(each.path, each.title):
                    found.setdefault(key, []).append(each.path)
        return found

    def _date(self, path: str) -> str | None:
        if path not in self._dates:
            self._dates[path] = self._catalogue.facts.date(self._catalogue.paths.ordinals[path])
        return self._dates[path]

    def _days(self, path: str) -> Period | None:
        date = self._date(path)
        return Period.of(date) if date else None


def _keys(path: str, title: str) -> set[_Key]:
    """Return what a document is called, without what tells its editions apart: by its title, and by its path."""
    name = PurePosixPath(path)
    parts = (_name(part) for part in (*name.parent.parts, name.stem))
    keys = {("title", *_name(title)), ("path", *(word for part in parts for word in part))}
    return {key for key in keys if len(key) > 1}


def _name(text: str) -> _Key:
    return tuple(word for word in as_words(text).split() if not _DIGIT.search(word) and word not in _VERSIONS)


def _shared(one: str, other: str) -> float:
    """Return the share of their words that two sentences have in common (Dice, 1945)."""
    words, others = Counter(one.split()), Counter(other.split())
    return 2 * (words & others).total() / max(1, words.total() + others.total())
