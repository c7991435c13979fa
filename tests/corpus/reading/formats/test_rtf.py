"""Rich Text Format: what a word processor shows, in any charset, and nothing that it hides."""

from __future__ import annotations

import random
import time

import pytest

from citewell.corpus.reading.formats.rtf import READER
from citewell.errors import ReadingError
from tests.support.real_files import real_file
from tests.support.shown_blocks import facts, read_bytes, shown


def lines(body: str, head: str = "\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}") -> list[str]:
    return shown(read_bytes(READER, ("{\\rtf1" + head + body + "}").encode("latin-1")))


SENTENCE = "A sentence that is long enough to be no heading, with a full stop."


def test_paragraphs_lines_and_characters() -> None:
    signs = "\\'e4\\u8211?\\u-10179?\\u-8704? \\emdash  \\ldblquote x\\rdblquote."
    body = f"One\\tab two.\\par Three\\line four\\~five\\_six\\{{\\}}\\par{signs}"
    assert lines(body) == ["One two.", "Three\nfour five\u2011six{}", "ä–😀 — “x”."]


def test_raised_numbers_are_no_digits_of_what_they_follow() -> None:
    assert lines("10{\\super 6}1\\super 2\\nosupersub 3{\\sub 4}\\super 5\\plain 6.") == ["10⁶1²34⁵6."]


def test_charsets_are_those_of_the_fonts() -> None:
    charsets = "".join(f"{{\\f{nth}\\fcharset{number} A;}}" for nth, number in enumerate((0, 204, 128, 238)))
    fonts = f"\\ansi\\ansicpg1252\\deff0{{\\fonttbl{charsets}}}"
    russian = "".join(f"\\'{byte:02x}" for byte in "Насос".encode("cp1251"))
    japanese = "".join(f"\\'{byte:02x}" for byte in "料金ソ".encode("cp932"))
    assert lines(f"{{\\f1 {russian}}} {{\\f2 {japanese}}} {{\\f3 \\'e8}}\\'e8.", fonts) == ["Насос 料金ソ čè."]
    assert lines("\\'cd\\'e0.", "\\ansi\\ansicpg1251") == ["На."]
    assert lines("\\uc2\\u1055??\\uc0\\u1056 x.", "\\ansi") == ["ПРx."]


def test_headings_by_the_outline_of_paragraphs_and_styles() -> None:
    styles = "{\\stylesheet{\\s1\\outlinelevel1 heading 2;}{\\s2 Normal;}}"
    body = f"\\pard\\outlinelevel0 Title\\par\\pard\\s1 Fees\\par\\pard\\s2 {SENTENCE}\\par"
    assert lines(styles + body) == ["# Title", "## Fees", SENTENCE]


def test_without_an_outline_it_is_like_plain_text() -> None:
    assert lines(f"The Fees\\par {SENTENCE}\\par Opening hours\\par {SENTENCE}\\par") == [
        "# The Fees", SENTENCE, "## Opening hours", SENTENCE
    ]  # fmt: skip


def test_items_have_their_numbers() -> None:
    body = f"{{\\listtext 1.\\tab}}First of them.\\par{{\\pntext\\f0\\'B7\\tab}}Second.\\par {SENTENCE}"
    assert lines(body) == ["- 1. First of them.", "- • Second.", SENTENCE]


def test_rows() -> None:
    head = "\\trowd\\trhdr\\pard\\intbl Kind\\cell Price\\cell\\row"
    body = head + "\\trowd\\intbl Tea\\par hot\\cell 2\\cell\\row\\pard After it.\\par"
    assert lines(body) == ["H Kind | Price", "| Tea; hot | 2", "After it."]


def test_notes_comments_and_boxes_stand_after_their_paragraph() -> None:
    body = (
        "Text.{\\footnote\\pard Below.}{\\*\\atnauthor Ann}{\\*\\annotation Check.}"
        "{\\shp{\\*\\shpinst{\\sp{\\sn name}{\\sv value}}{\\shptxt In a box.}}}\\par Next.\\par"
    )
    assert lines(body) == ["Text.", "Footnote 1: Below.", "Comment (Ann): Check.", "In a box.", "Next."]


def test_what_is_hidden_or_no_text_is_left_out() -> None:
    body = (
        "Seen.{\\v two words}{\\deleted gone}{\\*\\unknown no}{\\pict 00ff}{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt link}}"
        "{\\header Confidential}{\\footer 3}\\bin5 }}}}}{\\object{\\objdata 00}{\\result shown}}"
    )
    extract = read_bytes(READER, f"{{\\rtf1\\ansi {body}\\par}}".encode())
    assert shown(extract) == ["Seen.linkshown"]
    assert extract.warnings == (
        "2 hidden words are left out",
        "page headers and footers are left out (1, such as “Confidential”)",
    )


def test_what_a_file_says_about_itself() -> None:
    dates = "{\\creatim\\yr2020\\mo1\\dy2}{\\revtim\\yr2021\\mo3\\dy4}"
    info = f"{{\\info{{\\title Prices}}{{\\author Ann Lee}}{{\\keywords a, b}}{dates}}}"
    extract = read_bytes(READER, f"{{\\rtf1\\ansi{info} Text.\\par}}".encode())
    assert extract.title == "Prices"
    assert shown(extract) == ["Text."]
    assert facts(extract) == {
        "title": ["Prices"], "author": ["Ann Lee"], "tag": ["a", "b"], "created": ["2020-01-02"], "date": ["2021-03-04"]
    }  # fmt: skip


def test_other_files_are_none() -> None:
    with pytest.raises(ReadingError, match="is no Rich Text Format"):
        read_bytes(READER, b"plain")
    assert READER.recognises(b"{\\rtf1 x}")
    assert not READER.recognises(b"text")


@pytest.mark.parametrize(
    "data", [b"{" * 200_000, b"{\\rtf1" * 100_000, b"\\" * 200_000, b"{\\footnote" * 50_000, b"\\u65?" * 100_000]
)
def test_deep_and_broken_files_are_read_soon(data: bytes) -> None:
    began = time.process_time()
    read_bytes(READER, b"{\\rtf1\\ansi Text. " + data)
    assert time.process_time() - began < 5


def test_any_damage_is_read_or_named() -> None:
    whole = real_file("markitdown/test.rtf").read_bytes()
    chance = random.Random(3)
    for _ in range(10):
        broken = bytearray(whole)
        for _ in range(20):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        read_bytes(READER, bytes(broken[: chance.randrange(100, len(broken))]))


def test_real_files() -> None:
    assert shown(read_bytes(READER, real_file("unstructured/fake-doc.rtf").read_bytes())) == [
        "# My First Heading",
        "My first paragraph.",
        "Table Example:",
        "| Column 1 | Column 2",
        "| Row 1, Cell 1 | Row 1, Cell 2",
        "| Row 2, Cell 1 | Row 2, Cell 2",
    ]
