"""A page, or a part of one, as blocks: the door for pages, and for the chapters of books and the bodies of mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.formats.html.events import tell_page
from citewell.corpus.reading.formats.html.walking import Walker
from citewell.document import Fact

# Menus that hold this many times the words of the rest, and this many words, are what the page is there for.
_MOSTLY = 10
_MANY = 200


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds: its blocks, the title and the facts that it names itself, and what was left out.

    ``anchors`` are the names of places in it, with the number of the block that begins there. ``inlined`` are the addresses of
    pictures that hold these themselves; the picture of a block names one by its number, from 1: "data:1".
    """

    blocks: tuple[RawBlock, ...]
    title: str | None
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...]
    anchors: Mapping[str, int]
    inlined: Sequence[str]


def read_markup(text: str, *, is_page: bool) -> Page:
    """Read HTML or XHTML.

    Args:
        text: The markup.
        is_page: Whether it is a page of a website, whose menus, page heads and feet, and side notes are left out; otherwise
            it is a part of a book or a mail, which has none.
    """
    walker = _walked(text, is_page=is_page)
    warnings: list[str] = []
    if is_page and (not walker.words or walker.furniture > max(_MANY, _MOSTLY * walker.words)):
        whole = _walked(text, is_page=False)
        if whole.words:
            walker = whole
            warnings += ["menus are part of the text, because there is little else"]
    if walker.furniture > walker.words:
        warnings += [f"{walker.furniture:,} words of menus, page heads and feet, side notes and forms are left out"]
    if walker.hidden > max(_MANY, walker.words // _MOSTLY):
        warnings += [f"{walker.hidden:,} words that the page hides are left out"]
    return Page(
        tuple(walker.blocks),
        walker.head.title(walker.blocks),
        walker.head.facts(),
        tuple(warnings),
        walker.anchors,
        walker.inlined,
    )


def _walked(text: str, *, is_page: bool) -> Walker:
    walker = tell_page(text, lambda: Walker(is_page=is_page))
    walker.finish()
    return walker
