"""Percentages as a person sees them, in XLSX, XLS and ODS."""

from __future__ import annotations

import struct

import pytest

from citewell.corpus.reading.extract import Source
from citewell.corpus.reading.formats.spreadsheet import READER
from citewell.corpus.reading.formats.spreadsheet.percents import percent_of
from tests.support.spreadsheets import ods, ods_row, texts, xls, xls_record, xlsx


def read(data: bytes) -> list[str]:
    assert READER.recognises(data)
    return texts(READER.read(Source("table", data)))


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0%", 0.125, "13%"),
        ("0.0%", 0.125, "12.5%"),
        ("0.00%", -0.031, "-3.10%"),
        ("0.0\\ %", 0.125, "12.5 %"),
        ('0.0" %"', 12.5, "12.5 %"),
        ("0.##%", 0.125, "12.5%"),
        ("0.##%", 0.5, "50%"),
        ("#,##0.0%_);[Red](#,##0.0%)", 12.3456, "1234.6%"),
        ("0%", -0.001, "0%"),
        ("0.0%", 0.1 + 0.2, "30.0%"),
        ("0%", 1e300, "1e+300"),
    ],
)
def test_a_number_is_shown_as_its_format_says(code: str, value: float, shown: str) -> None:
    percent = percent_of(code)
    assert percent
    assert percent(value) == shown


@pytest.mark.parametrize("code", ["", "General", "0.00", '0.0" % of "0', "[$%-409]0.00", "yyyy-mm-dd", "%", '"%"'])
def test_other_formats_are_none_of_percentages(code: str) -> None:
    assert percent_of(code) is None


def test_xlsx() -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>'
    )
    names = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("Bank", "Rate", "Growth", "Size"))
    rows = (
        f"<row>{names}</row>"
        '<row r="3"><c t="inlineStr"><is><t>Alpha</t></is></c><c s="1"><f>1/8</f><v>0.125</v></c><c r="C3" s="2"><v>0.5</v></c>'
        '<c r="D3"><v>0.125</v></c></row>'
    )
    found = read(xlsx({"First": rows.replace("0.125", "0.25"), "Second": rows}, more={"xl/styles.xml": styles}))
    assert "Alpha | 12.5% | 50.00% | 0.125" in found
    assert "Alpha | 25.0% | 50.00% | 0.25" in found


def test_ods_shows_what_the_file_has_as_text() -> None:
    def rate(value: float, text: str, times: int = 1) -> str:
        return (
            f'<table:table-cell table:number-columns-repeated="{times}" office:value-type="percentage"'
            f' office:value="{value}">{text}</table:table-cell>'
        )

    rates = rate(0.125, "<text:p>12,5&#160;%</text:p>", 2) + rate(0.034, "")
    rows = ods_row("Bank", "Rate", "Before", "Growth") + ods_row("Alpha").replace(
        "</table:table-row>", f"{rates}</table:table-row>"
    )
    assert read(ods(rows)) == ["Bank: Alpha | Rate: 12,5 % | Before: 12,5 % | Growth: 3.4%"]


def test_xls() -> None:
    sheet = (
        xls_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
        + xls_record(0x0203, struct.pack("<HHHd", 0, 0, 1, 0.125))
        + xls_record(0x00BD, struct.pack("<HHHIHIH", 0, 1, 0, 6 << 2 | 2, 2, 1 << 2 | 2, 2))
        + xls_record(0x000A, b"")
    )
    code = "0.0%"
    formats = xls_record(0x041E, struct.pack("<HHB", 164, len(code), 0) + code.encode())
    styles = b"".join(xls_record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 164, 9))
    begins = xls_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x05, 0, 0, 0, 0)) + formats + styles
    name = struct.pack("<BBBB", 0, 0, 5, 0) + b"Rates"
    at = len(begins) + 4 + 4 + len(name) + 4
    globals_ = begins + xls_record(0x0085, struct.pack("<I", at) + name) + xls_record(0x000A, b"")
    assert read(xls(globals_ + sheet)) == ["Rates", "12.5% | 6 | 100%"]
