"""Front matter in TOML, as Hugo has it: its title, and fields that can be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.formats.front_matter_toml import read_toml
from citewell.document import Fact
from tests.support.growth import check_growth
from tests.support.outlines import blocks, check_spans, read_markdown

ROWS = [
    'title = "Pump manual"',
    'authors = ["Ines Karlsen", "Olav Brekke"]',
    "date = 2026-01-31",
    'tags = [\n  "oil",\n  "cellar",\n]',
    "draft = false",
    'note = """\nRing 4\nx = 1\n"""',
    '[params]\nplace = "winch house"',
    'level = "two"',
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_field_is_a_block(end: str) -> None:
    rows = [row.replace("\n", end) for row in ROWS]
    text = end.join(["+++", *rows, "+++", "", "# Pump", "", "The pump is drained.", ""])
    outline = read_markdown(text)
    assert outline.title == "Pump manual"
    assert blocks(text, outline.sections[0]) == rows
    assert [section.path for section in outline.sections[1:]] == [("Pump",)]


def test_what_fields_say_of_the_document() -> None:
    assert read_toml("\n".join(ROWS)).facts == (
        Fact("author", "Ines Karlsen", "front matter"),
        Fact("author", "Olav Brekke", "front matter"),
        Fact("date", "2026-01-31", "front matter"),
        Fact("tag", "oil", "front matter"),
        Fact("tag", "cellar", "front matter"),
        Fact("note", "Ring 4 x = 1", "front matter"),
    )


def test_what_cannot_be_read_is_lines() -> None:
    text = "+++\ntitle = Pump\nauthor = \n+++\nThe pump is drained.\n"
    outline = read_markdown(text)
    assert blocks(text, outline.sections[0]) == ["title = Pump", "author ="]


def test_plus_signs_alone_are_text() -> None:
    text = "+++\nThe pump is drained.\n"
    assert blocks(text, read_markdown(text).sections[0]) == ["+++\nThe pump is drained."]


@pytest.mark.parametrize("row", ["", "# x", "[1],", "'',"])
@pytest.mark.promise("bounded-work")
def test_a_long_list_takes_time_in_proportion(row: str) -> None:
    line = f"{row}\n"
    check_growth(read_toml, lambda length: f"tags = [\n{line * (length // len(line))}]\n", 500)


@given(st.lists(st.sampled_from([*ROWS, "+++", "", "x", "[[a]]", "# y", '"""', "[a]: b"]), max_size=12))
def test_any_text_gives_true_spans(rows: list[str]) -> None:
    text = "\n".join(["+++", *rows])
    check_spans(text, read_markdown(text))
