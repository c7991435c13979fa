"""Bytes to text: the usual encodings, and what is no text at all."""

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
GREEK = "Η διεθνής εκπαίδευση είναι μια ευρεία έννοια που περιλαμβάνει πολλές εμπειρίες πέρα από τα σύνορα. " * 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@given(text=PLAIN)
def test_unicode_encodings_come_back(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text.removeprefix("\ufeff")


def test_a_mark_is_no_part_of_the_text() -> None:
    assert decode(codecs.BOM_UTF8 + "naïve".encode()) == "naïve"


@pytest.mark.parametrize(
    "text",
    [
        "Le café est fermé.",
        "Ein schöner Tag für Änderungen: größer als früher.",
        "El niño comió una piña mañana.",
        "It costs £5 – “cheap”.",
        "La società è cresciuta più di così, perché la città è bella.",
    ],
)
def test_short_western_texts(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


def test_long_text_in_another_alphabet() -> None:
    assert decode(GREEK.encode("iso8859_7")) == GREEK


def test_utf16_without_mark() -> None:
    text = "Passages are quoted word for word. " * 20
    assert decode(text.encode("utf-16-le")) == text


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x0c", "\u2028"])
def test_nothing_is_translated(line_end: str) -> None:
    assert decode(f"one{line_end}two".encode()) == f"one{line_end}two"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01",
        b"PK\x03\x04\x14\x00\x00\x00" + zlib.compress(b"x" * 500),
        random.Random(1).randbytes(4000),
        b"text\x00with\x00nuls",
        codecs.BOM_UTF16_LE + b"\x00\xd8\x41",
    ],
    ids=["png", "zip", "random", "nuls", "broken utf-16"],
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError):
        decode(data)
