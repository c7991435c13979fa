"""OpenDocument presentations: slides in order, each with its notes and its place."""

from __future__ import annotations

from citewell.corpus.reading.formats.odp import READER
from citewell.document import Location
from tests.support.open_files import open_file, style
from tests.support.real_files import real_file
from tests.support.shown_blocks import read_bytes, shown


def frame(content: str, kind: str = "") -> str:
    return f'<draw:frame presentation:class="{kind}"><draw:text-box>{content}</draw:text-box></draw:frame>'


def test_slides_with_titles_lists_and_notes() -> None:
    items = "".join(f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in "ab")
    notes = f"<presentation:notes>{frame('<text:p>Say this.</text:p>', 'notes')}</presentation:notes>"
    title = frame("<text:p>The<text:line-break/>title</text:p>", "title")
    shape = "<draw:g><draw:custom-shape><text:p>In a shape</text:p></draw:custom-shape></draw:g>"
    slides = [
        frame(f"<text:list>{items}</text:list>", "outline") + title + notes,
        shape + frame("<text:p>5</text:p>", "page-number"),
    ]
    body = f"<draw:page>{slides[0]}</draw:page><draw:page draw:style-name='hid'>{slides[1]}</draw:page>"
    hidden = style(
        "hid", properties='<style:drawing-page-properties presentation:visibility="hidden"/>', family="drawing-page"
    )
    extract = read_bytes(READER, open_file(body, kind="presentation", automatic=hidden))
    assert shown(extract) == ["# The title", "- • a", "- • b", "Notes: Say this.", "---", "In a shape"]
    assert [block.location for block in extract.blocks] == [Location("slide", number) for number in "111122"]
    assert extract.title == "The title"
    assert extract.warnings == ("slides that are not shown are read: 2",)


def test_a_real_presentation_says_the_same_as_in_powerpoint() -> None:
    from citewell.corpus.reading.formats.pptx import READER as POWERPOINT

    saved = shown(read_bytes(READER, real_file("docling/odf/odf_presentation_01.odp").read_bytes()))
    assert saved == shown(read_bytes(POWERPOINT, real_file("docling/pptx/powerpoint_sample.pptx").read_bytes()))


def test_presentations_are_recognised_by_the_kind_that_they_declare() -> None:
    assert READER.recognises(open_file("", kind="presentation"))
    assert not READER.recognises(open_file(""))
