"""Word files: what Word shows comes back in order, numbered as Word numbers it, and what it does not show is named."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.formats.docx import READER
from citewell.errors import ReadingError
from tests.support.archives import zipped
from tests.support.real_files import real_file
from tests.support.shown_blocks import facts, read_bytes, shown
from tests.support.word_files import W, paragraph, style, table, word_file


def read(body: str, **parts: str) -> Extract:
    return read_bytes(READER, word_file(body, parts))


def lines(body: str, **parts: str) -> list[str]:
    return shown(read(body, **parts))


def test_tracked_and_wrapped_text_is_what_is_shown() -> None:
    run = "<w:r><w:t xml:space='preserve'>{} </w:t></w:r>"
    body = (
        f"<w:p>{run.format('One')}<w:ins>{run.format('inserted')}</w:ins><w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
        f"<w:moveFrom>{run.format('away')}</w:moveFrom><w:moveTo>{run.format('here')}</w:moveTo>"
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run.format('control')}</w:sdtContent></w:sdt>"
        f"<w:hyperlink>{run.format('link')}</w:hyperlink><w:smartTag>{run.format('smart')}</w:smartTag>"
        f"<w:fldSimple>{run.format('field')}</w:fldSimple>"
        "<w:r><w:instrText>PAGEREF</w:instrText><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t><w:br/><w:t>d</w:t>"
        '<w:softHyphen/><w:t>e</w:t><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>'
    )
    assert lines(body) == ["One inserted here control link smart field a b\u2011c\nde✓"]


def test_raised_numbers_are_no_digits_of_what_they_follow() -> None:
    run = '<w:r><w:rPr><w:vertAlign w:val="{}"/></w:rPr><w:t>{}</w:t></w:r>'
    runs = "".join(run.format(*part) for part in (("superscript", 6), ("subscript", 2), ("superscript", "th")))
    assert lines(f"<w:p><w:r><w:t>10</w:t></w:r>{runs}</w:p>") == ["10⁶2th"]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    assert lines(paragraph("First ", "<w:rPr><w:del/></w:rPr>") + paragraph("second.")) == ["First second."]


def test_hidden_text_is_counted_and_left_out() -> None:
    hidden = '<w:style w:type="character" w:styleId="H"><w:name w:val="H"/><w:rPr><w:vanish/></w:rPr></w:style>'
    body = paragraph("seen") + paragraph("two words", run="<w:vanish/>") + paragraph("one", run='<w:rStyle w:val="H"/>')
    extract = read(body + paragraph("shown", run='<w:rStyle w:val="H"/><w:vanish w:val="0"/>'), styles=hidden)
    assert shown(extract) == ["seen", "shown"]
    assert extract.warnings == ("3 hidden words are left out",)


def test_headings_by_the_outline_of_a_style_and_its_base() -> None:
    styles = (
        style("Basis", properties='<w:outlineLvl w:val="1"/>')
        + style("berschrift", "Basis", shown="Überschrift")
        + style("H1", shown="heading 1")
        + style("Text", "H1", properties='<w:outlineLvl w:val="9"/>')
        + style("T", shown="Title")
    )
    body = "".join(paragraph(name, f'<w:pStyle w:val="{name}"/>') for name in ("T", "H1", "berschrift", "Text"))
    extract = read(body + paragraph("own", '<w:outlineLvl w:val="2"/>'), styles=styles)
    assert shown(extract) == ["# T", "# H1", "## berschrift", "Text", "### own"]
    assert extract.title == "T"


def test_headings_of_a_file_without_styles() -> None:
    assert lines(paragraph("Fees", '<w:pStyle w:val="Heading2"/>') + paragraph("Text.")) == ["## Fees", "Text."]


def level(depth: int, kind: str, text: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def numbered(text: str, number: int, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "%1.%2)")
    + level(2, "upperRoman", "%1-%3", "<w:isLgl/>")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "bullet", "\uf0b7")
    + level(1, "bullet", "–")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="L"/></w:abstractNum>'
    + "".join(f'<w:num w:numId="{nth + 1}"><w:abstractNumId w:val="{nth}"/></w:num>' for nth in range(3))
    + '<w:num w:numId="4"><w:abstractNumId w:val="0"/>'
    + '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>'
)


def test_numbers_are_counted_as_word_counts() -> None:
    body = (
        numbered("a", 1) + numbered("b", 1, 1) + numbered("", 1, 1) + numbered("c", 1, 1) + paragraph("between")
        + numbered("d", 1) + numbered("e", 1, 1) + numbered("f", 1, 2) + numbered("g", 4) + numbered("h", 4) + numbered("i", 2)
        + numbered("j", 2, 1) + numbered("k", 0)
    )  # fmt: skip
    assert lines(body, numbering=NUMBERING) == [
        "- 1. a", "- 1.a) b", "- 1.c) c", "between", "- 2. d", "- 2.a) e", "- 2-1 f", "- 7. g", "- 8. h", "- • i", "- – j", "k"
    ]  # fmt: skip


def test_numbers_come_from_styles_too() -> None:
    styles = (
        style("H", shown="heading 1", properties='<w:numPr><w:numId w:val="1"/></w:numPr>')
        + style("H2", "H", shown="heading 2", properties='<w:numPr><w:ilvl w:val="1"/></w:numPr>')
        + '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    body = paragraph("One", '<w:pStyle w:val="H"/>') + paragraph("Deep", '<w:pStyle w:val="H2"/>') + numbered("item", 3)
    assert lines(body, styles=styles, numbering=NUMBERING) == ["# 1. One", "## 1.a) Deep", "- • item"]


def test_notes_stand_after_their_paragraph_and_endnotes_at_the_end() -> None:
    references = '<w:footnoteReference w:id="2"/><w:endnoteReference w:id="1"/><w:commentReference w:id="0"/>'
    run = f"<w:r><w:t>Text.</w:t>{references}</w:r>"
    extract = read(
        f"<w:p>{run}</w:p>{paragraph('More.')}",
        footnotes=f'<w:footnote w:id="2">{paragraph("Below.")}</w:footnote>',
        endnotes=f'<w:endnote w:id="1">{paragraph("Last.")}</w:endnote>',
        comments=f'<w:comment w:id="0" w:author="Ann">{paragraph("Check.")}</w:comment>',
    )
    assert shown(extract) == ["Text.", "Footnote 1: Below.", "Comment (Ann): Check.", "More.", "Endnote 1: Last."]


def test_heads_and_feet_of_pages_are_named() -> None:
    extract = read(paragraph("Text."), header=paragraph("Confidential"), footer=paragraph("7"))
    assert shown(extract) == ["Text."]
    assert extract.warnings == ("page headers and footers are left out (1, such as “Confidential”)",)


def box(content: str) -> str:
    inside = f"<w:txbxContent>{content}</w:txbxContent>"
    shape = f"<w:drawing><wp:anchor><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp></wp:anchor></w:drawing>"
    old = f"<w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict>"
    return f"<mc:AlternateContent><mc:Choice>{shape}</mc:Choice><mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    inside = box(paragraph("In a box.", '<w:outlineLvl w:val="0"/>'))
    body = f"<w:p><w:r>{inside}</w:r><w:r><w:t>Beside.</w:t></w:r></w:p>"
    assert lines(body) == ["Beside.", "In a box."]


def test_rows_with_merged_cells() -> None:
    def merged(text: str, kind: str) -> str:
        return f'<w:tcPr><w:vMerge w:val="{kind}"/></w:tcPr>{paragraph(text)}'

    wide = f'<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("wide")}'
    head = (
        "<w:tr><w:trPr><w:tblHeader/></w:trPr>"
        + "".join(f"<w:tc>{paragraph(name)}</w:tc>" for name in "AB")
        + "</w:tr>"
    )
    rows = table([merged("x", "restart"), "1"], [merged("", "continue"), "2"], [wide])
    assert lines(rows.replace("<w:tbl>", f"<w:tbl>{head}")) == ["H A | B", "| x | 1", "| x | 2", "| wide"]


def test_the_head_of_a_table_that_is_not_marked() -> None:
    assert lines(table(["Item", "Price", "Note"], ["Tea", "2", ""]))[0] == "H Item | Price | Note"
    assert lines(table(["", "Price"], ["Tea", "2"]))[0] == "H  | Price"
    assert lines(table(["Name", "Miller"], ["City", "Bern"]))[0] == "| Name | Miller"
    bold = [paragraph(name, run="<w:b/>") for name in ("Item", "Price")]
    assert lines(table(bold, ["Tea", "2"]))[0] == "H Item | Price"
    assert lines(table(["1", "2", "3"], ["4", "5", "6"]))[0] == "| 1 | 2 | 3"
    twice = ["Name", "Phone", "Phone"]
    assert (
        lines(table([paragraph(name, run="<w:b/>") for name in twice], ["Ann", "1", "2"]))[0]
        == "H Name | Phone | Phone"
    )
    assert lines(table(twice, ["Ann", "1", "2"]))[0] == "| Name | Phone | Phone"


def test_a_table_of_one_column_or_of_long_texts_only_arranges() -> None:
    long = "A sentence that stands in a cell because somebody wanted two columns. " * 12
    assert lines(table([paragraph("a") + paragraph("b")])) == ["a", "b"]
    assert lines(table([long, table(["x", "y"])])) == [long.strip(), "| x | y"]


def test_formulas_are_one_line() -> None:
    body = (
        "<w:p><w:r><w:t>so </w:t></w:r><m:oMath><m:r><m:t>x=</m:t></m:r><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num>"
        "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f><m:rad><m:deg/><m:e><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup>"
        "<m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:e></m:rad></m:oMath></w:p>"
    )
    assert lines(body) == ["so x=(a+b)/2√(c^2)"]


def test_boxes_to_tick() -> None:
    box = "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
    field = f'<w:r><w:fldChar w:fldCharType="begin">{box}</w:fldChar></w:r>'
    assert lines(f"<w:p>{field}<w:r><w:t>Agreed</w:t></w:r></w:p>") == ["☑ Agreed"]


def test_pictures_have_their_text_and_part() -> None:
    picture = '<w:drawing><wp:inline><wp:docPr descr="A duck"/><a:blip r:embed="p"/></wp:inline></w:drawing>'
    relation = '<Relationship Id="p" Type="x/image" Target="media/duck.png"/>'
    extract = read_bytes(READER, word_file(f"<w:p><w:r><w:t>See</w:t>{picture}</w:r></w:p>", relations=relation))
    assert shown(extract) == ["See", "! A duck"]
    assert extract.blocks[1].reference == "word/media/duck.png"


RELATION = '<Relationship Id="{}" Type="x/{}" Target="{}"/>'


def test_files_inside_are_attachments_or_named() -> None:
    body = '<w:altChunk r:id="h"/><w:p><w:r><w:object><o:OLEObject r:id="o"/></w:object></w:r></w:p>'
    relations = RELATION.format("h", "aFChunk", "part.docx") + RELATION.format("o", "oleObject", "e.bin")
    files = {"word/part.docx": b"PK inside", "word/e.bin": b"\xd0\xcf"}
    extract = read_bytes(READER, word_file(body, files=files, relations=relations))
    assert [(each.name, each.data) for each in extract.attachments] == [("part.docx", b"PK inside")]
    assert [each.name for each in extract.unread] == ["e.bin"]


SAVED = b"""MIME-Version: 1.0
Content-Type: multipart/related; boundary="b"

--b
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><h2>Fees</h2><p>Geb=C3=BChr</p></html>
--b--
"""


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("p.html", b"<h2>Fees</h2><p>x", ["## Fees", "x"]),
        ("p.txt", b"One.\r\n\r\nTwo\r\nlines.", ["One.", "Two\nlines."]),
        ("p.mht", SAVED, ["## Fees", "Gebühr"]),
    ],
)
def test_pages_that_are_shown_in_the_text_are_part_of_it(name: str, content: bytes, expected: list[str]) -> None:
    body = f"{paragraph('Before.')}<w:altChunk r:id='h'/>{paragraph('After.')}"
    data = word_file(body, files={f"word/{name}": content}, relations=RELATION.format("h", "aFChunk", name))
    assert shown(read_bytes(READER, data)) == ["Before.", *expected, "After."]


def test_what_a_file_says_about_itself() -> None:
    core = (
        "<dc:title>Prices</dc:title><dc:creator>Ann Lee</dc:creator><cp:keywords>a; b</cp:keywords>"
        "<dcterms:created>2020-01-02T03:04:05Z</dcterms:created><dcterms:modified>2021-05-06T07:08:09Z</dcterms:modified>"
    )
    extract = read_bytes(READER, word_file(paragraph("x"), core=core, main="doc/other.xml"))
    assert extract.title == "Prices"
    assert facts(extract) == {
        "title": ["Prices"], "author": ["Ann Lee"], "tag": ["a", "b"], "created": ["2020-01-02"], "date": ["2021-05-06"]
    }  # fmt: skip


def test_strict_files_are_read_like_others() -> None:
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="m" '
            'Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="word/other.xml"/>'
            "</Relationships>"
        ),
        "word/other.xml": (
            '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:r>'
            "<w:t>Some text</w:t></w:r></w:p></w:body></w:document>"
        ),
    }
    assert shown(read_bytes(READER, zipped(parts))) == ["Some text"]


def reason(data: bytes) -> str:
    with pytest.raises(ReadingError) as raised:
        read_bytes(READER, data)
    return raised.value.message


def test_files_that_cannot_be_read_say_why() -> None:
    whole = word_file(paragraph("x"))
    assert reason(whole[: len(whole) // 2]) == "is damaged: it is not a whole archive"
    assert reason(b"plain") == "is damaged: it is not a whole archive"
    assert reason(zipped({"[Content_Types].xml": "x"})) == "is damaged: its part word/document.xml is missing"
    assert reason(zipped({"word/document.xml": "<w"})) == "is damaged: word/document.xml is no valid XML"
    assert (
        reason(zipped({"word/document.xml": "<x/>"})) == "is no Word file of this kind: its main part is something else"
    )
    deep = "<w:tbl><w:tr><w:tc>" * 3_000 + "</w:tc></w:tr></w:tbl>" * 3_000
    assert reason(word_file(deep)) == "is nested too deeply to be read (word/document.xml)"


def test_entities_neither_grow_nor_read_files() -> None:
    bomb = "".join(f'<!ENTITY e{nth} "{f"&e{nth - 1};" * 10}">' for nth in range(1, 10))
    start = f'<!DOCTYPE d [<!ENTITY e0 "0123456789"> {bomb}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = f'{start}<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{{}}</w:t></w:r></w:p></w:body></w:document>'
    assert (
        reason(zipped({"word/document.xml": text.format("&e9;")}))
        == "grows without end when it is read (word/document.xml)"
    )
    assert not shown(read_bytes(READER, zipped({"word/document.xml": text.format("&f;")})))


def test_of_a_damaged_part_everything_else_is_read() -> None:
    whole = word_file(paragraph("First.") + paragraph("Second."), {"styles": style("A"), "comments": ""})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cut = parts["word/document.xml"].partition(b"Second")[0]
    extract = read_bytes(
        READER, zipped({**parts, "word/document.xml": cut, "word/styles.xml": b"\0", "docProps/core.xml": b""})
    )
    assert shown(extract) == ["First."]
    damaged = "word/document.xml, word/styles.xml, docProps/core.xml"
    assert extract.warnings == (f"is damaged, so that text may be missing ({damaged})",)


def test_long_and_deep_files_are_read_soon() -> None:
    began = time.process_time()
    many = paragraph("word") * 20_000
    assert len(lines(many)) == 20_000
    nested = "<w:sdt><w:sdtContent>" * 100 + paragraph("deep") + "</w:sdtContent></w:sdt>" * 100
    assert lines(nested) == ["deep"]
    assert lines("<w:tbl><w:tr><w:tc>" * 60 + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * 60) == ["deep"]
    assert time.process_time() - began < 5


def test_real_files() -> None:
    def of(name: str) -> list[str]:
        return shown(read_bytes(READER, real_file(f"docling/docx/{name}.docx").read_bytes()))

    assert of("Strict") == of("Transitional") == ["Some text"]
    assert of("docx_list_resumed_numbering")[-1] == "- 3. Third ordered item"
    assert "## 1.2. Section 1.2" in of("unit_test_headers_numbered")
    assert "| Cell 2.0 | Merged Cell 1.1 2.1 | Cell 2.2" in of("word_tables")
    assert of("textbox").count("Case closed.") == 1
    assert "(x+a)^n=∑_(k=0)^n (n/k)x^ka^(n-k)" in of("equations")
    assert "☒ Orange juice" in of("docx_checkboxes")


def test_word_files_are_recognised_by_their_content() -> None:
    assert READER.recognises(word_file(""))
    assert not READER.recognises(zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}))
    assert not READER.recognises(b"PK\x03\x04 and nothing else")
