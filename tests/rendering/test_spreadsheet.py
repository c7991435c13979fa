"""A table as CSV is read back as it was, and no cell of it is a formula."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from citewell.rendering.spreadsheet import csv_lines


def read(*row: str | int) -> list[str]:
    (found,) = csv.reader(StringIO("".join(csv_lines([row])), newline=""))
    return found


def test_cells_are_read_back() -> None:
    assert read("a.txt", 'two\nlines, "quoted"', 12) == ["a.txt", 'two\nlines, "quoted"', "12"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "＝1", "\rx", "\n-1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert read(cell) == ["'" + cell]


def test_offsets_are_numbers() -> None:
    assert list(csv_lines([(0, 17)])) == ["0,17\r\n"]
