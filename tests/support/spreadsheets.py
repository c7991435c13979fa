"""Spreadsheets for tests, made of rows, and what their readers give."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from citewell.corpus.reading.extract import Extract
from tests.support.archives import zipped

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
# Number formats of Excel: none, a date, a date with its time, per cent, a time, hours that go on after 24.
STYLES = (0, 14, 22, 9, 20, 46)

Cell = str | float | None


def shown(extract: Extract) -> list[tuple[str, str, str]]:
    """Return the kind, the place and the text of each block."""
    return [
        (block.kind, block.location.label if block.location else "", "".join(block.pieces)) for block in extract.blocks
    ]


def texts(extract: Extract) -> list[str]:
    return ["".join(block.pieces) for block in extract.blocks]


def column(number: int) -> str:
    """Return the letters of a column, from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_xml(rows: Sequence[Sequence[Cell]]) -> str:
    """Return the rows of a sheet of XLSX."""
    return "".join(
        f'<row r="{number}">{"".join(_cell(value, number, at) for at, value in enumerate(row) if value is not None)}</row>'
        for number, row in enumerate(rows, 1)
    )


def _cell(value: str | float, number: int, at: int) -> str:
    place = f"{column(at)}{number}"
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def xlsx(
    sheets: Mapping[str, str], *, states: Mapping[str, str] | None = None, more: Mapping[str, str] | None = None
) -> bytes:
    """Return a file of XLSX.

    Args:
        sheets: The XML of the rows of each sheet by its name (`sheet_xml`); what begins with a tag of its own goes before them.
        states: Whether a sheet is "hidden".
        more: Other parts.
    """
    parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml")})}
    listed = (
        f'<sheet name={quoteattr(name)} sheetId="{nth}" state="{(states or {}).get(name, "visible")}" r:id="r{nth}"/>'
        for nth, name in enumerate(sheets, 1)
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(listed)}</sheets></workbook>'
    )
    targets = {f"r{nth}": ("worksheet", f"worksheets/sheet{nth}.xml") for nth in range(1, len(sheets) + 1)}
    parts["xl/_rels/workbook.xml.rels"] = _relations(targets | {"styles": ("styles", "styles.xml")})
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in STYLES)
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{_MAIN}"><cellXfs count="{len(STYLES)}">{formats}</cellXfs></styleSheet>'
    )
    for nth, rows in enumerate(sheets.values(), 1):
        rows, _, after = rows.partition("<mergeCells")
        after = f"<mergeCells{after}" if after else ""
        parts[f"xl/worksheets/sheet{nth}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        )
    return zipped(parts | dict(more or {}))


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    found = (
        f'<Relationship Id="{identity}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for identity, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(found)}</Relationships>'


def ods(rows: str, name: str = "Sheet1") -> bytes:
    """Return a file of ODS with one sheet, given the XML of its rows (`ods_row`)."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": (
                f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
            ),
            "content.xml": (
                f"<office:document-content {names}><office:body><office:spreadsheet>"
                f'<table:table table:name="{name}">{rows}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>"
            ),
        },
        compression=0,
    )


def ods_row(*cells: str | int, times: int = 1) -> str:
    """Return a row of ODS; a number stands for so many empty cells."""
    found = (
        f'<table:table-cell table:number-columns-repeated="{cell}"/>'
        if isinstance(cell, int)
        else f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(found)}</table:table-row>'


def xlsb_record(kind: int, data: bytes) -> bytes:
    """Return a record of XLSB (MS-XLSB 2.1.4)."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(data)]) + data


def xls_record(kind: int, data: bytes) -> bytes:
    """Return a record of XLS (MS-XLS 2.1.4)."""
    return struct.pack("<HH", kind, len(data)) + data


def xls(workbook: bytes) -> bytes:
    """Return a file of XLS with a stream of records ([MS-CFB]): one sector for the allocation table, one for the directory."""
    free, end, none = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF
    # Shorter streams are kept elsewhere.
    stream = workbook.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    table = [0xFFFFFFFD, end, *range(3, count + 2), end]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0, 0) + struct.pack("<108I", *[free] * 108)
    entries = [("Root Entry", 5, 1, end, 0), ("Workbook", 2, none, 2, len(stream))]
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, none, none, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
        for name, kind, child, start, size in entries
    )
    return (
        head + struct.pack("<128I", *table, *[free] * (128 - len(table))) + directory.ljust(512, b"\0") + stream
    ).ljust(512 * (count + 3), b"\0")
