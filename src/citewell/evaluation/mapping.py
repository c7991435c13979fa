"""A map of a corpus: folders, documents and sections as boxes, with what a run found in them, missed, and never found."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from citewell.catalogue import DocumentOutline
from citewell.document import Span
from citewell.evaluation.misses import missed
from citewell.evaluation.running import Run

# A passage further down than this is hardly ever read.
_READ = 5
# More boxes than this are too small to be seen, and slow to draw.
MOST_BOXES = 1500


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions found a place among their first passages, had their answer there, and missed it."""

    found: int = 0
    wanted: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.found + other.found, self.wanted + other.wanted, self.missed + other.missed)


@dataclass(frozen=True, slots=True)
class Region:
    """A section of a document, or a whole document without headings; ``heading`` is the words it stands under."""

    document: str
    heading: tuple[str, ...]
    span: Span
    tally: Tally

    @property
    def characters(self) -> int:
        """How long it is."""
        return self.span.end - self.span.start


@dataclass(frozen=True, slots=True)
class MappedDocument:
    """A document and its regions, in order."""

    path: str
    title: str
    regions: tuple[Region, ...]

    @property
    def characters(self) -> int:
        """How long it is."""
        return sum(region.characters for region in self.regions)

    @property
    def tally(self) -> Tally:
        """What was found in all of it."""
        return sum((region.tally for region in self.regions), Tally())


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
    """Lay a run over the documents that it was asked of.

    Args:
        outlines: The documents, as they were when the run was made.
        run: The run.
    """
    found: dict[str, Counter[int]] = {}
    wanted: dict[str, Counter[int]] = {}
    lost: dict[str, Counter[int]] = {}
    documents = list(outlines)
    starts = {each.path: _starts(each) for each in documents}

    def count(where: dict[str, Counter[int]], places: Iterable[tuple[str, int]]) -> None:
        """Count each region once a question."""
        for path, nth in {(path, bisect_right(starts[path], at) - 1) for path, at in places if path in starts}:
            where.setdefault(path, Counter())[nth] += 1

    for outcome in run.outcomes:
        count(found, ((each.document, each.span.start) for each in outcome.passages[:_READ]))
        gold = [(place.document, place.span.start) for place in outcome.gold]
        count(wanted, gold)
        if gold and missed(outcome):
            count(lost, gold)
    return [
        MappedDocument(
            each.path,
            each.title,
            tuple(
                _regions(each, starts[each.path], *(where.get(each.path, Counter()) for where in (found, wanted, lost)))
            ),
        )
        for each in documents
    ]


def boxes(documents: Sequence[MappedDocument], *, most: int = MOST_BOXES) -> list[Box]:
    """Return the boxes of a map, parents before what is in them.

    Args:
        documents: What is mapped.
        most: How many boxes there may be: what was missed, found most or is longest has its own, the rest is one.
    """
    ranked = sorted(documents, key=_rank)
    kept: dict[str, MappedDocument] = {}
    folders: set[str] = set()
    rest: list[MappedDocument] = []
    made = 2
    for each in ranked:
        above = {str(folder) for folder in PurePosixPath(each.path).parents} - {"."}
        if made + len(above - folders) + 1 > most:
            rest.append(each)
            continue
        made += len(above - folders) + 1
        folders |= above
        kept[each.path] = each
    split: set[str] = set()
    for path, each in kept.items():
        if len(each.regions) > 1 and made + len(each.regions) <= most:
            made += len(each.regions)
            split.add(path)
    return list(_boxes(documents, kept.keys(), sorted(folders), split, rest))


def _boxes(
    documents: Sequence[MappedDocument],
    kept: Iterable[str],
    folders: Sequence[str],
    split: set[str],
    rest: Sequence[MappedDocument],
) -> Iterator[Box]:
    shown = set(kept)
    yield _group("/", "", "all documents", documents)
    for folder in folders:
        inside = [each for each in documents if each.path in shown and each.path.startswith(f"{folder}/")]
        yield _group(f"{folder}/", _above(folder), PurePosixPath(folder).name, inside)
    for each in documents:
        if each.path not in shown:
            continue
        whole = Span(each.regions[0].span.start, each.regions[-1].span.end)
        yield Box(each.path, _above(each.path), each.title, each.characters, each.tally, each.path, whole)
        for nth, region in enumerate(each.regions if each.path in split else ()):
            label = region.heading[-1] if region.heading else "beginning"
            name = f"{each.path}#{nth}"
            yield Box(name, each.path, label, region.characters, region.tally, each.path, region.span)
    if rest:
        yield _group("…", "/", f"{len(rest):,} more document{'s' if len(rest) > 1 else ''}", rest)


def _group(name: str, parent: str, label: str, documents: Sequence[MappedDocument]) -> Box:
    tally = sum((each.tally for each in documents), Tally())
    return Box(name, parent, label, sum(each.characters for each in documents), tally)


def _above(path: str) -> str:
    folder = str(PurePosixPath(path).parent)
    return "/" if folder == "." else f"{folder}/"


def _rank(document: MappedDocument) -> tuple[int, int, int]:
    tally = document.tally
    return -tally.missed, -tally.found, -document.characters


def _starts(document: DocumentOutline) -> list[int]:
    """Return where the regions of a document start: its beginning, and each heading with text of its own."""
    return sorted({0, *(heading.span.start for heading in document.headings)})


def _regions(
    document: DocumentOutline, starts: Sequence[int], found: Counter[int], wanted: Counter[int], lost: Counter[int]
) -> Iterator[Region]:
    headings = {heading.span.start: heading.path for heading in document.headings}
    for nth, (start, end) in enumerate(zip(starts, [*starts[1:], document.characters], strict=True)):
        yield Region(
            document.path, headings.get(start, ()), Span(start, end), Tally(found[nth], wanted[nth], lost[nth])
        )
