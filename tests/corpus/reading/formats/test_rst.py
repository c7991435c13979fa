"""reStructuredText: docutils' structure, at its places in the file."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.formats.rst import READER
from tests.support.extracts import extract, real_file, shown


def test_sections_paragraphs_and_fields() -> None:
    text = (
        "====\nBoat\n====\n\n:Author: Jane Roe\n:Date: 2023-04-05\n\nIt leaks\nbadly::\n\n  a line\n\n"
        "The *Oar*\n---------\n\nText.\n"
    )
    found = extract(READER, text)
    assert shown(found) == [
        ("h1", "Boat"),
        ("item", ":Author: Jane Roe"),
        ("item", ":Date: 2023-04-05"),
        ("prose", "It leaks\nbadly::"),
        ("verbatim", "a line"),
        ("h2", "The Oar"),
        ("prose", "Text."),
    ]
    assert [(fact.name, fact.value) for fact in found.facts] == [("author", "Jane Roe"), ("date", "2023-04-05")]


def test_lists_terms_and_options_are_items() -> None:
    text = "- one\n  goes on\n\n  second\n\n3. three\n\nterm : kind\n  What it is.\n\n-a, --all  Shows all\n           of it.\n"
    assert shown(extract(READER, text)) == [
        ("item", "one\n  goes on"),
        ("prose", "second"),
        ("item", "three"),
        ("item", "term : kind\n  What it is."),
        ("item", "-a, --all  Shows all\n           of it."),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "+-----+----+\n| Oil | 38 |\n+=====+====+\n| Gas | 40 |\n+-----+----+\n",
        "=====  ====\nOil    38\n=====  ====\nGas    40\n=====  ====\n",
    ],
    ids=["grid", "simple"],
)
def test_a_table_has_its_head(table: str) -> None:
    text = f"Text.\n\n{table}\nAfter.\n"
    found = extract(READER, text)
    assert [kind for kind, _ in shown(found)] == ["prose", "verbatim", "prose"]
    head = found.blocks[1].head
    assert head is not None
    assert "Oil" in head.of(text)
    assert "Gas" not in head.of(text)
    assert "Gas" in shown(found)[1][1]


def test_directives_of_sphinx_hold_text() -> None:
    text = (
        ".. toctree::\n   :maxdepth: 2\n\n   install\n\n.. versionadded:: 3.2\n   The ``x`` option.\n\n"
        ".. py:function:: row(boat, oars)\n\n   Does :func:`it`.\n\n.. code-block:: python\n   :caption: boat.py\n\n   x = 1\n"
    )
    assert shown(extract(READER, text)) == [
        ("prose", "3.2\n   The ``x`` option."),
        ("prose", "row(boat, oars)"),
        ("prose", "Does :func:`it`."),
        ("prose", "boat.py"),
        ("verbatim", "x = 1"),
    ]


def test_a_table_of_lists_has_a_row_a_unit() -> None:
    text = ".. list-table:: Prices\n   :header-rows: 1\n\n   * - Name\n     - Price\n   * - Oil\n     - 38\n"
    assert shown(extract(READER, text)) == [
        ("prose", "Prices"),
        ("item", "Name\n     - Price"),
        ("item", "Oil\n     - 38"),
    ]


def test_nothing_is_inserted_and_it_is_said() -> None:
    text = (
        ".. include:: /etc/passwd\n\n.. raw:: html\n\n   <b>x</b>\n\n.. csv-table::\n   :file: /etc/passwd\n\nText.\n"
    )
    found = extract(READER, text)
    assert shown(found) == [("prose", "Text.")]
    assert found.warnings == (
        "files that it includes are not inserted: /etc/passwd",
        "markup of another format is left out (raw html)",
    )


def test_what_docutils_complains_about_is_kept() -> None:
    text = (
        "Title\n===\n\n.. image::\n\n.. figure:: a.png\n   :nonsense: yes\n\n   A caption.\n\n* item\nno blank line\n\n"
        "|undefined| words\n"
    )
    words = " ".join(text for _, text in shown(extract(READER, text)))
    assert all(each in words for each in ("A caption.", "item", "no blank line", "undefined"))


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\n"])
def test_places_are_right_with_any_line_end_and_with_tabs(line_end: str) -> None:
    text = "Boat\n====\n\n\tQuoted\twords\n\tgo on.\n\nA\x0bB\x85C text.\n".replace("\n", line_end)
    assert [found for kind, found in shown(extract(READER, text)) if kind == "prose"] == [
        f"Quoted\twords{line_end}\tgo on.",
        "A\x0bB\x85C text.",
    ]


def test_what_docutils_cannot_read_is_read_as_text_and_it_is_said() -> None:
    text = "".join(f"{'  ' * depth}* item {depth}\n\n" for depth in range(400))
    found = extract(READER, text)
    assert "is read as plain text" in found.warnings[0]
    assert "item 399" in shown(found)[-1][1]


def test_a_file_of_another_project() -> None:
    found = shown(extract(READER, real_file("unstructured/README.rst")))
    assert [text for kind, text in found if kind in ("h1", "h2")] == ["Example Docs", "XBRL 10-K"]
    assert sum(kind == "item" for kind, _ in found) == 3
