"""A book as a whole: chapter after chapter, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from citewell.corpus.reading.archives import Archive
from citewell.corpus.reading.extract import Extract, RawBlock, Source
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.epub.contents import Chapter, read_contents
from citewell.corpus.reading.formats.epub.opf import read_package, resolved
from citewell.corpus.reading.formats.html.charsets import decode_page
from citewell.corpus.reading.formats.html.pages import Page, read_markup
from citewell.document import Location
from citewell.errors import ReadingError

_KIND = "chapter"
_OUTSIDE = ("http:", "https:", "data:", "//")


def read_book(source: Source) -> Extract:
    """Read a book.

    Raises:
        ReadingError: It is damaged, protected against copying, or too large.
    """
    archive = Archive(source.data)
    package = read_package(archive)
    chapters = read_contents(archive, package)
    blocks: list[RawBlock] = []
    warnings = [f"a file of the book is missing: {name}" for name in package.missing]
    for number, name in enumerate(package.spine, 1):
        try:
            page = _page(archive, name)
        except ReadingError as error:
            warnings.append(f"{name} {error.message}")
            continue
        blocks += _chapter(page, chapters.get(name), name, is_first=not blocks, is_listed=bool(chapters))
        warnings += page.warnings
        source.progress("Chapters", number, len(package.spine))
    title = next((fact.value for fact in package.facts if fact.name == "title"), None)
    warnings += archive.warnings
    return Extract(tuple(blocks), title=title, facts=package.facts, warnings=tuple(dict.fromkeys(warnings)))


def _page(archive: Archive, name: str) -> Page:
    return read_markup(decode_page(archive.read(name)).text, is_page=False)


def _chapter(
    page: Page, chapters: Sequence[Chapter] | None, name: str, *, is_first: bool, is_listed: bool
) -> Iterator[RawBlock]:
    """Yield the blocks of a file, those where a chapter begins with its name as their place.

    A file that the table of contents names begins a section of its own, under that name if it has no heading itself; another
    goes on where the one before ended. In a book without a table of contents, a file that begins with a heading is a chapter.
    """
    blocks = list(page.blocks)
    if not blocks:
        return
    starts = _starts(page, chapters or [])
    if 0 in starts and not any(block.kind == "heading" for block in blocks):
        blocks, starts = _named(blocks, starts)
    elif 0 in starts and blocks[0].kind != "heading":
        yield RawBlock("break")
    elif 0 not in starts and (is_first or (not is_listed and blocks[0].kind == "heading")):
        starts[0] = _heading(blocks) or page.title or PurePosixPath(name).stem
    for nth, block in enumerate(blocks):
        location = Location(_KIND, starts[nth]) if nth in starts else None
        yield replace(block, location=location, reference=_reference(name, block.reference))


def _starts(page: Page, chapters: Sequence[Chapter]) -> dict[int, str]:
    """Return the names of the chapters by the block with which each begins."""
    starts: dict[int, str] = {}
    for chapter in chapters:
        at = page.anchors.get(chapter.place, 0) if chapter.place else 0
        # Of several names for the same place, the last is the most exact one.
        starts[min(at, len(page.blocks) - 1)] = chapter.name
    return starts


def _named(blocks: list[RawBlock], starts: dict[int, str]) -> tuple[list[RawBlock], dict[int, str]]:
    """Return the blocks of a file without headings, under the name that the table of contents has for it."""
    name = starts[0]
    heading = RawBlock("heading", (name,), level=1)
    if flat("".join(blocks[0].pieces)).casefold() == name.casefold():
        return [heading, *blocks[1:]], starts
    return [heading, *blocks], {0: name, **{at + 1: other for at, other in starts.items() if at}}


def _heading(blocks: Sequence[RawBlock]) -> str | None:
    return next((flat("".join(block.pieces)) for block in blocks if block.kind == "heading"), None)


def _reference(part: str, address: str) -> str:
    return address if not address or address.startswith(_OUTSIDE) else resolved(part, address)
