"""Spreadsheets: sheets, places, values as they are written, and what is left out."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.assembling import assemble
from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.spreadsheet import READER, workbook
from citewell.errors import ReadingError
from tests.support.archives import zipped
from tests.support.real_files import real_file
from tests.support.spreadsheets import Cell, ods, ods_row, sheet_xml, shown, texts, xlsx

DUCKS = ["Year: 2019 | Freshwater Ducks: 120", "Year: 2020 | Freshwater Ducks: 135"]
NAMES = ["Part", "Count", "Price"]


def read(data: bytes) -> Extract:
    assert READER.recognises(data)
    return READER.read(Source("table.xlsx", data))


def read_real(name: str) -> Extract:
    return read(real_file(name).read_bytes())


@pytest.mark.parametrize(
    "name", ["docling/xlsx/xlsx_05_table_with_title.xlsx", "docling/odf/odf_table_with_title_01.ods"]
)
def test_a_table_that_begins_further_in_has_its_title_and_the_right_rows(name: str) -> None:
    found = [each for each in shown(read_real(name)) if each[0] != "heading"]
    assert found[0][0] == "prose"
    assert found[0][1].endswith("row 2")
    assert found[0][2] == "Number of freshwater ducks per year"
    assert [text for _, _, text in found[1:3]] == DUCKS
    assert found[1][1].endswith("row 5")


def test_several_tables_on_a_sheet_each_have_their_names() -> None:
    found = shown(read_real("docling/xlsx/xlsx_01.xlsx"))
    assert ("row", "Sheet2, row 9", "col-1: 8 | col-2: 16 | col-3: 24 | col-4: 32") in found
    assert ("row", "Sheet2, row 6", "col-1: 1 | col-2: 2 | col-3: 3") in found
    assert ("row", "Sheet2, row 18", "col-1: 4 | col-2: 8 | col-3: 12") in found


def test_merged_cells_speak_for_all_that_they_cover() -> None:
    found = shown(read_real("docling/xlsx/xlsx_01.xlsx"))
    assert ("row", "Sheet3, row 4", "first: 3 | header second: 4 | header third: 5") in found
    assert ("row", "Sheet3, row 5", "first: 3 | header second: 6 | header third: 7") in found


def test_a_hidden_sheet_is_left_out_and_named() -> None:
    extract = read_real("docling/xlsx/xlsx_01.xlsx")
    assert not any("Sheet4" in place for _, place, _ in shown(extract))
    assert "the sheet 'Sheet4' is left out: it is hidden" in extract.warnings


def test_comments_are_read_with_their_authors() -> None:
    found = shown(read_real("docling/xlsx/xlsx_comments.xlsx"))
    assert ("prose", "Sheet1, row 2", "Comment on B2 by Jane Editor: Which libraries are you referring to?") in found
    assert (
        "prose",
        "Sheet1, row 7",
        "Comment on F7 by Marcus Sterling (MS): I never thought it would be so low",
    ) in found
    assert not any("Threaded" in text for _, _, text in found)


def test_old_excel() -> None:
    found = shown(read_real("markitdown/test.xls"))
    assert ("row", "Sheet1, row 2", "Alpha: 89 | Beta: 82 | Gamma: 100 | Delta: 12") in found
    assert found[-1][2] == "ColA: 13 | ColB: 14 | ColC: 15 | ColD: affc7dad-52dc-4b98-9b5d-51e65d8a8ad0"


def test_what_a_file_says_about_itself_are_facts() -> None:
    extract = read_real("docling/xlsx/xlsx_comments.xlsx")
    assert [(fact.name, fact.value) for fact in extract.facts if fact.name in {"date", "created"}] == [
        ("created", "2026-05-14"),
        ("date", "2026-06-18"),
    ]


def test_an_opendocument_file_says_something_about_itself_as_well() -> None:
    facts = {fact.name: fact.value for fact in read_real("docling/odf/odf_table_with_title_01.ods").facts}
    assert facts["created"] <= facts["date"]


def test_charts_and_pictures_are_named_and_the_texts_of_shapes_read() -> None:
    warnings = read_real("docling/xlsx/xlsx_01.xlsx").warnings
    assert "charts (2) on the sheet 'Sheet2' are left out" in warnings
    assert "pictures (1) on the sheet 'Sheet3' are left out" in warnings
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kinds}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    )
    drawing = '<w xmlns:a="urn:a"><a:p><a:r><a:t>Prices </a:t></a:r><a:r><a:t>hold.</a:t></a:r></a:p><a:pic/></w>'
    more = {"xl/worksheets/_rels/sheet1.xml.rels": relations, "xl/drawings/drawing1.xml": drawing}
    extract = read(xlsx({"Sheet1": sheet_xml([NAMES, ["Hinge", 4, 2.5]])}, more=more))
    assert shown(extract)[-1] == ("prose", "Sheet1", "Prices hold.")
    assert extract.warnings == ("pictures (1) on the sheet 'Sheet1' are left out",)


def test_a_damaged_part_beside_the_sheets_does_not_lose_them() -> None:
    rows = sheet_xml([NAMES, ["Hinge", 4, 2.5]])
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kinds}/comments" Target="../comments1.xml"/></Relationships>'
    )
    more = {"xl/worksheets/_rels/sheet1.xml.rels": relations, "xl/comments1.xml": "<comments"}
    extract = read(xlsx({"Sheet1": rows}, more=more))
    assert texts(extract) == ["Part: Hinge | Count: 4 | Price: 2.5"]
    [warning] = extract.warnings
    assert warning.startswith("comments and shapes on the sheet 'Sheet1' are left out")


def test_a_sheet_without_values_gives_no_heading() -> None:
    extract = read_real("docling/xlsx/xlsx_03_chartsheet.xlsx")
    assert [text for kind, _, text in shown(extract) if kind == "heading"] == ["Duck Observations"]


def test_sheets_are_sections_and_a_single_unnamed_one_is_none() -> None:
    rows = sheet_xml([NAMES, ["Hinge", 4, 2.5], ["Lock", 7, 12]])
    both = assemble(read(xlsx({"Stock": rows, "Orders": rows})))
    assert [section.path for section in both.sections] == [("Stock",), ("Orders",)]
    assert [place.location.label for place in both.locations] == [
        "Stock", "Stock, row 2", "Stock, row 3", "Orders", "Orders, row 2", "Orders, row 3",
    ]  # fmt: skip
    alone = assemble(read(xlsx({"Sheet1": rows})))
    assert (alone.title, alone.sections[0].path) == (None, ())
    assert alone.text == "Part: Hinge | Count: 4 | Price: 2.5\nPart: Lock | Count: 7 | Price: 12"


def test_values_are_written_as_a_person_would() -> None:
    values = {
        'A1" s="1': ("44000", "2020-06-18"),
        'B1" s="2': ("44000.5", "2020-06-18 12:00"),
        'C1" s="2': ("44000", "2020-06-18"),
        'D1" s="3': ("0.155", "16%"),
        'E1" s="4': ("0.25", "06:00"),
        'F1" s="5': ("1.25", "30:00:00"),
        'G1" t="b': ("1", "true"),
        "H1": ("0.30000000000000004", "0.3"),
        "I1": ("12345678901234567890", "12345678901234600000"),
        "J1": ("1E-7", "0.0000001"),
        "K1": ("-3.0", "-3"),
    }
    cells = "".join(f'<c r="{place}"><v>{value}</v></c>' for place, (value, _) in values.items())
    assert texts(read(xlsx({"Sheet1": f'<row r="1">{cells}</row>'}))) == [
        " | ".join(text for _, text in values.values())
    ]


def test_cells_that_were_merged_down_are_repeated_but_not_across() -> None:
    rows: list[list[Cell]] = [[*NAMES], ["Hinge", 4, 2.5], [None, 5, 3], ["Lock", 7, 12], ["nothing", None, 1]]
    merged = '<mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="A5:B5"/></mergeCells>'
    assert texts(read(xlsx({"Sheet1": sheet_xml(rows) + merged}))) == [
        "Part: Hinge | Count: 4 | Price: 2.5",
        "Part: Hinge | Count: 5 | Price: 3",
        "Part: Lock | Count: 7 | Price: 12",
        "Part: nothing | Price: 1",
    ]


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"{}</c></row>'


@pytest.mark.parametrize(
    "cell", ["><v>1</v>", ' t="str"><v></v>', ' t="inlineStr"><is><t>x</t></is>', "><f>A1</f><v>1</v>"]
)
def test_a_sheet_of_cells_that_stand_too_far_apart_is_left_out_and_the_others_are_read(cell: str) -> None:
    extract = read(xlsx({"Far": FAR.format(cell), "Near": sheet_xml([NAMES, ["Hinge", 4, 2.5]])}))
    assert texts(extract) == ["Near", "Part: Hinge | Count: 4 | Price: 2.5"]
    [warning] = extract.warnings
    assert warning.startswith("the sheet 'Far' is left out: its cells stand too far apart")


@pytest.mark.parametrize("cell", ['s="1">', 's="1"/><c r="B2">'], ids=["open", "closed"])
def test_far_cells_that_are_only_formatted_are_no_reason(cell: str) -> None:
    assert texts(read(xlsx({"Sheet1": FAR.format(f" {cell}")}))) == ["1"]


def test_ods_of_cells_that_stand_too_far_apart_is_refused() -> None:
    with pytest.raises(ReadingError, match="too far apart"):
        read(ods(ods_row("a", 16_382, "b") + ods_row(16_384, times=1_048_570) + ods_row("c")))
    filled = ods_row(*["x"] * 10, times=1_000_000)
    with pytest.raises(ReadingError, match="too far apart"):
        read(ods(filled))


def test_ods_with_empty_rows_to_its_end_is_read() -> None:
    data = ods(
        ods_row("Part", "Kind", "Town", 16_381) + ods_row("Hinge", "steel", "Rome") + ods_row(16_384, times=1_048_574)
    )
    assert texts(read(data)) == ["Part: Hinge | Kind: steel | Town: Rome"]


def test_repeated_rows_and_cells_of_ods_count(monkeypatch: pytest.MonkeyPatch) -> None:
    found = shown(read(ods(ods_row("a", 2, "b") + ods_row(5, times=7) + ods_row("c", "d", times=2))))
    assert found == [
        ("row", "Sheet1, row 1", "a | b"),
        ("row", "Sheet1, row 9", "c | d"),
        ("row", "Sheet1, row 10", "c | d"),
    ]
    monkeypatch.setattr(workbook, "MOST_CELLS", 39)
    with pytest.raises(ReadingError, match="too far apart"):
        read(ods(ods_row("a", 2, "b") + ods_row(5, times=7) + ods_row("c", "d", times=2)))


def test_the_rows_of_a_huge_sheet_are_bounded_and_the_rest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_ROWS", 2)
    extract = read(xlsx({"Sheet1": sheet_xml([[1, 2], [3, 4], [5, 6]])}))
    assert texts(extract) == ["1 | 2", "3 | 4"]
    assert extract.warnings == ("the sheet 'Sheet1' is read up to row 2; the others are left out",)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04" + b"\0" * 60, "not a whole archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        (zipped({"xl/workbook.xml": "no XML"}), "damaged, or no spreadsheet"),
        (b"no spreadsheet at all", "no spreadsheet"),
    ],
    ids=["archive", "container", "workbook", "text"],
)
def test_broken_files_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        READER.read(Source("table.xlsx", data))


def test_other_archives_are_no_spreadsheets() -> None:
    inner = xlsx({"Sheet1": sheet_xml([[1]])})
    assert not READER.recognises(zipped({"word/document.xml": "x", "word/embeddings/table.xlsx": inner}, compression=0))
    assert not READER.recognises(real_file("unstructured/fake-email.msg").read_bytes())
