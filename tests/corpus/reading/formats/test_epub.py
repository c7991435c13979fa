"""Books: chapters in the order of the spine, under the names of the table of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.formats.epub import READER
from citewell.errors import ReadingError
from tests.support.archives import zipped
from tests.support.real_files import real_file
from tests.support.shown_blocks import facts, read_bytes, shown

META = (
    "<dc:title>The Pump</dc:title><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><dc:language>en-GB</dc:language>"
    "<dc:subject>Water</dc:subject><dc:date>2021-05-06</dc:date>"
)


def book(
    chapters: Mapping[str, str], contents: Sequence[tuple[str, str]], *, old: bool = False,
    files: Mapping[str, str] | None = None,
) -> bytes:  # fmt: skip
    """Return a book: the text of its chapters by name, and its contents as addresses and names, as in EPUB 2 or 3."""
    items = "".join(f'<item id="{name}" href="text/{name}" media-type="application/xhtml+xml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    navigation = '<item id="nav" href="nav.xhtml" properties="nav"/>' if not old else ""
    ncx = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>' if old else ""
    links = "".join(f'<li><a href="{address}">{name}</a></li>' for address, name in contents)
    points = "".join(
        f'<navPoint><navLabel><text>{name}</text></navLabel><content src="{address}"/></navPoint>'
        for address, name in contents
    )
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<metadata>{META}</metadata><manifest>{items}{navigation}{ncx}</manifest>"
            f'<spine><itemref idref="nav"/>{spine}</spine></package>'
        ),
        **{f"OEBPS/text/{name}": f"<html><body>{text}</body></html>" for name, text in chapters.items()},
        **(files or {}),
    }
    if old:
        parts["OEBPS/toc.ncx"] = f"<ncx><navMap>{points}</navMap></ncx>"
    else:
        landmarks = '<nav epub:type="landmarks"><a href="x">no</a></nav>'
        parts["OEBPS/nav.xhtml"] = f'<html><body>{landmarks}<nav epub:type="toc"><ol>{links}</ol></nav>'
    return zipped(parts, compression=0)


def places(extract: Extract) -> list[str | None]:
    return [block.location.label if block.location else None for block in extract.blocks]


CHAPTERS = {
    "a b.xhtml": "<p>Dedication</p>",
    "one.xhtml": "<h2>Water</h2><p>It flows.</p><aside>Kept.</aside><img src='../i/p.png' alt='Pump'>",
    "two.xhtml": "<p>It goes on.</p><p id='fire'>It burns.</p>",
    "three.xhtml": "<p>Air</p><p>It blows.</p>",
}
CONTENTS = [("text/one.xhtml", "1 Water"), ("text/two.xhtml#fire", "2 Fire"), ("text/three.xhtml", "Air")]


@pytest.mark.parametrize("old", [False, True], ids=["EPUB 3", "EPUB 2"])
def test_chapters_have_the_names_of_the_contents(old: bool) -> None:  # noqa: FBT001 - a parameter of the test
    extract = read_bytes(READER, book(CHAPTERS, CONTENTS, old=old))
    assert shown(extract) == [
        "Dedication", "## Water", "It flows.", "Kept.", "! Pump", "It goes on.", "It burns.", "# Air", "It blows."
    ]  # fmt: skip
    assert places(extract) == ["a b", "1 Water", None, None, None, None, "2 Fire", "Air", None]
    assert next(block.reference for block in extract.blocks if block.reference) == "OEBPS/i/p.png"


def test_a_chapter_without_a_heading_gets_its_name() -> None:
    extract = read_bytes(READER, book({"one.xhtml": "<p>It flows.</p>"}, [("text/one.xhtml", "Water")]))
    assert shown(extract) == ["# Water", "It flows."]
    assert places(extract) == ["Water", None]


def test_without_contents_a_file_that_begins_with_a_heading_is_a_chapter() -> None:
    files = {"a": "<h1>One</h1><p>x</p>", "b": "<p>y</p>", "c": "<h1>Two</h1><p>z</p>"}
    assert places(read_bytes(READER, book(files, []))) == ["One", None, None, "Two", None]
    assert places(read_bytes(READER, book(files, [("text/a", "First")]))) == ["First", None, None, None, None]


def test_what_a_book_says_about_itself() -> None:
    extract = read_bytes(READER, book(CHAPTERS, CONTENTS))
    assert extract.title == "The Pump"
    assert facts(extract) == {
        "title": ["The Pump"], "author": ["Ann", "Bob"], "language": ["en"], "tag": ["Water"], "date": ["2021-05-06"]
    }  # fmt: skip


def test_missing_and_broken_parts_are_named_and_the_rest_is_read() -> None:
    whole = book({**CHAPTERS, "z.xhtml": "<p>z</p>"}, CONTENTS).replace(b"OEBPS/text/z.xhtml", b"OEBPS/text/y.xhtml")
    extract = read_bytes(READER, whole)
    assert shown(extract)[-1] == "It blows."
    assert extract.warnings == ("a file of the book is missing: OEBPS/text/z.xhtml",)


def test_books_that_cannot_be_read_say_why() -> None:
    locked = '<encryption><CipherReference URI="OEBPS/text/one.xhtml"/></encryption>'
    with pytest.raises(ReadingError, match=r"^is protected against copying$"):
        read_bytes(READER, book(CHAPTERS, CONTENTS, files={"META-INF/encryption.xml": locked}))
    with pytest.raises(ReadingError, match="is no book"):
        read_bytes(READER, zipped({"mimetype": "application/epub+zip"}))
    fonts = '<encryption><CipherReference URI="OEBPS/font.otf"/></encryption>'
    assert shown(read_bytes(READER, book(CHAPTERS, CONTENTS, files={"META-INF/encryption.xml": fonts})))


def test_real_books() -> None:
    extract = read_bytes(READER, real_file("markitdown/test.epub").read_bytes())
    assert shown(extract)[:2] == ["# Chapter 1: Test Content", "This is a test paragraph with some formatting."]
    assert places(extract)[0] == "Chapter 1"
    spanish = read_bytes(READER, real_file("unstructured/eng_spa_mult.epub").read_bytes())
    assert len(shown(spanish)) == 6


def test_books_are_recognised_by_the_kind_that_they_declare() -> None:
    assert READER.recognises(book(CHAPTERS, CONTENTS))
    assert not READER.recognises(zipped({"a": "b"}))
