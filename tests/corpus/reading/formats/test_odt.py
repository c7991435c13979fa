"""OpenDocument texts: what LibreOffice shows comes back in order, with its numbers, and what it does not show is named."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.formats.odt import READER
from citewell.errors import ReadingError
from tests.support.archives import zipped
from tests.support.open_files import open_file, open_part, style
from tests.support.real_files import real_file
from tests.support.shown_blocks import facts, read_bytes, shown


def lines(body: str, automatic: str = "", styles: str = "") -> list[str]:
    return shown(read_bytes(READER, open_file(body, automatic=automatic, styles=styles)))


def p(text: str, name: str = "") -> str:
    return f'<text:p text:style-name="{name}">{text}</text:p>'


def test_spaces_lines_and_fields() -> None:
    body = p(
        'a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d<text:span>e<text:page-number>7</text:page-number></text:span>f'
    )
    assert lines(body) == ["a b c\nde7f"]


def test_raised_numbers_are_no_digits_of_what_they_follow() -> None:
    places = {"A": "super 58%", "B": "33% 58%", "C": "sub 58%", "D": "0% 100%"}
    automatic = "".join(
        style(name, properties=f'<style:text-properties style:text-position="{place}"/>', family="text")
        for name, place in places.items()
    )
    spans = "".join(f'<text:span text:style-name="{name}">{nth}</text:span>' for nth, name in enumerate(places, 2))
    assert lines(p(f"10{spans}6"), automatic=automatic) == ["10²³456"]


def test_headings_with_the_numbers_of_the_outline() -> None:
    outline = (
        '<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
    )
    heading = '<text:h text:outline-level="{}">{}</text:h>'
    parts = [(1, "One"), (2, "Two"), (2, "Three"), (1, "Four"), (2, "Five"), (3, "Six")]
    body = "".join(heading.format(*part) for part in parts)
    expected = ["# I. One", "## I.1 Two", "## I.2 Three", "# II. Four", "## II.1 Five", "### Six"]
    assert lines(body, styles=outline) == expected


def test_titles_and_headings_that_are_only_styles() -> None:
    automatic = style("P1", "Title") + style("P2", "Heading_20_2")
    styles = style("Title") + style("Heading_20_2", more='style:default-outline-level="2"')
    extract = read_bytes(
        READER, open_file(p("The title", "P1") + p("Part", "P2") + p("Text."), automatic=automatic, styles=styles)
    )
    assert shown(extract) == ["# The title", "## Part", "Text."]
    assert extract.title == "The title"


LISTS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="a" style:num-suffix=")"/>'
    '<text:list-level-style-bullet text:level="2" text:bullet-char="–"/></text:list-style>'
)


def test_lists_are_counted_and_go_on_where_they_say_so() -> None:
    def item(*content: str) -> str:
        return f"<text:list-item>{''.join(content)}</text:list-item>"

    inner = f"<text:list>{item(p('deep'))}</text:list>"
    first = f'<text:list text:style-name="L" xml:id="x">{item(p("one"), inner, p("more"))}{item(p("two"))}</text:list>'
    again = f'<text:list text:style-name="L">{item(p("anew"))}</text:list>'
    on = f'<text:list text:style-name="L" text:continue-list="x">{item(p("three"))}</text:list>'
    assert lines(first + again + on, automatic=LISTS) == [
        "- a) one",
        "- • deep",
        "more",
        "- b) two",
        "- a) anew",
        "- c) three",
    ]


def test_notes_comments_and_boxes_stand_after_their_paragraph() -> None:
    note = (
        '<text:note text:note-class="{0}"><text:note-citation>{1}</text:note-citation><text:note-body><text:p>{2}</text:p>'
        "</text:note-body></text:note>"
    )
    comment = "<office:annotation><dc:creator>Ann</dc:creator><text:p>Check.</text:p></office:annotation>"
    box = "<draw:frame><draw:text-box><text:h>In a box.</text:h></draw:text-box></draw:frame>"
    picture = '<draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:title>A duck</svg:title></draw:frame>'
    inside = note.format("footnote", "1", "Below.") + note.format("endnote", "i", "Last.") + comment + box + picture
    extract = read_bytes(READER, open_file(p(f"Te{inside}xt.") + p("More.")))
    expected = [
        "Text.",
        "Footnote 1: Below.",
        "Comment (Ann): Check.",
        "In a box.",
        "! A duck",
        "More.",
        "Endnote i: Last.",
    ]
    assert shown(extract) == expected
    assert [block.reference for block in extract.blocks if block.reference] == ["Pictures/a.png"]


def test_tables() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}>{p(text)}</table:table-cell>"

    head = (
        f"<table:table-header-rows><table:table-row>{cell('A')}{cell('B')}</table:table-row></table:table-header-rows>"
    )
    rows = [
        cell("x", 'table:number-rows-spanned="2"') + cell("1"),
        "<table:covered-table-cell/>" + cell("2"),
        cell("same", 'table:number-columns-repeated="2"'),
        cell("wide", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>",
    ]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    assert lines(f"<table:table>{head}{table}</table:table>") == [
        "H A | B", "| x | 1", "| x | 2", "| same | same", "| wide"
    ]  # fmt: skip


def test_what_was_deleted_or_hidden_is_left_out() -> None:
    hidden = style("T", properties='<style:text-properties text:display="none"/>', family="text")
    deleted = "<text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region>"
    body = f"<text:tracked-changes>{deleted}</text:tracked-changes>" + p(
        'seen <text:span text:style-name="T">two words</text:span>'
    )
    body += "".join(
        f"<text:section {display}>{p('three more words')}</text:section>"
        for display in ('text:display="none"', 'text:display="condition" text:is-hidden="true"')
    )
    body += f'<text:section text:display="true">{p("shown")}</text:section>'
    furniture = f"<style:master-page><style:header>{p('Confidential')}</style:header></style:master-page>"
    extract = read_bytes(READER, open_file(body, automatic=hidden, styles=furniture))
    assert shown(extract) == ["seen", "shown"]
    assert extract.warnings == (
        "8 hidden words are left out",
        "page headers and footers are left out (1, such as “Confidential”)",
    )


def test_formulas_and_charts_are_read() -> None:
    frame = '<draw:frame><draw:object xlink:href="./{}"/><draw:image xlink:href="x.png"/></draw:frame>'
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>'
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = [cell.format(first) + cell.format(second) for first, second in (("", "Sales"), ("Q1", "10"))]
    table = f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in rows)}</table:table>"
    inside = f"<chart:chart><chart:title>{p('Year')}</chart:title>{table}</chart:chart>"
    chart = open_part("document-content", f"<office:body>{inside}</office:body>")
    body = p("so " + frame.format("O1")) + p(frame.format("O2"))
    files = {"O1/content.xml": math, "O2/content.xml": chart}
    assert shown(read_bytes(READER, open_file(body, files=files))) == ["so", "a/2", "Year", "H  | Sales", "| Q1 | 10"]


def test_what_a_file_says_about_itself() -> None:
    meta = (
        "<dc:title>Prices</dc:title><meta:initial-creator>Ann</meta:initial-creator><dc:creator>Bob</dc:creator>"
        "<dc:date>2021-03-04T05:06:07</dc:date><meta:creation-date>2020-01-02T00:00:00</meta:creation-date>"
        "<meta:keyword>a</meta:keyword><meta:keyword>b</meta:keyword>"
    )
    extract = read_bytes(READER, open_file(p("x"), meta=meta))
    assert extract.title == "Prices"
    assert facts(extract) == {
        "title": ["Prices"], "date": ["2021-03-04"], "created": ["2020-01-02"], "tag": ["a", "b"], "author": ["Ann"]
    }  # fmt: skip


def test_a_file_that_is_one_xml_is_read_too() -> None:
    flat = open_part("document", f"<office:body><office:text>{p('Flat.')}</office:text></office:body>")
    assert shown(read_bytes(READER, flat.encode())) == ["Flat."]


def test_files_that_cannot_be_read_say_why() -> None:
    key = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:encryption-data/>'
        "</manifest:manifest>"
    )
    with pytest.raises(ReadingError, match=r"^is protected by a password$"):
        read_bytes(READER, open_file("", files={"META-INF/manifest.xml": key}))
    with pytest.raises(ReadingError, match=r"^is protected by a password$"):
        read_bytes(READER, open_file("", files={"META-INF/manifest.xml": key.replace(" xmlns", " x")}))
    with pytest.raises(ReadingError, match=r"its part content\.xml is missing"):
        read_bytes(READER, zipped({"mimetype": "x"}))
    with pytest.raises(ReadingError, match="is no OpenDocument file of this kind"):
        read_bytes(READER, open_file("", kind="presentation"))
    with pytest.raises(ReadingError, match="is nested too deeply"):
        read_bytes(READER, open_file("<text:list><text:list-item>" * 200 + "</text:list-item></text:list>" * 200))


def test_deep_files_are_read() -> None:
    assert lines("<text:section>" * 200 + p("deep") + "</text:section>" * 200) == ["deep"]
    assert lines("<text:list><text:list-item>" * 100 + p("deep") + "</text:list-item></text:list>" * 100) == [
        "- • deep"
    ]
    assert lines(p("<text:span>" * 200 + "deep" + "</text:span>" * 200)) == ["deep"]


def test_real_texts() -> None:
    text = shown(read_bytes(READER, real_file("docling/odf/text_document_01.odt").read_bytes()))
    # As LibreOffice shows them in the PDF beside it.
    assert text[6:12] == [
        "- 1. numbered list 1", "- 2. numbered list 2", "- • bullet list 2.1", "- • bullet list 2.2", "- • bullet list 2.2.1",
        "- • bullet list 2.3",
    ]  # fmt: skip
    table = shown(read_bytes(READER, real_file("unstructured/fake.odt").read_bytes()))
    assert table[1:3] == ["H Header row | Mon | Wed | Fri", "| Color | Blue | Red | Green"]


def test_texts_are_recognised_by_the_kind_that_they_declare() -> None:
    assert READER.recognises(open_file(""))
    assert not READER.recognises(open_file("", kind="presentation"))


def test_an_old_list_of_parts_is_no_damage() -> None:
    parts = '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"><manifest:manifest/>'
    extract = read_bytes(READER, open_file(p("A letter."), files={"META-INF/manifest.xml": parts}))
    assert (shown(extract), extract.warnings) == (["A letter."], ())
