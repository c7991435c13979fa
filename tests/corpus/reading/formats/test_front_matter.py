"""Front matter: its title, and fields that can be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.formats.front_matter import read_front_matter
from tests.support.outlines import blocks, check_spans, read_markdown, unshown


def fields(text: str) -> list[str]:
    return [span.of(text) for span in read_front_matter(text).fields]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_field_is_found_with_its_own_list(end: str) -> None:
    rows = [
        "title: Pump",
        "author: Ines Karlsen",
        "tags:",
        "  - oil",
        "  - cellar",
        "aliases: [a, b]",
        "until: 2026-01-31",
    ]
    assert fields(end.join(rows)) == [*rows[:2], end.join(rows[2:5]), *rows[5:]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nested_fields_are_fields_of_their_own(end: str) -> None:
    text = "contact:\n  name: Ines\n  phones:\n    - 4417\n    - 4420\n  post: |\n    Ring 4\n    Oslo\nlast: x\n"
    assert [each.replace(end, "\n") for each in fields(text.replace("\n", end))] == [
        "contact:",
        "name: Ines",
        "phones:\n    - 4417\n    - 4420",
        "post: |\n    Ring 4\n    Oslo",
        "last: x",
    ]


def test_a_text_of_several_lines_belongs_to_its_key() -> None:
    text = 'summary: >\n  The pump\n  moves: water.\nnote: "one\n  two"\nlist: [a,\n  b]\n'
    assert fields(text) == ["summary: >\n  The pump\n  moves: water.", 'note: "one\n  two"', "list: [a,\n  b]"]


@pytest.mark.parametrize(
    "text",
    ["author: [Ines\ndate: 2026\n", "Not a mapping.\n\nOf lines.", "- a\n- b\n", "x: " + "y" * 60_000 + "\nz: 1"],
    ids=["broken", "prose", "list", "too long"],
)
def test_what_cannot_be_read_as_fields_is_text_by_lines(text: str) -> None:
    found = read_front_matter(text)
    assert found.title is None
    assert fields(text) == [line.strip() for line in text.splitlines() if line.strip()]


def test_front_matter_is_the_first_section_and_has_no_heading() -> None:
    text = "---\ntitle: Pump manual\nauthor: Ines Karlsen\n---\n\nBefore.\n\n# Overview\n\nIt moves water.\n"
    text = text.replace("\n", "\r\n")
    outline = read_markdown(text)
    assert outline.title == "Pump manual"
    assert [(section.path, section.heading is None, blocks(text, section)) for section in outline.sections] == [
        ((), True, ["title: Pump manual", "author: Ines Karlsen"]),
        ((), True, ["Before."]),
        (("Overview",), False, ["It moves water."]),
    ]


LINES = st.sampled_from(
    ["a: b", "tags:", "  - x", "  y: z", "title: T", "word", "- i", "b: [", "]", 'c: "', "", "d: |", "é: ü"]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_line_is_lost_and_spans_are_true(parts: list[str], end: str) -> None:
    text = end.join(["---", *parts, "---", "", "Text."])
    outline = read_markdown(text)
    check_spans(text, outline)
    assert unshown(text, outline) == []


def test_fields_of_one_value_or_a_list_are_facts() -> None:
    text = (
        "title: Fees\nauthors: [Ann Lee, Bo]\ntags: travel, fees\nDate: 2023-04-05 10:00:00\nlang: de-AT\nkeywords:\n  - x\n"
        "draft: true\nnothing:\ncost centre: 4417\nnested: {author: Zed}\nlist:\n  - a: b\n  - c\n? {k: v}\n: z\n"
        'after: dark\npublished: soon\nescaped: "\\uD800"\n'
    )
    assert [f"{each.name}={each.value}" for each in read_front_matter(text).facts] == [
        "author=Ann Lee",
        "author=Bo",
        "tag=travel",
        "tag=fees",
        "date=2023-04-05",
        "language=de",
        "tag=x",
        "cost-centre=4417",
        "list=c",
    ]
    assert {each.source for each in read_front_matter(text).facts} == {"front matter"}
    assert read_front_matter("author: [Ann\n").facts == ()
