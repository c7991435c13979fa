"""How much room sheets take, by the places of their cells."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.formats.spreadsheet.sizes import (
    MOST_CELLS,
    is_small,
    ods_cells,
    xls_cells,
    xlsb_cells,
    xlsx_cells,
)
from citewell.errors import ReadingError
from tests.support.spreadsheets import column, ods_row, sheet_xml, xls_record, xlsb_record

PLACES = st.lists(st.tuples(st.integers(0, 1_048_575), st.integers(0, 16_383)), min_size=1, max_size=12, unique=True)


def rectangle(places: list[tuple[int, int]]) -> int:
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)


@given(PLACES)
def test_xlsx_is_the_rectangle_around_its_cells(places: list[tuple[int, int]]) -> None:
    sheet = "".join(f'<row><c s="1" r="{column(at)}{row + 1}"><v>1</v></c></row>' for row, at in places)
    assert xlsx_cells(sheet.encode()) == rectangle(places)
    assert rectangle(places) <= MOST_CELLS or not is_small(sheet.encode())
    assert not is_small(f"{sheet}<row><c><v>1</v></c></row>".encode())
    assert xlsx_cells(sheet.replace("<", "<x:").replace("<x:/", "</x:").encode()) == rectangle(places)


def test_xlsx_without_places_counts_rows_and_cells() -> None:
    assert xlsx_cells(b"<row><c><v>1</v></c><c/><c><v>1</v></c></row><row/><row><c><v>1</v></c></row>") == 9
    assert xlsx_cells(b'<row r="5"><c><v>1</v></c></row><row r="1000000"><c><v>1</v></c></row>') == 999_996
    assert xlsx_cells(b'<row r="5"><c r="A5" s="1"/></row><cols><col min="1"/></cols>') == 0


def test_a_small_sheet_is_soon_seen() -> None:
    assert is_small(sheet_xml([["a", 1], ["b", 2]]).encode())
    assert is_small(b"")


def test_ods_counts_what_is_repeated() -> None:
    assert ods_cells(ods_row("a", 3, "b").encode()) == 5
    assert ods_cells((ods_row("a", times=100) + ods_row(7, times=50) + ods_row(1, "b")).encode()) == 302
    assert ods_cells((ods_row("a") + ods_row(16_384, times=1_048_575)).encode()) == 1
    two = f"<table:table>{ods_row('a', 'b')}</table:table>" * 2
    assert ods_cells(two.encode()) == 4


@given(PLACES)
def test_xlsb_is_the_rectangle_around_its_cells(places: list[tuple[int, int]]) -> None:
    sheet = b"".join(
        xlsb_record(0, struct.pack("<I", row) + b"\0" * 13) + xlsb_record(5, struct.pack("<IId", at, 0, 1.5))
        for row, at in places
    )
    # A cell with only a format, and a record of another kind.
    sheet += xlsb_record(1, struct.pack("<II", 16_383, 0)) + xlsb_record(0x94, struct.pack("<IIII", 0, 9, 0, 9))
    assert xlsb_cells(sheet) == rectangle(places)
    assert xlsb_cells(sheet[:-3]) == rectangle(places)


def test_xls_is_the_rectangle_around_the_cells_of_each_sheet() -> None:
    beginning = xls_record(0x809, b"\0" * 16)
    number = xls_record(0x203, struct.pack("<HHHd", 10, 3, 0, 1.5))
    several = xls_record(0xBD, struct.pack("<HH", 12, 1) + b"\0" * 12 + struct.pack("<H", 2))
    blank = xls_record(0x201, struct.pack("<HHH", 65_535, 255, 0))
    assert xls_cells(beginning + number + blank) == 1
    assert xls_cells(beginning + number + several) == 9
    assert xls_cells(beginning + number + several + beginning + number) == 10


def test_xls_with_a_password_is_refused() -> None:
    with pytest.raises(ReadingError, match="protected by a password"):
        xls_cells(xls_record(0x809, b"\0" * 16) + xls_record(0x2F, b"\0" * 54))


@pytest.mark.parametrize("size", [(0, 1_048_576, 0, 256), (0, 65_536, 0, 65_535), (5, 2, 5, 9)])
def test_xls_that_claims_more_than_there_can_be_is_refused(size: tuple[int, int, int, int]) -> None:
    with pytest.raises(ReadingError, match="no sheet can have"):
        xls_cells(xls_record(0x200, struct.pack("<IIHHH", *size, 0)))
    assert xls_cells(xls_record(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0))) == 0


@pytest.mark.parametrize("piece", [b"<c ", b'<row r="1" ', b'<c r="A1" ', b"<"])
def test_a_sheet_of_tags_that_never_end_is_measured_soon(piece: bytes) -> None:
    start = time.process_time()
    sheet = piece * 100_000
    assert not is_small(sheet) or xlsx_cells(sheet) == 0
    assert time.process_time() - start < 3
