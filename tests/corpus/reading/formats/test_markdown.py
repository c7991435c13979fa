"""Markdown: outline, code, tables, front matter, and spans that point into the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.document import Block, Span
from tests.support.outlines import blocks, check_spans, read_markdown, unshown

TEXT = """---
title: The Guide
---
# Getting *started*

First steps.

## Install `it`

Run this:

```sh
pip install it

# not a heading
```

| a | b |
|---|---|
| 1 | 2 |

- one item
- another
  > quoted words

## Empty

### Deep

Text below.

<div>raw html</div>

<!-- a remark -->
"""

PARTS = st.sampled_from(
    [
        "# One",
        "## Two",
        "text here.",
        "- item",
        "> quote",
        "```",
        "    code",
        "| a | b |",
        "|---|---|",
        "<b>",
        "---",
        "",
    ]
)


def test_paths_follow_the_headings() -> None:
    outline = read_markdown(TEXT)
    assert outline.title == "The Guide"
    assert [section.path for section in outline.sections] == [
        (),
        ("Getting started",),
        ("Getting started", "Install it"),
        ("Getting started", "Empty", "Deep"),
    ]


def test_code_and_tables_survive_whole_and_comments_do_not() -> None:
    *_, install, deep = read_markdown(TEXT).sections
    verbatim = [block.span.of(TEXT) for block in install.blocks if block.kind == "verbatim"]
    assert verbatim == ["pip install it\n\n# not a heading", "| a | b |\n|---|---|\n| 1 | 2 |"]
    assert blocks(TEXT, deep) == ["Text below.", "<div>raw html</div>"]


def test_items_and_quotations_lose_their_markers() -> None:
    *_, install, _ = read_markdown(TEXT).sections
    assert blocks(TEXT, install)[-3:] == ["one item", "another", "quoted words"]


def test_only_first_heading_is_the_title() -> None:
    outline = read_markdown("# Otters\n\nThey swim.\n\n## Food\n\nFish.\n")
    assert outline.title == "Otters"
    assert [section.path for section in outline.sections] == [(), ("Food",)]


def test_several_first_headings_are_sections() -> None:
    outline = read_markdown("# One\n\na b.\n\n# Two\n\nc d.\n")
    assert outline.title is None
    assert [section.path for section in outline.sections] == [("One",), ("Two",)]


def shown(text: str) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(section.path, blocks(text, section)) for section in read_markdown(text).sections]


def test_headings_without_text_are_text() -> None:
    text = "# List\n\n## Lamp *oil*\n\n## Rope, forty metres ##\n\nTwo anchors\n---\n"
    assert read_markdown(text).title == "List"
    assert shown(text) == [((), ["Lamp *oil*", "Rope, forty metres", "Two anchors"])]


def test_a_heading_alone_is_text() -> None:
    assert shown("# Closed on Monday\n") == [((), ["Closed on Monday"])]


def test_headings_without_text_stand_below_the_heading_above_and_end_with_its_section() -> None:
    text = "# Plan\n\n## May\n\nLaunch.\n\n### Paint\n\n#### Hull\n\n## June\n\n### First\n\nSail.\n\n## July\n"
    assert shown(text) == [
        (("May",), ["Launch."]),
        (("May",), ["Paint", "Hull"]),
        (("June", "First"), ["Sail."]),
        ((), ["July"]),
    ]


def test_what_only_looks_like_the_address_of_a_link_is_text() -> None:
    text = "[Deadline]: Friday\n[Open]: 9:30\n[a]: https://example.org\n'title'\n\n# H\n\nWords.\n\n- [c]: Paint\n"
    assert shown(text) == [((), ["[Deadline]: Friday", "[Open]: 9:30"]), (("H",), ["Words.", "[c]: Paint"])]


@given(st.lists(PARTS | st.sampled_from(["### Three ##", "Under", "===", "- # Item", "[note]: word"]), max_size=25))
def test_no_line_is_lost(parts: list[str]) -> None:
    text = "\n".join(parts)
    outline = read_markdown(text)
    # A heading in the path of a section is shown without its signs.
    names = {name for section in outline.sections for name in section.path} | {outline.title}
    assert all(any(line.strip("#- \n") in str(name) for name in names) for line in unshown(text, outline))


def test_broken_front_matter_does_not_stop_reading() -> None:
    text = "---\ntitle: [unclosed\n---\n\nStill text.\n"
    outline = read_markdown(text)
    assert outline.title is None
    assert [blocks(text, section) for section in outline.sections] == [["title: [unclosed"], ["Still text."]]


def test_a_paragraph_over_stray_dashes_is_text() -> None:
    long = "A very long paragraph indeed. " * 10
    (section,) = read_markdown(f"{long}\n---\n").sections
    assert section.heading is None
    assert long.strip() in blocks(f"{long}\n---\n", section)[0]


@given(st.lists(PARTS, max_size=25), st.sampled_from(["\n", "\r\n"]))
def test_spans_are_ordered_disjoint_and_inside(parts: list[str], end: str) -> None:
    text = end.join(parts)
    check_spans(text, read_markdown(text))


def test_comments_alone_are_no_text_and_comments_with_text_are() -> None:
    for text, found in {
        "<!-- a --> <!-- b -->\n<!-- c\n-->\n": 0,
        "<!-- a --> text <!-- b -->\n": 1,
        "<!-- a --> text -->\n": 1,
        "<!-- open": 1,
        "<!-- a -->" * 40 + "x": 1,
    }.items():
        assert sum(len(section.blocks) for section in read_markdown(text).sections) == found, text


def test_the_words_of_a_heading_are_without_its_markup() -> None:
    text = "[r]: /there\n\n# A *b* `c` [d](e) [f][r] &amp; \\* g\n\ntext.\n\n# Second\n\ntext.\n"
    assert read_markdown(text).sections[0].path == ("A b c d f & * g",)


def test_a_heading_of_thousands_of_brackets_is_text() -> None:
    text = "# " + "[" * 5000 + "\n\ntext.\n"
    (section,) = read_markdown(text).sections
    assert section.heading is None
    assert [block.span.end - block.span.start for block in section.blocks] == [5002, 5]


def test_a_table_is_whole_whatever_its_rows_lack_and_ends_where_the_parser_has_it_end() -> None:
    head = "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n"
    for rows in ("|b|\n" * 300, ""):
        for after in (
            "",
            "\nText.\n",
            "> Text.\n",
            "# Heading\n\nText.\n",
            "- Text.\n",
            "```\nText.\n```\n",
            "    Text.\n",
        ):
            outline = read_markdown(head + rows + after)
            found = [block for section in outline.sections for block in section.blocks]
            assert found[0] == Block(Span(0, len(head + rows) - 1), "verbatim")
            assert len(found) == 1 + bool(after)


@pytest.mark.parametrize("last", ["```two", "``` two", "~~~"])
def test_a_line_that_does_not_close_a_fence_is_a_line_of_it(last: str) -> None:
    text = f"Text.\n\n```\none\n{last}\n"
    (section,) = read_markdown(text).sections
    assert [block.span.of(text) for block in section.blocks] == ["Text.", f"one\n{last}"]
