"""The bookmarks of a PDF: the headings they name, found on the pages they lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as raw
import regex

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.flow import Chunk

_MOST = 5000
_DEEPEST = 12
_NUMBER = regex.compile(r"^(?:(?:\p{L}+\s+)?(?:\d+|[IVXLC]+|[A-Z])(?:\.\d+)*[.:)]?\s+)(?=\S)")
_NO_LETTER = regex.compile(r"[^\p{L}\p{N}]+")
_MOST_LINES = 4
# Where fewer are found, the bookmarks name something else than headings.
_LEAST_SHARE = 0.5
_TITLE_WITHIN, _LARGER, _LONGEST_TITLE = 8, 1.1, 200


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A bookmark: its title, its depth from 1, and the number of its page from 1."""

    title: str
    depth: int
    page: int


def bookmarks_of(document: pypdfium2.PdfDocument) -> list[Bookmark]:
    """Return the bookmarks of a document that lead to a page, in order."""
    found: list[Bookmark] = []
    stack: list[tuple[object, int]] = [(raw.FPDFBookmark_GetFirstChild(document.raw, None), 1)]
    seen = 0
    while stack and seen < _MOST:
        bookmark, depth = stack.pop()
        seen += 1
        if not bookmark or depth > _DEEPEST:
            continue
        stack.append((raw.FPDFBookmark_GetNextSibling(document.raw, bookmark), depth))
        stack.append((raw.FPDFBookmark_GetFirstChild(document.raw, bookmark), depth + 1))
        target = raw.FPDFBookmark_GetDest(document.raw, bookmark)
        if not target:
            action = raw.FPDFBookmark_GetAction(bookmark)
            target = raw.FPDFAction_GetDest(document.raw, action) if action else None
        page = raw.FPDFDest_GetDestPageIndex(document.raw, target) if target else -1
        title = " ".join(pdfium.text_of(raw.FPDFBookmark_GetTitle, bookmark).split())
        if page >= 0 and title:
            found.append(Bookmark(title, depth, page + 1))
    return found


def mark_bookmarked(chunks: list[Chunk], bookmarks: Sequence[Bookmark]) -> bool:
    """Make headings of the chunks, or their first lines, that bookmarks name.

    Args:
        chunks: All chunks of a document in reading order; changed in place if most bookmarks are found.
        bookmarks: The bookmarks.

    Returns:
        Whether they were found.
    """
    by_page: defaultdict[int, list[Bookmark]] = defaultdict(list)
    for bookmark in bookmarks:
        by_page[bookmark.page].append(bookmark)
    found: dict[int, tuple[Chunk, int, int]] = {}
    taken: set[int] = set()
    for chunk in chunks:
        if chunk.kind not in {"prose", "item", "heading"}:
            continue
        page = chunk.lines[0].page
        for bookmark in (*by_page.get(page, ()), *by_page.get(page - 1, ())):
            if id(bookmark) in taken:
                continue
            count = _lines_named(chunk, bookmark.title)
            if count:
                taken.add(id(bookmark))
                found[id(chunk)] = (chunk, count, bookmark.depth)
                break
    if len(found) < max(_LEAST_SHARE * len(bookmarks), 1):
        return False
    chunks[:] = [part for chunk in chunks for part in _parted(chunk, found.get(id(chunk)))]
    _mark_title(chunks)
    return True


def _mark_title(chunks: Sequence[Chunk]) -> None:
    """Make a heading of a title, which bookmarks mostly leave out: the largest line, before the first of them."""
    headings = [chunk for chunk in chunks if chunk.kind == "heading"]
    before = chunks[: chunks.index(headings[0])][:_TITLE_WITHIN]
    title = max((chunk for chunk in before if chunk.kind == "prose"), key=lambda chunk: chunk.size, default=None)
    largest = max(chunk.size for chunk in headings)
    if title is None or title.size < _LARGER * largest or len(title.text) > _LONGEST_TITLE or title.lines[0].page > 1:
        return
    for chunk in headings:
        chunk.level += 1
    title.kind, title.level = "heading", 1


def _lines_named(chunk: Chunk, title: str) -> int:
    """Return how many lines of a chunk, from its start, are what a bookmark says; 0 for none."""
    wanted = {_plain(title), _plain(_NUMBER.sub("", title))} - {""}
    text = ""
    for count, line in enumerate(chunk.lines[:_MOST_LINES], 1):
        text = f"{text} {line.text}".strip()
        if {_plain(text), _plain(_NUMBER.sub("", text))} & wanted:
            return count
    return 0


def _plain(text: str) -> str:
    return _NO_LETTER.sub("", text).casefold()


def _parted(chunk: Chunk, named: tuple[Chunk, int, int] | None) -> Iterator[Chunk]:
    if named is None:
        yield chunk
        return
    _, count, depth = named
    yield Chunk(
        "heading", chunk.lines[:count], level=depth, gap=chunk.gap, is_first=chunk.is_first, margin=chunk.margin
    )
    if chunk.lines[count:]:
        yield Chunk("prose", chunk.lines[count:], margin=chunk.margin)
