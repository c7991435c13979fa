"""Notebooks: cells, their places, results, and what is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from citewell.corpus.reading.assembling import assemble
from citewell.corpus.reading.extract import Extract, Source
from citewell.corpus.reading.formats.notebook import READER
from citewell.errors import ReadingError
from tests.support.real_files import real_file
from tests.support.spreadsheets import shown


def read(*cells: dict[str, Any], **metadata: object) -> Extract:
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    data = json.dumps(notebook).encode()
    assert READER.recognises(data) or not cells
    return READER.read(Source("file.ipynb", data))


def code(source: object, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": outputs}


def test_real_notebook_has_its_cells() -> None:
    extract = READER.read(Source("test_notebook.ipynb", real_file("markitdown/test_notebook.ipynb").read_bytes()))
    assert extract.title == "Test Notebook Title"
    assert [(fact.name, fact.value, fact.source) for fact in extract.facts] == [
        ("title", "Test Notebook Title", "file properties")
    ]
    assert shown(extract) == [
        ("heading", "1", "Test Notebook"),
        ("verbatim", "2", 'print("markitdown")'),
        ("verbatim", "2", "markitdown"),
        ("heading", "3", "Code Cell Below"),
        ("verbatim", "4", "# comment in code\nprint(42)"),
        ("verbatim", "4", "42"),
        ("prose", "5", "End"),
    ]


def test_cells_of_markdown_have_their_structure() -> None:
    text = ["# Plan\n", "\n", "We *measure* twice.\n", "\n", "- first\n", "- second\n", "\n", "```\ncode  here\n```\n"]
    found = assemble(read({"cell_type": "markdown", "source": text}))
    assert found.title == "Plan"
    assert [(block.kind, block.span.of(found.text)) for section in found.sections for block in section.blocks] == [
        ("prose", "We *measure* twice."),
        ("item", "first"),
        ("item", "second"),
        ("verbatim", "code  here"),
    ]


def test_a_title_in_front_matter_is_read_once() -> None:
    found = read({"cell_type": "markdown", "source": "---\ntitle: Plan\nauthor: Ada\n---\n\nWe measure.\n"})
    assert [block.pieces for block in found.blocks if block.pieces] == [
        ("title: Plan",), ("author: Ada",), ("We measure.",),
    ]  # fmt: skip


def test_code_keeps_its_lines_and_results_are_short() -> None:
    long = {"output_type": "stream", "text": "".join(f"line {number}\n" for number in range(100))}
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo=", "text/plain": ["<Figure>"]}}
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no such part", "traceback": ["\x1b[31m..."]}
    extract = read(code("if x:\n    y = 1\n", long, picture, error))
    found = [text for _, _, text in shown(extract)]
    assert found[0] == "if x:\n    y = 1"
    assert found[1].endswith("line 29")
    assert found[2:] == ["<Figure>", "ValueError: no such part"]
    assert extract.warnings == ("pictures among the results are left out (1)", "long results are cut (1)")


def test_colours_of_a_terminal_are_no_text() -> None:
    extract = read(code("x", {"output_type": "stream", "text": "\x1b[1;31mred\x1b[0m"}))
    assert shown(extract)[1][2] == "red"


def test_before_version_4_cells_were_in_worksheets() -> None:
    sheet = {
        "cells": [
            {"cell_type": "heading", "level": 2, "source": ["Results"]},
            {"cell_type": "code", "input": ["1 + 1"], "outputs": [{"output_type": "pyout", "text": ["2"]}]},
        ]
    }
    extract = READER.read(Source("old.ipynb", json.dumps({"worksheets": [sheet], "nbformat": 3}).encode()))
    assert shown(extract) == [("heading", "1", "Results"), ("verbatim", "2", "1 + 1"), ("verbatim", "2", "2")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "is not JSON"),
        (b"[]", "has no cells"),
        (b'{"cells": 3}', "has no cells"),
        (b'{"cells": [' + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        READER.read(Source("file.ipynb", data))


@pytest.mark.parametrize("cell", [None, 3, {}, {"cell_type": "code", "source": 7, "outputs": [1, {"data": []}]}])
def test_odd_cells_do_no_harm(cell: Any) -> None:
    assert [text for _, _, text in shown(read(cell, code("x")))] == ["x"]
