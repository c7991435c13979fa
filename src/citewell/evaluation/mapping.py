"""A map of a corpus: folders, documents and sections as boxes, with what a run found, missed, and never found."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from citewell.answer import Place
from citewell.document import Span
from citewell.evaluation.misses import MISSED_BELOW, missed
from citewell.evaluation.running import Run
from citewell.evaluation.wording import Say, in_english
from citewell.index.stored import DocumentOutline

# More boxes are too small to see and slow to draw.
MOST_BOXES = 1500


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of the questions that found a place in their first passages, that expect it as answer, and that missed it."""

    found_by: frozenset[int] = frozenset()
    wanted_by: frozenset[int] = frozenset()
    missed_by: frozenset[int] = frozenset()

    @property
    def found(self) -> int:
        """The number of questions that found it."""
        return len(self.found_by)

    @property
    def wanted(self) -> int:
        """The number of questions with their answer there."""
        return len(self.wanted_by)

    @property
    def missed(self) -> int:
        """The number of those that missed it."""
        return len(self.missed_by)

    @classmethod
    def together(cls, tallies: Iterable[Tally]) -> Tally:
        """Combine the tallies of several places, counting each question once."""
        each = list(tallies)
        return cls(
            frozenset[int]().union(*(tally.found_by for tally in each)),
            frozenset[int]().union(*(tally.wanted_by for tally in each)),
            frozenset[int]().union(*(tally.missed_by for tally in each)),
        )


@dataclass(frozen=True, slots=True)
class Region:
    """A section of a document, or a whole document without headings; ``heading`` is its path of headings."""

    document: str
    heading: tuple[str, ...]
    span: Span
    tally: Tally

    @property
    def characters(self) -> int:
        """The length."""
        return self.span.end - self.span.start


@dataclass(frozen=True, slots=True)
class MappedDocument:
    """A document and its regions, in order."""

    path: str
    title: str
    regions: tuple[Region, ...]

    @property
    def characters(self) -> int:
        """The length."""
        return sum(region.characters for region in self.regions)

    @property
    def tally(self) -> Tally:
        """The combined tally of its regions."""
        return Tally.together(region.tally for region in self.regions)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the map. ``parent`` is empty for the whole corpus; ``document`` and ``span`` are None for folders."""

    id: str
    parent: str
    label: str
    characters: int
    tally: Tally
    document: str | None = None
    span: Span | None = None


def map_corpus(outlines: Iterable[DocumentOutline], run: Run) -> list[MappedDocument]:
    """Map a run onto the documents of its snapshot.

    Args:
        outlines: The documents, as of the snapshot of the run.
        run: The run.
    """
    documents = list(outlines)
    starts = {each.path: _starts(each) for each in documents}
    found, wanted, lost = (_Marks(starts) for _ in range(3))
    for nth, outcome in enumerate(run.outcomes):
        # Passages for unanswerable questions are not answers.
        if not outcome.question.answerable:
            continue
        found.add(nth, (each.at for each in outcome.passages[:MISSED_BELOW]))
        wanted.add(nth, outcome.gold)
        if missed(outcome):
            lost.add(nth, outcome.gold)
    return [MappedDocument(each.path, each.title, tuple(_regions(each, found, wanted, lost))) for each in documents]


class _Marks:
    """The questions of each region, by document and the number of the region."""

    def __init__(self, starts: Mapping[str, Sequence[int]]) -> None:
        self.starts = starts
        self._questions: dict[tuple[str, int], set[int]] = {}

    def add(self, question: int, places: Iterable[Place]) -> None:
        """Add a question to every region that its places overlap."""
        for place in places:
            starts = self.starts.get(place.document, ())
            first = bisect_right(starts, place.span.start) - 1
            for nth in range(first, bisect_left(starts, place.span.end)):
                self._questions.setdefault((place.document, nth), set()).add(question)

    def of(self, document: str, nth: int) -> frozenset[int]:
        """Return the questions of a region."""
        return frozenset(self._questions.get((document, nth), ()))


def boxes(documents: Sequence[MappedDocument], *, most: int = MOST_BOXES, say: Say = in_english) -> list[Box]:
    """Return the boxes of a map, parents before children.

    Args:
        documents: The mapped documents.
        most: The maximum number of boxes: documents that are missed, found most or longest get their own; the others share one.
        say: Says what is no name of a folder, document or section.
    """
    ranked = sorted(documents, key=_rank)
    kept: dict[str, MappedDocument] = {}
    folders: set[str] = set()
    rest: list[MappedDocument] = []
    count = 2
    for each in ranked:
        above = {str(folder) for folder in PurePosixPath(each.path).parents} - {"."}
        if count + len(above - folders) + 1 > most:
            rest.append(each)
            continue
        count += len(above - folders) + 1
        folders |= above
        kept[each.path] = each
    split: set[str] = set()
    for path, each in kept.items():
        if len(each.regions) > 1 and count + len(each.regions) <= most:
            count += len(each.regions)
            split.add(path)
    return list(_boxes(documents, kept.keys(), sorted(folders), split, rest, say))


def _boxes(
    documents: Sequence[MappedDocument],
    kept: Iterable[str],
    folders: Sequence[str],
    split: set[str],
    rest: Sequence[MappedDocument],
    say: Say,
) -> Iterator[Box]:
    shown = set(kept)
    yield _group("/", "", say("all documents"), documents)
    for folder in folders:
        inside = [each for each in documents if each.path in shown and each.path.startswith(f"{folder}/")]
        yield _group(f"{folder}/", _above(folder), PurePosixPath(folder).name, inside)
    for each in documents:
        if each.path not in shown:
            continue
        whole = Span(each.regions[0].span.start, each.regions[-1].span.end)
        yield Box(each.path, _above(each.path), each.title, each.characters, each.tally, each.path, whole)
        for nth, region in enumerate(each.regions if each.path in split else ()):
            label = region.heading[-1] if region.heading else say("beginning")
            name = f"{each.path}#{nth}"
            yield Box(name, each.path, label, region.characters, region.tally, each.path, region.span)
    if rest:
        more = say("%(count)s more documents", count=len(rest)) if len(rest) > 1 else say("1 more document")
        yield _group("…", "/", more, rest)


def _group(name: str, parent: str, label: str, documents: Sequence[MappedDocument]) -> Box:
    tally = Tally.together(each.tally for each in documents)
    return Box(name, parent, label, sum(each.characters for each in documents), tally)


def _above(path: str) -> str:
    folder = str(PurePosixPath(path).parent)
    return "/" if folder == "." else f"{folder}/"


def _rank(document: MappedDocument) -> tuple[int, int, int]:
    tally = document.tally
    return -tally.missed, -tally.found, -document.characters


def _starts(document: DocumentOutline) -> list[int]:
    """Return the starts of the regions of a document: its beginning, and each heading with text of its own."""
    return [0, *sorted({heading.span.start for heading in document.headings} - _leading(document).keys() - {0})]


def _leading(document: DocumentOutline) -> dict[int, tuple[str, ...]]:
    """Return the headings before any quotable text; they belong to the first region."""
    return {each.span.start: each.path for each in document.headings if each.span.start <= document.first}


def _regions(document: DocumentOutline, found: _Marks, wanted: _Marks, lost: _Marks) -> Iterator[Region]:
    headings = {heading.span.start: heading.path for heading in document.headings}
    leading = _leading(document)
    headings[0] = leading[max(leading)] if leading else ()
    starts = found.starts[document.path]
    for nth, (start, end) in enumerate(zip(starts, [*starts[1:], document.characters], strict=True)):
        tally = Tally(*(marks.of(document.path, nth) for marks in (found, wanted, lost)))
        yield Region(document.path, headings[start], Span(start, end), tally)
