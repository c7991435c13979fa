"""PowerPoint files: slides in order, each with everything that belongs to it, and where it is."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.formats.pptx import READER
from citewell.document import Location
from citewell.errors import ReadingError
from tests.support.archives import zipped
from tests.support.real_files import real_file
from tests.support.shown_blocks import read_bytes, shown
from tests.support.slide_files import lines, shape, slide_file, slide_part

TITLE = shape(lines("First", "slide"), "ctrTitle")


def one(content: str) -> list[str]:
    return shown(read_bytes(READER, slide_file([content])))[1:]


def test_slides_are_in_the_order_of_the_show_each_at_its_place() -> None:
    extract = read_bytes(READER, slide_file([shape(lines("Text")) + TITLE, shape(lines("Alone")), TITLE]))
    assert shown(extract) == ["# First slide", "Text", "---", "Alone", "# First slide"]
    assert [block.location for block in extract.blocks] == [Location("slide", number) for number in "11223"]
    assert extract.title == "First slide"


def test_contents_have_bullets_and_numbers_and_boxes_have_their_own() -> None:
    numbered = '<a:pPr><a:buAutoNum type="romanLcParenBoth" startAt="3"/></a:pPr>'
    content = shape(lines("a", "b") + lines("c", properties="<a:pPr><a:buNone/></a:pPr>"), "")
    boxes = shape(lines("d")) + shape(lines("e", properties='<a:pPr><a:buChar char="§"/></a:pPr>'))
    assert one(content + boxes + shape(lines("x", "y", properties=numbered))) == [
        "- • a", "- • b", "c", "d", "- • e", "- (iii) x", "- (iv) y"
    ]  # fmt: skip
    assert one(shape(lines("A caption."), "body")) == ["A caption."]


def test_raised_numbers_are_no_digits_of_what_they_follow() -> None:
    run = '<a:r><a:rPr baseline="{}"/><a:t>{}</a:t></a:r>'
    runs = "".join(run.format(*part) for part in ((0, 10), (30000, 6), (-25000, 2), ("30%", 3)))
    assert one(shape(f"<a:p>{runs}</a:p>")) == ["10⁶2³"]


def test_deeper_numbers_start_again() -> None:
    deep = '<a:pPr lvl="{}"><a:buAutoNum type="arabicPeriod"/></a:pPr>'
    parts = [("a", 0), ("b", 1), ("c", 1), ("d", 0), ("e", 1)]
    content = "".join(lines(text, properties=deep.format(depth)) for text, depth in parts)
    assert one(shape(content)) == ["- 1. a", "- 1. b", "- 2. c", "- 2. d", "- 1. e"]


def test_groups_and_lines_and_fields() -> None:
    fields = '<a:fld type="datetime"><a:t>two</a:t></a:fld><a:fld type="slidenum"><a:t>7</a:t></a:fld>'
    text = f"<a:p><a:r><a:t>One</a:t></a:r><a:br/>{fields}</a:p>"
    group = f"<p:grpSp><p:grpSp>{shape(text)}</p:grpSp></p:grpSp>"
    new, old = (f"<mc:{name}>{shape(lines(name))}</mc:{name}>" for name in ("Choice", "Fallback"))
    other = f"<mc:AlternateContent>{new}{old}</mc:AlternateContent>"
    assert one(group + other) == ["One\ntwo", "Choice"]


def test_rows_of_a_table_with_merged_cells() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<a:tc {more}><a:txBody>{lines(text)}</a:txBody></a:tc>"

    rows = [
        cell("Kind", 'gridSpan="1"') + cell("Price"),
        cell("Tea", 'rowSpan="2"') + cell("2"),
        cell("", 'vMerge="1"') + cell("3"),
        cell("Both", 'gridSpan="2"') + cell("", 'hMerge="1"'),
    ]
    table = '<a:tbl><a:tblPr firstRow="1"/>' + "".join(f"<a:tr>{row}</a:tr>" for row in rows) + "</a:tbl>"
    assert one(f"<p:graphicFrame>{table}</p:graphicFrame>") == ["H Kind | Price", "| Tea | 2", "| Tea | 3", "| Both"]


def test_notes_and_comments_follow_their_slide() -> None:
    notes = shape(lines("Say this.", "And this."), "body") + shape(lines("7"), "sldNum")
    files = {
        "ppt/n.xml": slide_part("notes", f"<p:cSld><p:spTree>{notes}</p:spTree></p:cSld>"),
        "ppt/c.xml": slide_part("cmLst", '<p:cm authorId="4"><p:text>Old way.</p:text></p:cm>'),
    }
    beside = {1: {"notesSlide": "../n.xml", "comments": "../c.xml"}}
    extract = read_bytes(READER, slide_file([shape(lines("Text")), TITLE], beside=beside, files=files))
    assert shown(extract)[1:] == ["Text", "Notes: Say this.", "And this.", "Comment: Old way.", "# First slide"]


def test_what_is_left_out_is_named() -> None:
    slides = [
        TITLE + shape(lines("Confidential"), "ftr") + shape(lines("not this"), None, 'hidden="1"'),
        shape(lines("Extra")),
    ]
    extract = read_bytes(READER, slide_file(slides, hidden=[2]))
    assert shown(extract) == ["# First slide", "---", "Extra"]
    assert extract.warnings == (
        "2 words in hidden shapes are left out",
        "slides that are not shown are read: 2",
        "slide headers and footers are left out (1, such as “Confidential”)",
    )


CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
    xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><a:t>Sales</a:t></c:title><c:ser>
    <c:tx><c:v>2023</c:v></c:tx><c:cat><c:pt idx="0"><c:v>Q1</c:v></c:pt><c:pt idx="1"><c:v>Q2</c:v></c:pt></c:cat>
    <c:val><c:pt idx="0"><c:v>10</c:v></c:pt><c:pt idx="1"><c:v>20</c:v></c:pt></c:val></c:ser></c:chart></c:chartSpace>"""


def test_a_chart_is_its_values() -> None:
    frame = '<p:graphicFrame><c:chart r:id="chart"/></p:graphicFrame>'
    data = slide_file([frame], beside={1: {"chart": "../charts/c.xml"}}, files={"ppt/charts/c.xml": CHART})
    assert shown(read_bytes(READER, data))[1:] == ["Sales", "H  | 2023", "| Q1 | 10", "| Q2 | 20"]


def test_files_that_cannot_be_read_say_why() -> None:
    with pytest.raises(ReadingError, match=r"its part ppt/presentation\.xml is missing"):
        read_bytes(READER, zipped({"[Content_Types].xml": "x"}))
    with pytest.raises(ReadingError, match="is no PowerPoint file of this kind"):
        read_bytes(READER, zipped({"ppt/presentation.xml": "<x/>"}))
    deep = "<p:grpSp>" * 300 + "</p:grpSp>" * 300
    extract = read_bytes(READER, slide_file([deep, TITLE]))
    assert shown(extract) == ["# First slide"]
    assert extract.warnings == ("is nested too deeply to be read (ppt/slides/slide2.xml)",)


def test_real_presentations() -> None:
    def of(name: str) -> list[str]:
        return shown(read_bytes(READER, real_file(f"docling/pptx/{name}.pptx").read_bytes()))

    sample = of("powerpoint_sample")
    assert "| R4 | True | False | True | False | True | False" in sample
    assert sample[-2:] == ["Notes: Final notes on the third slide.", "Second line of notes."]
    assert "Comment (Jane Smith): This is a cool feature" in of("powerpoint_comments")
    assert "| 2019 | 120 | 80" in of("pptx_chart")


def test_presentations_are_recognised_by_their_content() -> None:
    assert READER.recognises(slide_file([TITLE]))
    assert not READER.recognises(zipped({"[Content_Types].xml": "", "word/document.xml": ""}))
