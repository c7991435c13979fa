"""Bytes to text: Unicode, what is broken in it, and what is no text at all."""

from __future__ import annotations

import codecs
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.decoding import decode
from citewell.errors import ReadingError

PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=200)
FEE = "Die Gebühr beträgt fünf Euro.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(text=PLAIN)
def test_unicode_encodings_come_back(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text.removeprefix("\ufeff")
    assert decoded.warnings == ()


def test_a_mark_is_no_part_of_the_text() -> None:
    assert decode(codecs.BOM_UTF8 + "naïve".encode()).text == "naïve"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text", ["Passages are quoted word for word.\n", "Насос качает воду из шахты.\n", "😃 a" * 20_001]
)
def test_wide_encodings_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_japanese_mail() -> None:
    assert decode("料金は一日五百円です。".encode("iso2022_jp")).text == "料金は一日五百円です。"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0c", "\u2028"])
def test_nothing_is_translated(line_end: str) -> None:
    assert decode(f"one{line_end}two".encode()).text == f"one{line_end}two"


@pytest.mark.parametrize(
    ("data", "text", "warning"),
    [
        ((FEE * 3).encode() + b"\xc3", FEE * 3 + "\ufffd", "not UTF-8, shown as \ufffd: 0xC3 in line 4 (byte 99)"),
        (
            FEE.encode() + b"\xffDas Tor.",
            FEE + "\ufffdDas Tor.",
            "not UTF-8, shown as \ufffd: 0xFF in line 2 (byte 33)",
        ),
        (codecs.BOM_UTF8 + b"a\xffb", "a\ufffdb", "not UTF-8, shown as \ufffd: 0xFF in line 1 (byte 4)"),
        (b"The com\bmmand", "The com\ufffdmmand", "control character, shown as \ufffd: U+0008 in line 1 (byte 7)"),
        (
            b"\xef\xbb\xbf\r\n\r\0x is 5.",
            "\r\n\r\ufffdx is 5.",
            "control character, shown as \ufffd: U+0000 in line 3 (byte 6)",
        ),
        (
            b"ab\0def\0g",
            "ab\ufffddef\ufffdg",
            "control character, shown as \ufffd: U+0000 in line 1 (byte 2), U+0000 in line 1 (byte 6)",
        ),
        (
            codecs.BOM_UTF16_LE + "The pump.".encode("utf-16-le") + b"\x00\xd8" + "x".encode("utf-16-le"),
            "The pump.\ufffdx",
            "not UTF-16-LE, shown as \ufffd: U+D800 in line 1 (byte 20)",
        ),
        (
            codecs.BOM_UTF16_BE + "The pump.".encode("utf-16-be") + b"a",
            "The pump.",
            "ends in the middle of a character (byte 20)",
        ),
        (
            ("料金は一日五百円です。" * 5).encode("shift_jis") + b"\x83",
            "料金は一日五百円です。" * 5 + "\ufffd",
            "not CP932, shown as \ufffd: 0x83 in line 1 (byte 110)",
        ),
    ],
    ids=["cut", "foreign byte", "marked", "backspace", "nul", "stray zeros", "utf-16", "half a unit", "cut Shift-JIS"],
)
def test_a_broken_byte_is_replaced_and_reported(data: bytes, text: str, warning: str) -> None:
    decoded = decode(data)
    assert decoded.text == text
    assert decoded.warnings == (warning,)


# Half a dash, two bytes of nothing, and an emoji as two surrogates of UTF-16.
@pytest.mark.parametrize(
    "broken", [b"\xe2\x80", b"\xff\xfe", b"\xed\xa0\xbd\xed\xb8\x80"], ids=["dash", "FF FE", "emoji"]
)
@pytest.mark.parametrize(
    "text", ["Die Brücke ist | lang.", "Tea at 5 o’clock, |", "Hôtel |", "Ключ | лежит", "鍵は机| の下"]
)
def test_a_short_text_with_a_row_of_broken_bytes_is_still_utf_8(text: str, broken: bytes) -> None:
    before, _, after = text.partition("|")
    decoded = decode(before.encode() + broken + after.encode())
    assert decoded.text == before + "\ufffd" * len(broken) + after
    assert decoded.warnings[0].startswith("not UTF-8, shown as \ufffd: 0x")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ŻÓŁTY, ŁÓDŹ, GDAŃSK", "iso8859_2"),
        ("馆早上九点开", "gb18030"),
        ("відчиняє", "koi8_u"),
        ("кто её", "cp1251"),
    ],
)
def test_letters_of_other_encodings_that_are_whole_by_chance_are_not_utf_8(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_of_many_broken_bytes_the_first_are_listed() -> None:
    (warning,) = decode(b"\xff".join([FEE.encode()] * 9)).warnings
    assert warning.endswith("0xFF in line 4 (byte 101), and 5 more")
    assert warning.count("0xFF") == 3


@given(st.lists(st.sampled_from([b"a", b"\n", "é".encode(), "語".encode(), b"\xff", b"\0", b"\b"]), max_size=30))
def test_each_broken_byte_is_one_character(parts: list[bytes]) -> None:
    data = codecs.BOM_UTF8 + b"Here is some plain text. " * 70 + b"".join(parts)
    broken = {b"\xff", b"\0", b"\b"}
    expected = "".join("\ufffd" if part in broken else part.decode() for part in parts)
    decoded = decode(data)
    assert decoded.text == "Here is some plain text. " * 70 + expected
    assert bool(decoded.warnings) == any(part in broken for part in parts)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01", r"is binary, not text \(image/png\)"),
        (b"PK\x03\x04\x14\x00\x00\x00" + zlib.compress(b"x" * 500), r"is binary, not text \(application/zip\)"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + random.Random(2).randbytes(900), "is binary, not text"),
        (random.Random(1).randbytes(4000), "is binary, not text$"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x41", "is binary, not text$"),
        (codecs.BOM_UTF32_LE + b"abcd" * 9, "starts with the mark of UTF-32-LE but is not"),
    ],
    ids=["png", "zip", "exe", "random", "broken utf-16", "broken utf-32"],
)
def test_what_is_not_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        decode(data)
