"""How much room the sheets of a file would take, found before they are read.

The library that reads them keeps the whole rectangle from the first filled cell to the last. Two cells in opposite corners
would take all memory, and end the process. So the places of the filled cells are looked at first, and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

import regex

from citewell.errors import ReadingError

# Each takes 32 bytes; a quarter of the memory that reading may use.
MOST_CELLS = 8_000_000

_XLSX_TAG = regex.compile(
    rb"<(?:\w++:)?(?:row(?=[\s/>])(?P<row>[^<>]*+)>|c(?=[\s/>])(?P<cell>[^<>]*+)>(?P<filled>\s*+<(?:\w++:)?(?:v|is|f)\b)?)"
)
_NUMBER = regex.compile(rb"\sr\s*+=\s*+[\"'](\d{1,9})[\"']")
_PLACE = regex.compile(rb"\sr\s*+=\s*+[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_NO_PLACE = regex.compile(rb"<(?:\w++:)?c(?=[\s/>])(?![^<>]*\sr\s*=)")
ODS_TAG = regex.compile(
    rb"<(?:\w++:)?(?P<kind>table|table-row|table-cell|covered-table-cell)(?=[\s/>])(?P<has>[^<>]*+)>|</(?:\w++:)?table>"
)
REPEATED = regex.compile(rb"\w:number-(?:rows|columns)-repeated\s*+=\s*+[\"']\+?(\d{1,18})[\"']")
# Excel's own limits: that many rows and columns are all a sheet of this form has.
_XLS_ROWS, _XLS_COLUMNS = 65_536, 256
_DIMENSIONS, BEGINNING = 0x0200, 0x0809
# Records of one cell with something in it, by their numbers (MS-XLS 2.3); and one of several in a row.
XLS_CELLS = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E})
XLS_ROW_OF_CELLS = 0x00BD
_XLS_PASSWORD = 0x002F
# MS-XLSB 2.3.1: the head of a row, and the records of a cell that holds something.
_XLSB_ROW = 0
_XLSB_CELLS = range(2, 12)


@dataclass(slots=True)
class _Area:
    """The rectangle around some cells."""

    top: int = 0
    left: int = 0
    bottom: int = -1
    right: int = -1

    def add(self, row: int, left: int, right: int) -> None:
        if self.bottom < 0:
            self.top, self.left = row, left
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, left), max(self.right, right)

    @property
    def cells(self) -> int:
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


def is_small(sheet: bytes) -> bool:
    """Return whether a sheet of XLSX is certainly within limits, which is soon seen where each cell names its place.

    Empty cells count here as well.
    """
    if _NO_PLACE.search(sheet):
        return False
    columns, rows = set(), set()
    for match in _PLACE.finditer(sheet):
        columns.add(match[1])
        rows.add(match[2])
    right = max(map(_column, columns), default=0) + 1
    return right * max(map(int, rows), default=0) <= MOST_CELLS


def xlsx_cells(sheet: bytes) -> int:
    """Return the number of cells in the rectangle of a sheet of XLSX, given its XML."""
    area = _Area()
    for row, column, _ in xlsx_filled(sheet):
        area.add(row, column, column)
    return area.cells


def xlsx_filled(sheet: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the row and the column, from 0, and the attributes of each filled cell of a sheet of XLSX, given its XML."""
    row, column = -1, -1
    for match in _XLSX_TAG.finditer(sheet):
        if match["row"] is not None:
            number = _NUMBER.search(match["row"])
            row, column = int(number[1]) - 1 if number else row + 1, -1
            continue
        place = _PLACE.search(match["cell"])
        at, column = (int(place[2]) - 1, _column(place[1])) if place else (row, column + 1)
        if match["filled"] and not match["cell"].endswith(b"/"):
            yield at, column, match["cell"]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number - 1


def is_whole(xml: bytes) -> bool:
    """Return whether XML is valid to its end, without which the library that reads it would wait for ever."""
    try:
        expat.ParserCreate().Parse(xml, True)  # noqa: FBT003 - as expat is called
    except expat.ExpatError:
        return False
    return True


def ods_cells(content: bytes) -> int:
    """Return the number of cells in the rectangles of all sheets of an ODS file, given its content as XML."""
    total, area = 0, _Area()
    row = column = 0
    rows = 1
    for match in ODS_TAG.finditer(content):
        kind, has = match["kind"], match["has"] or b""
        repeated = REPEATED.search(has)
        times = max(1, int(repeated[1])) if repeated else 1
        if kind in (None, b"table"):
            total += area.cells
            area, row, rows = _Area(), 0, 0
        elif kind == b"table-row":
            row, column, rows = row + rows, 0, times
        else:
            # One with only a style, or that is covered by another, is empty.
            if not has.endswith(b"/"):
                area.add(row, column, column + times - 1)
                area.add(row + rows - 1, column, column)
            column += times
    return total + area.cells


def xlsb_cells(sheet: bytes) -> int:
    """Return the number of cells in the rectangle of a sheet of XLSB, given its records."""
    area, row = _Area(), 0
    for kind, start, size in _xlsb_records(sheet):
        if kind == _XLSB_ROW and size >= 4:
            row = struct.unpack_from("<I", sheet, start)[0]
        elif kind in _XLSB_CELLS and size >= 4:
            column = struct.unpack_from("<I", sheet, start)[0]
            area.add(row, column, column)
    return area.cells


def _xlsb_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each record, and where its data starts and how long it is (MS-XLSB 2.1.4)."""
    at = 0
    while at < len(data):
        kind, at = _variable(data, at, 2)
        size, at = _variable(data, at, 4)
        if at + size > len(data):
            return
        yield kind, at, size
        at += size


def _variable(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of up to ``most`` bytes, of which all but the last have the highest bit, and where it ends."""
    number = 0
    for nth, byte in enumerate(data[at : at + most]):
        number |= (byte & 0x7F) << (7 * nth)
        if byte < 0x80:
            return number, at + nth + 1
    return number, at + most


def xls_cells(workbook: bytes) -> int:
    """Return the number of cells in the rectangles of all sheets of an XLS file, given its stream of records.

    Raises:
        ReadingError: It is protected by a password, or a sheet claims to be larger than any can be.
    """
    total, area = 0, _Area()
    for kind, start, size in xls_records(workbook):
        at = start + size
        if kind == BEGINNING:
            total += area.cells
            area = _Area()
        elif kind == _XLS_PASSWORD:
            raise ReadingError("is protected by a password")
        elif kind == _DIMENSIONS:
            _check_dimensions(workbook[start:at])
        elif kind in XLS_CELLS and size >= 4:
            row, column = struct.unpack_from("<HH", workbook, start)
            area.add(row, column, column)
        elif kind == XLS_ROW_OF_CELLS and size >= 6:
            row, first = struct.unpack_from("<HH", workbook, start)
            area.add(row, first, struct.unpack_from("<H", workbook, at - 2)[0])
    return total + area.cells


def xls_records(workbook: bytes, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each record from a place on, and where its data starts and how long it is (MS-XLS 2.1.4)."""
    while at + 4 <= len(workbook):
        kind, size = struct.unpack_from("<HH", workbook, at)
        start, at = at + 4, at + 4 + size
        if at > len(workbook):
            return
        yield kind, start, size


def _check_dimensions(data: bytes) -> None:
    """Check what a sheet says of its size, because room for all of it is taken at once.

    Raises:
        ReadingError: No sheet can have it.
    """
    form = {14: "<IIHH", 10: "<HHHH"}.get(len(data))
    if form is None:
        return
    top, bottom, left, right = struct.unpack_from(form, data)
    is_empty = not bottom or not right
    if bottom > _XLS_ROWS or right > _XLS_COLUMNS or (not is_empty and (bottom <= top or right <= left)):
        raise ReadingError("is damaged: a sheet says that it has cells that no sheet can have")
