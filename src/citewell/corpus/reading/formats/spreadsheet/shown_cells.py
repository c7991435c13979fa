"""Which cells of a sheet are shown as percentages, in each kind of file; the library for cells does not tell."""

from __future__ import annotations

import html
import struct
from collections.abc import Iterator, Mapping

import regex

from citewell.corpus.reading.formats.office.xml import Element, local
from citewell.corpus.reading.formats.spreadsheet.percents import BUILT_IN, Percent, Show, ShownCell, percent_of
from citewell.corpus.reading.formats.spreadsheet.sizes import (
    BEGINNING,
    ODS_TAG,
    REPEATED,
    XLS_CELLS,
    XLS_ROW_OF_CELLS,
    xls_records,
    xlsx_filled,
)

_STYLE = regex.compile(rb"\ss\s*+=\s*+[\"'](\d{1,6})[\"']")
_ODS_PERCENT = regex.compile(rb"\w:value-type\s*+=\s*+[\"']percentage[\"']")
_ODS_NAME = regex.compile(rb"\w:name\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_ODS_TEXT = regex.compile(rb"\s*+<(?:\w++:)?p\b[^<>]*+>([^<>]{1,60}+)</")
# No sheet has more columns; a hostile one says so.
_MOST_COLUMNS = 16_384
# Where a program wrote no text for the cell.
_USUAL = Percent(0, 2, "%", 100)
# MS-XLS 2.3: a format, the format of a style, the place of a sheet, the end.
_FORMAT, _XF, _BOUND_SHEET, _END = 0x041E, 0x00E0, 0x0085, 0x000A
_EXCEL_97 = 0x0600
# Before it, the number of the format and the length; in Excel 97, also whether its characters have two bytes.
_FORMAT_HEAD, _FORMAT_HEAD_97 = 3, 5


def xlsx_percents(styles: Element | None) -> dict[int, Percent]:
    """Return the styles of a workbook of XLSX that are percentages, by their numbers.

    Args:
        styles: The root of its part of styles.
    """
    if styles is None:
        return {}
    codes = {each.get("numFmtId", ""): each.get("formatCode", "") for each in styles.iter("{*}numFmt")}
    lists = (each for each in styles if local(each) == "cellXfs")
    numbers = [each.get("numFmtId", "0") for each in next(lists, ()) if local(each) == "xf"]
    return _percents(enumerate(numbers), {int(key): code for key, code in codes.items() if key.isdecimal()})


def xlsx_shown(sheet: bytes, percents: Mapping[int, Percent]) -> Iterator[ShownCell]:
    """Yield the percentages of a sheet of XLSX, given its XML and the styles that are percentages."""
    styles = {int(match[1]) for match in _STYLE.finditer(sheet)} if percents else set()
    if styles.isdisjoint(percents):
        return
    for row, column, attributes in xlsx_filled(sheet):
        style = _STYLE.search(attributes)
        if style and (percent := percents.get(int(style[1]))):
            yield row, column, percent


def ods_sheets(content: bytes) -> dict[str, int]:
    """Return where each sheet of ODS that may have percentages begins, by its name, given the content as XML."""
    if not _ODS_PERCENT.search(content):
        return {}
    tables = (match for match in ODS_TAG.finditer(content) if match["kind"] == b"table")
    return {_name(match["has"]): match.end() for match in tables}


def ods_shown(content: bytes, start: int) -> Iterator[ShownCell]:
    """Yield the percentages of a sheet of ODS, given its beginning; they are shown as the file has them as text."""
    row, rows, column = 0, 0, 0
    found: list[tuple[int, int, Show]] = []
    for match in ODS_TAG.finditer(content, start):
        kind, has = match["kind"], match["has"] or b""
        repeated = REPEATED.search(has)
        times = max(1, int(repeated[1])) if repeated else 1
        if kind is None:
            break
        if kind == b"table-row":
            yield from _repeated(found, row, rows)
            found, row, rows, column = [], row + rows, times, 0
        elif kind != b"table":
            if _ODS_PERCENT.search(has) and not has.endswith(b"/"):
                found.append((column, min(times, _MOST_COLUMNS), _as_text(content, match.end())))
            column += times
    yield from _repeated(found, row, rows)


def _repeated(found: list[tuple[int, int, Show]], row: int, rows: int) -> Iterator[ShownCell]:
    for at in range(row, row + rows) if found else ():
        for column, times, show in found:
            yield from ((at, each, show) for each in range(column, column + times))


def _name(attributes: bytes) -> str:
    match = _ODS_NAME.search(attributes)
    return html.unescape((match[1] or match[2] or b"").decode("utf-8", "replace")) if match else ""


def _as_text(content: bytes, start: int) -> Show:
    match = _ODS_TEXT.match(content, start)
    if not match:
        return _USUAL
    text = " ".join(html.unescape(match[1].decode("utf-8", "replace")).split())
    return lambda _: text


def xls_sheets(workbook: bytes) -> tuple[list[int], dict[int, Percent]]:
    """Return where each sheet of XLS begins, and the styles that are percentages, given the stream of records."""
    codes: dict[int, str] = {}
    numbers: list[str] = []
    sheets: list[int] = []
    is_97 = True
    for kind, start, size in xls_records(workbook):
        if kind == BEGINNING and size >= 2:
            is_97 = struct.unpack_from("<H", workbook, start)[0] >= _EXCEL_97
        elif kind == _FORMAT and size > _FORMAT_HEAD_97:
            codes[struct.unpack_from("<H", workbook, start)[0]] = _code(workbook[start : start + size], is_97=is_97)
        elif kind == _XF and size >= 4:
            numbers.append(str(struct.unpack_from("<H", workbook, start + 2)[0]))
        elif kind == _BOUND_SHEET and size >= 4:
            sheets.append(struct.unpack_from("<I", workbook, start)[0])
        elif kind == _END:
            break
    return sheets, _percents(enumerate(numbers), codes)


def xls_shown(workbook: bytes, at: int, percents: Mapping[int, Percent]) -> Iterator[ShownCell]:
    """Yield the percentages of a sheet of XLS, given where it begins and the styles that are percentages."""
    for kind, start, size in xls_records(workbook, at) if percents else ():
        if kind == _END:
            return
        if size < 6 or not (kind in XLS_CELLS or kind == XLS_ROW_OF_CELLS):
            continue
        row, column, style = struct.unpack_from("<HHH", workbook, start)
        # Each cell of a row has its style and then its number; the last column stands behind them.
        places = range(start + 4, start + size - 6, 6) if kind == XLS_ROW_OF_CELLS else ()
        styles = [struct.unpack_from("<H", workbook, place)[0] for place in places] or [style]
        for each, number in enumerate(styles, column):
            if number in percents:
                yield row, each, percents[number]


def _code(data: bytes, *, is_97: bool) -> str:
    """Return the code in a record of a format."""
    if is_97:
        return data[_FORMAT_HEAD_97:].decode("utf-16-le" if data[_FORMAT_HEAD_97 - 1] & 1 else "latin-1", "replace")
    return data[_FORMAT_HEAD:].decode("latin-1")


def _percents(numbers: Iterator[tuple[int, str]], codes: Mapping[int, str]) -> dict[int, Percent]:
    """Return the styles that are percentages, given the number of the format of each, and the codes of formats."""
    known = {number: percent for number, code in {**BUILT_IN, **codes}.items() if (percent := percent_of(code))}
    return {style: known[int(number)] for style, number in numbers if number.isdecimal() and int(number) in known}
