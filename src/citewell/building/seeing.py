"""What Citewell sees of a file: its text with the outline, facts, places and warnings of reading it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from citewell.answer import Locator
from citewell.corpus.splitting import split
from citewell.document import Document, Fact, Located, Passage
from citewell.encoder.encoding import open_encoder
from citewell.encoder.fitting import sizes
from citewell.encoder.preparing import prepare
from citewell.index.storage import Snapshot
from citewell.index.stored import StoredDocument, pages_of, stored
from citewell.model import Model
from citewell.settings import Settings
from citewell.text.fact_names import in_effect
from citewell.text.language import detect
from citewell.text.words import count_words


class SeenFact(Model):
    """Something that is known about a document, and where it comes from."""

    name: str
    value: str
    source: str


class SeenPlace(Model):
    """Where a person would look something up: ``start`` is where it begins in the text, ``page`` the number from 1."""

    start: int
    page: int | None = None
    place: Locator


class SeenHeading(Model):
    """A heading: its level from 1, and where the text below it, or it itself, begins."""

    level: int
    text: str
    start: int
    page: int | None = None
    place: Locator | None = None


class SeenPassage(Model):
    """A passage: the unit that is found and quoted."""

    section: tuple[str, ...] = ()
    start: int
    end: int
    page: int | None = None
    place: Locator | None = None
    text: str


class SeenPart(Model):
    """A part of a file that was not read, and why."""

    name: str
    reason: str


class Seen(Model):
    """What Citewell sees of a file.

    ``indexed`` tells whether this is from the index or was read now; ``note`` is what else has to be said of that.
    ``pages`` is None where there are none. ``passages`` is None if they were not asked for. ``attached`` are the documents
    inside it.
    """

    path: str
    title: str
    reader: str
    digest: str
    language: str | None = None
    indexed: bool = False
    note: str | None = None
    pages: int | None = None
    words: int
    characters: int
    facts: tuple[SeenFact, ...] = ()
    outline: tuple[SeenHeading, ...] = ()
    places: tuple[SeenPlace, ...] = ()
    figures: int = 0
    warnings: tuple[str, ...] = ()
    attached: tuple[Seen, ...] = ()
    unread: tuple[SeenPart, ...] = ()
    passages: tuple[SeenPassage, ...] | None = None
    text: str


def seen_in_file(document: Document, settings: Settings, *, model: str | None = None) -> Seen:
    """Return what was read of a file now.

    Args:
        document: The document.
        settings: The languages, and the sizes of passages.
        model: The encoder that measures passages; None leaves them out.
    """
    passages = _split(document, settings, model) if model else None
    language = detect(document.text, settings.languages or None)
    return Seen(
        path=document.path,
        title=document.title,
        reader=document.reader,
        digest=document.digest,
        language=language,
        pages=pages_of(document.locations),
        words=count_words(document.text),
        characters=len(document.text),
        facts=_facts(in_effect(document.facts, reader=document.reader, language=language, title=document.title)),
        outline=tuple(_outline(stored(document), document.locations)),
        places=_places(document.locations),
        figures=len(document.figures),
        warnings=document.warnings,
        attached=tuple(seen_in_file(each, settings, model=model) for each in document.attached),
        unread=tuple(SeenPart(name=each.name, reason=each.reason) for each in document.unread),
        passages=passages,
        text=document.text,
    )


def seen_in_index(snapshot: Snapshot, path: str, *, passages: bool = False, note: str | None = None) -> Seen:
    """Return what an index has of a document.

    Args:
        snapshot: The snapshot of the index.
        path: A document of it.
        passages: Whether its passages are returned.
        note: What has to be said of it.
    """
    catalogue = snapshot.catalogue
    document, locations = catalogue.document(path), catalogue.maps.locations(path)
    warned = next((each.warnings for each in snapshot.manifest.warned if each.path == path), ())
    inside = [] if document.container else catalogue.inside(path)
    return Seen(
        path=path,
        title=document.title,
        reader=document.reader,
        digest=document.digest,
        language=document.language,
        indexed=True,
        note=note,
        pages=pages_of(locations),
        words=count_words(document.text),
        characters=len(document.text),
        facts=_facts(catalogue.facts_of(path)),
        outline=tuple(_outline(document, locations)),
        places=_places(locations),
        figures=len(document.figures),
        warnings=warned,
        attached=tuple(seen_in_index(snapshot, each, passages=passages) for each in inside),
        unread=tuple(_unread(snapshot, path)),
        passages=_passages(catalogue.split_document(path), locations) if passages else None,
        text=document.text,
    )


def _split(document: Document, settings: Settings, model: str) -> tuple[SeenPassage, ...]:
    encoder = open_encoder(prepare(model))
    found = split(document, sizes(settings.splitting, encoder.card), encoder.token_offsets)
    return _passages(found, document.locations)


def _passages(found: Iterable[Passage], locations: Sequence[Located]) -> tuple[SeenPassage, ...]:
    return tuple(
        SeenPassage(
            section=each.section,
            start=each.span.start,
            end=each.span.end,
            page=_page(locations, each.span.start),
            place=_place(locations, each.span.start),
            text=each.text,
        )
        for each in found
    )


def _outline(document: StoredDocument, locations: Sequence[Located]) -> Iterator[SeenHeading]:
    """Yield each heading once, also one that has text only below the headings under it; the title is none of them."""
    before: tuple[str, ...] = ()
    for heading in document.headings:
        path, start = heading.path, heading.span.start
        same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before, path, strict=False))))
        # The same heading may come twice, one after the other.
        for level in range(min(same, len(path) - 1), len(path)) if path != (document.title,) else ():
            place, page = _place(locations, start), _page(locations, start)
            yield SeenHeading(level=level + 1, text=path[level], start=start, place=place, page=page)
        before = path


def _at(locations: Sequence[Located], start: int) -> Located | None:
    nth = bisect_right(locations, start, key=lambda each: each.start)
    return locations[nth - 1] if nth else None


def _page(locations: Sequence[Located], start: int) -> int | None:
    found = _at(locations, start)
    return found.location.page if found else None


def _place(locations: Sequence[Located], start: int) -> Locator | None:
    found = _at(locations, start)
    return _locator(found) if found else None


def _locator(located: Located) -> Locator:
    found = located.location
    return Locator(kind=found.kind, label=found.label, is_ocr=found.is_ocr)


def _places(locations: Sequence[Located]) -> tuple[SeenPlace, ...]:
    return tuple(SeenPlace(start=each.start, page=each.location.page, place=_locator(each)) for each in locations)


def _facts(facts: Iterable[Fact]) -> tuple[SeenFact, ...]:
    return tuple(SeenFact(name=each.name, value=each.value, source=each.source) for each in facts)


def _unread(snapshot: Snapshot, path: str) -> Iterator[SeenPart]:
    """Yield the parts of a file that could not be read; the build has listed them below its path."""
    for each in snapshot.manifest.skipped:
        if each.path.startswith(f"{path}/"):
            yield SeenPart(name=each.path.removeprefix(f"{path}/"), reason=each.reason)
