"""AsciiDoc: headings, lists, tables and listings, and what is for the processor only."""

from __future__ import annotations

import pytest

from citewell.corpus.reading.formats.asciidoc import READER
from tests.support.extracts import extract, real_file, shown


def test_a_header_has_the_title_and_facts() -> None:
    text = (
        "// internal\n= The Boat\nJane Roe <jane@example.org>\nv1.2, 2023-04-05\n:keywords: sea, oars\n:lang: en\n\n"
        "It leaks.\n"
    )
    found = extract(READER, text)
    assert found.title == "The Boat"
    assert shown(found) == [
        ("h1", "The Boat"),
        ("prose", "Jane Roe <jane@example.org>\nv1.2, 2023-04-05"),
        ("prose", "It leaks."),
    ]
    assert [(fact.name, fact.value) for fact in found.facts] == [
        ("author", "Jane Roe"),
        ("date", "2023-04-05"),
        ("tag", "sea"),
        ("tag", "oars"),
        ("language", "en"),
    ]


def test_headings_have_levels_and_names_without_markup() -> None:
    text = ":boat: Oar\n:boat: Wal\n\n[[fees]]\n== *Fees* of {boat}\n\nText.\n\nHarbours\n~~~~~~~~\nMore text.\n"
    assert shown(extract(READER, text)) == [
        ("h2", "Fees of Wal"),
        ("prose", "Text."),
        ("h3", "Harbours"),
        ("prose", "More text."),
    ]


def test_items_start_after_their_signs() -> None:
    text = "* One thing\n  goes on\n** [x] Inner\n. First\n+\nIts paragraph.\n\nOar:: Moves the boat.\n<1> A callout\n"
    assert shown(extract(READER, text)) == [
        ("item", "One thing\n  goes on"),
        ("item", "Inner"),
        ("item", "First"),
        ("prose", "Its paragraph."),
        ("item", "Oar:: Moves the boat.\n<1> A callout"),
    ]


def test_delimited_blocks_are_verbatim_parsed_or_left_out() -> None:
    text = (
        "[source,python]\n----\n== no heading\n----\n\n====\nAn example.\n====\n\n////\nhidden\n////\n\n"
        "[quote, Ada, Letters]\n____\nIt thinks.\n____\n\n"
    )
    assert shown(extract(READER, text)) == [
        ("verbatim", "== no heading"),
        ("prose", "An example."),
        ("prose", "Ada, Letters"),
        ("prose", "It thinks."),
    ]


def test_a_table_has_a_head_where_a_blank_line_follows_its_first_row() -> None:
    text = ".Prices\n|===\n|Name |Price\n\n|Oil |38\n|Gas |40\n|===\n"
    found = extract(READER, text)
    assert shown(found) == [("prose", "Prices"), ("verbatim", "|Name |Price\n\n|Oil |38\n|Gas |40")]
    assert found.blocks[1].head is not None
    assert found.blocks[1].head.of(text) == "|Name |Price"


def test_a_row_over_several_lines_is_one_unit() -> None:
    text = '[cols="2*"]\n|===\n|Oil\n|38 euros\n\n|Gas\n|40 euros\n|===\n'
    assert shown(extract(READER, text)) == [("item", "|Oil\n|38 euros"), ("item", "|Gas\n|40 euros")]


def test_pictures_keep_what_describes_them_and_included_files_are_named() -> None:
    found = extract(READER, "image::boat.png[A blue boat,200,100]\n\ninclude::fees.adoc[]\n\nText.\n")
    assert shown(found) == [("figure", "A blue boat"), ("prose", "Text.")]
    assert found.blocks[0].reference == "boat.png"
    assert found.warnings == ("files that it includes are not inserted: fees.adoc",)


@pytest.mark.parametrize(
    ("name", "title", "headings"),
    [
        ("01", "1st Sample Document Title", ["Section 1", "Subsection 1.1", "Section 2"]),
        ("03", "Renaming a bookmark", []),
        ("04", "Tables with cell format specifiers", []),
    ],
)
def test_files_of_other_projects(name: str, title: str, headings: list[str]) -> None:
    found = extract(READER, real_file(f"docling/asciidoc/asciidoc_{name}.asciidoc"))
    assert found.title == title
    assert [text for kind, text in shown(found) if kind in ("h2", "h3")] == headings


def test_nested_lists_of_another_project_are_items() -> None:
    found = extract(READER, real_file("docling/asciidoc/asciidoc_02.asciidoc"))
    items = [text for kind, text in shown(found) if kind == "item"]
    assert items[:4] == ["First item", "Nested item 1", "Nested item 2", "Second item"]
