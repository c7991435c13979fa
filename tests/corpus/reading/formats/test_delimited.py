"""CSV and TSV: the sign between cells, the names of columns, and what is in the way."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.delimited import READER
from citewell.errors import ReadingError
from tests.support.growth import check_growth
from tests.support.real_files import real_file
from tests.support.spreadsheets import shown, texts

REAL = {
    "csv-comma": (
        5,
        "row 3",
        "Index: 2 | Customer Id: 1Ef7b82A4CAAD10 | First Name: Preston | Last Name: Lozano, Dr |",
    ),
    "csv-comma-in-cell": (4, "row 3", "1: a | 2: , | 3: c | 4: d"),
    "csv-tab": (
        5,
        "row 5",
        "Index: 4 | Customer Id: 5Cef8BFA16c5e3c | First Name: Linda | Last Name: Olsen | Company: Dom",
    ),
    "csv-single-column": (7, "row 1", "Industry"),
    "csv-inconsistent-header": (5, "row 2", "a | b | c | d"),
    "csv-too-few-columns": (4, "row 3", "1: a | 2: b | 3: c"),
    "csv-too-many-columns": (4, "row 3", "a | b | c | d | e"),
}


def read(text: str | bytes) -> Extract:
    data = text.encode() if isinstance(text, str) else text
    return READER.read(Source("table.csv", data))


@pytest.mark.parametrize("name", REAL)
def test_real_file_has_its_rows(name: str) -> None:
    count, place, beginning = REAL[name]
    found = shown(READER.read(Source(name, real_file(f"docling/csv/{name}.csv").read_bytes())))
    assert len(found) == count
    assert all(kind == "row" for kind, _, _ in found)
    assert any(label == place and text.startswith(beginning) for _, label, text in found)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found(sign: str) -> None:
    rows = [["Part", "Price", "Since"], ["Hinge", "4,50", "2021-03-01"], ["Lock; heavy", "12,00", "2020-11-30"]]
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(rows)
    assert texts(read(out.getvalue())) == [
        "Part: Hinge | Price: 4,50 | Since: 2021-03-01",
        "Part: Lock; heavy | Price: 12,00 | Since: 2020-11-30",
    ]


def test_excel_names_the_sign_itself_and_counts_no_row_for_it() -> None:
    found = shown(read("sep=|\r\nName|Size\r\na,b;c|1\r\n"))
    assert found == [("row", "row 2", "Name: a,b;c | Size: 1")]


def test_rows_are_counted_as_a_spreadsheet_program_shows_them() -> None:
    text = 'Name,Note,Count\nA,"two\nlines",1\n\nB,one,2\n'
    assert shown(read(text)) == [
        ("row", "row 2", "Name: A | Note: two lines | Count: 1"),
        ("row", "row 4", "Name: B | Note: one | Count: 2"),
    ]


def test_a_title_above_the_table_is_prose() -> None:
    found = shown(read("Stock of the depot in March\nPart,Count\nHinge,4\nLock,7\n"))
    assert found[0] == ("prose", "row 1", "Stock of the depot in March")
    assert found[1] == ("row", "row 3", "Part: Hinge | Count: 4")


def test_years_name_columns() -> None:
    assert texts(read("Region,2021,2022,2023\nNorth,5,7,9\nSouth,1,4,2\n")) == [
        "Region: North | 2021: 5 | 2022: 7 | 2023: 9",
        "Region: South | 2021: 1 | 2022: 4 | 2023: 2",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "4,7,9\n3,8,1\n5,5,2\n",
        "Anna,34,Rome\nBob,29,Paris\nCarl,51,Oslo\n",
        "Owner,Anna\nStreet,High Road\nTown,Rome\n",
    ],
    ids=["numbers", "no names", "names and values"],
)
def test_without_names_the_cells_stand_alone(text: str) -> None:
    assert texts(read(text)) == [" | ".join(line.split(",")) for line in text.splitlines()]


def test_names_of_columns_of_words() -> None:
    assert (
        texts(read("Name,Town,Role\nAnna Berg,Rome,Chef\nBob Lee,Paris,Cook\n"))[1]
        == "Name: Bob Lee | Town: Paris | Role: Cook"
    )
    glossary = "Term,Meaning\nHinge,A joint on which a door turns\nLock,What keeps a door shut for all\n"
    assert texts(read(glossary))[0] == "Term: Hinge | Meaning: A joint on which a door turns"


def test_a_list_of_names_and_values_is_no_table_further_down() -> None:
    text = "Name,Anna Berg\nBorn,1980-02-03\nTown,Oslo\nPhone,+47 22 33 44\n"
    assert texts(read(text)) == [line.replace(",", " | ") for line in text.splitlines()]


def test_the_first_column_may_be_without_a_name() -> None:
    assert texts(read(",Count,Kind\n0,1.5,steel\n1,2.5,brass\n")) == [
        "0 | Count: 1.5 | Kind: steel",
        "1 | Count: 2.5 | Kind: brass",
    ]


def test_a_question_of_a_form_is_the_name_of_a_column() -> None:
    question = "How satisfied are you with the course as a whole, from one to five?"
    assert texts(read(f'"{question}",Comments\n5,Great\n3,Too long for me\n'))[0] == f"{question}: 5 | Comments: Great"


def test_a_column_without_values_keeps_its_name() -> None:
    assert texts(read("Name,Count,Signature\nA,1,\nB,2,\n")) == [
        "Name | Count | Signature",
        "Name: A | Count: 1",
        "Name: B | Count: 2",
    ]


def test_names_hold_on_after_an_empty_row_and_end_with_others() -> None:
    text = "Part,Count\nHinge,4\n\nLock,7\nBolt,2\n\nTown,Founded\nRome,0753\nOslo,1040\n"
    assert texts(read(text)) == [
        "Part: Hinge | Count: 4",
        "Part: Lock | Count: 7",
        "Part: Bolt | Count: 2",
        "Town: Rome | Founded: 0753",
        "Town: Oslo | Founded: 1040",
    ]


def test_an_open_quotation_mark_does_not_swallow_the_file() -> None:
    lines = "".join(f"A{number},{number}\n" for number in range(500))
    extract = read(f'Name,Size\n"5 inch,1\n{lines}')
    assert len(extract.blocks) == 501
    assert extract.warnings == ("a quotation mark is not closed; all are read as they stand",)


def test_quotation_marks_with_backslashes() -> None:
    assert texts(read('Name,Size\n"the \\"big\\" one, red",1\n"b",2\n'))[0] == 'Name: the "big" one, red | Size: 1'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings(encoding: str) -> None:
    text = "Straße;Länge;Größe\nMüllerstraße am Fluß;1,5;9\nÖstliche Allee für Fußgänger;2,5;7\n"
    assert texts(read(text.encode(encoding)))[0] == "Straße: Müllerstraße am Fluß | Länge: 1,5 | Größe: 9"


def test_what_is_no_text_is_named() -> None:
    with pytest.raises(ReadingError, match="binary"):
        read(bytes(range(256)) * 8)


def test_the_rows_of_a_huge_file_are_bounded_and_the_rest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citewell.corpus.reading.formats.delimited._MOST_ROWS", 100)
    extract = read("Name,Size\n" + "".join(f"A{number},{number}\n" for number in range(300)))
    assert extract.blocks[-1].location is not None
    assert extract.blocks[-1].location.label == "row 100"
    assert extract.warnings == ("only the first 100 rows are read",)


def test_a_name_that_stands_twice_names_both_columns() -> None:
    assert texts(read("Name,Phone,Phone,Town\nAnn,123,456,Bonn\nBob,789,012,Ulm\n"))[0] == (
        "Name: Ann | Phone: 123 | Phone: 456 | Town: Bonn"
    )
    # Values that are repeated in the first row come again below.
    assert texts(read("Ann,yes,yes,no\nBob,no,yes,no\nCy,yes,no,no\n"))[0] == "Ann | yes | yes | no"


def test_a_cell_is_as_long_as_it_likes_and_other_readers_of_csv_keep_their_limit() -> None:
    usual = csv.field_size_limit()
    assert texts(read(f"Name,Count\nA,1\n{'x' * (usual + 1)},2\n"))[-1].endswith("x | Count: 2")
    assert csv.field_size_limit() == usual


CELLS = st.text(alphabet='abc ,;|"\n\t0123456789-.é', max_size=12)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=8))
def test_no_cell_is_lost(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["x", *row] for row in rows])
    extract = read(out.getvalue())
    found = "".join(texts(extract))
    for row in rows:
        for cell in row:
            assert all(word in found for word in re.findall(r"\w+", cell))


def test_gaps_between_columns_take_no_more_than_their_number() -> None:
    check_growth(read, lambda length: f"{',a,' * (length // 6)}\n" * 2)
