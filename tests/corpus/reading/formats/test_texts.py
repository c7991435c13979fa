"""What holds of every reader of a format whose text is the file itself, for any lines."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.corpus.reading.assembling import assemble
from citewell.corpus.reading.extract import Reader
from citewell.corpus.reading.formats import asciidoc, code, latex, log, org, rst, settings_file, subtitles
from citewell.corpus.reading.packing import packed, unpacked
from citewell.corpus.reading.parsing import parse
from citewell.document import Span
from citewell.errors import ReadingError
from tests.support.extracts import extract
from tests.support.growth import check_growth
from tests.support.outlines import check_spans

LINES = {
    asciidoc: [
        "= Title",
        "== A",
        "text",
        "",
        "* item",
        "----",
        "====",
        "|===",
        "|a |b",
        ".name",
        "[quote, x]",
        ":a: b",
        "A",
        "--",
    ],
    org: [
        "* A",
        "** TODO B :x:",
        "text",
        "",
        "- item",
        "| a | b |",
        "|---|",
        "#+begin_src",
        "#+end_src",
        ":PROPERTIES:",
        ":END:",
    ],
    latex: [
        "\\section{A}",
        "text.",
        "",
        "% note",
        "\\item x",
        "\\begin{document}",
        "\\end{document}",
        "\\title{",
        "}",
        "\\author{B}",
    ],
    rst: [
        "Title",
        "=====",
        "-----",
        "text",
        "",
        "* item",
        "  deeper",
        "::",
        ".. note:: x",
        ".. image:: a",
        "+--+--+",
        "|a |b |",
        ":f: v",
    ],
    code: ["def a():", "class B:", "    x = 1", "", "# note", '"""', "}", "void f() {", "/* x", "*/", "@dec", "  y"],
    settings_file: ["[a]", "b: 1", "c:", "  d:", "", "# note", "text: |", "    long", "---", "- x"],
    log: ["12:00 a", "  at b", "", "c"],
    subtitles: [
        "1",
        "00:01 --> 00:02",
        "00:00:03,000 --> 00:00:04,000",
        "words",
        "",
        "WEBVTT",
        "NOTE x",
        "a<00:01.0>b",
        "ab",
    ],
}
PATHS = {code: ["a.py", "a.c", "a.sql"], settings_file: ["a.ini", "a.yaml"]}


@pytest.mark.parametrize("module", LINES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_blocks_are_in_order_and_apart_whatever_the_lines_are(module: object) -> None:
    reader: Reader = module.READER  # type: ignore[attr-defined]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sampled_from(LINES[module]), max_size=14), st.sampled_from(["\n", "\r\n"]))  # type: ignore[index]
    def check(lines: list[str], line_end: str) -> None:
        for path in PATHS.get(module, ["file"]):  # type: ignore[call-overload]
            found = extract(reader, line_end.join(lines), path)
            text = found.text or ""
            spans = [block.at for block in found.blocks if block.at and block.kind not in ("heading", "figure")]
            assert all(one.end <= other.start for one, other in pairwise(spans))
            assert all(span.start < span.end and span.of(text) == span.of(text).strip() for span in spans)
            starts = [block.at.start for block in found.blocks if block.at]
            assert starts == sorted(starts)
            check_spans(text, assemble(found))
            _check_document(path if "." in path else f"a{min(reader.suffixes)}", line_end.join(lines))

    check()


@pytest.mark.parametrize("module", LINES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_words_are_not_lost_between_blocks_that_are_only_text(module: object) -> None:
    reader: Reader = module.READER  # type: ignore[attr-defined]
    text = "The boat leaks.\n\nIt has two oars.\n"
    found = extract(reader, text, "file.txt")
    inside = {at for block in found.blocks for at in range(*_ends(block.at))}
    assert all(at in inside for at, sign in enumerate(text) if sign.isalnum())


def _check_document(path: str, text: str) -> None:
    """What a reader gives becomes a document that passes from one process to another."""
    try:
        made = parse(path, text.encode())
    except ReadingError:
        return
    assert unpacked(path, *packed(made)) == made


def _ends(span: Span | None) -> tuple[int, int]:
    return (span.start, span.end) if span else (0, 0)


@pytest.mark.parametrize(
    ("module", "path", "piece"),
    [
        (asciidoc, "a", "```a\n"),
        (org, "a", "#+begin_src\n:PROPERTIES:\n"),
        (org, "a", "* *a "),
        (latex, "a", "\\begin{verbatim}\n"),
        (code, "a.c", "// a\nint f() {\n}\n"),
        (settings_file, "a.yaml", "a:\n\n#\n"),
        (subtitles, "a", "00:01 --> 00:02\na\n\n"),
    ],
    ids=["open fences", "open blocks", "marks", "open environments", "comments", "keys", "cues"],
)
def test_a_reader_takes_time_in_proportion_to_the_text(module: object, path: str, piece: str) -> None:
    reader: Reader = module.READER  # type: ignore[attr-defined]
    check_growth(lambda text: extract(reader, text, path), lambda length: piece * (length // len(piece)), 20_000)
