"""A document as it is shown: its tables, its places in the margin, its figures, and where its words stand on pages."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.boxes import WordBox, pack
from citewell.document import Figure, Located, Location, Span
from citewell.index.stored import DocumentMap, StoredDocument, StoredHeading
from citewell.web.chat.source import render_document
from citewell.web.chat.tables import tables_in


def cells(text: str, *, is_made: bool = True) -> list[list[list[str]]]:
    """Return the words of the cells of each table, the head first."""
    return [
        [[cell.of(text) for cell in row] for row in [table.head, *(row for _, row in table.rows)]]
        for table in tables_in(text, is_made=is_made)
    ]


def test_rows_are_a_table_with_a_head_above_numbers() -> None:
    text = "Prices\n\nZone | Day | Week\nNorth | 12 | 60\nSouth |  | 75\n\nAfter that."
    assert cells(text) == [[["Zone", "Day", "Week"], ["North", "12", "60"], ["South", "", "75"]]]
    assert cells(text, is_made=False) == []
    assert cells("North | 12\nSouth | 75") == [[[], ["North", "12"], ["South", "75"]]]


@pytest.mark.parametrize(
    "text",
    [
        "one | two",
        "a | b\nplain",
        "Zone: North | Day: 12\nZone: South | Day: 15",
        "a|b\nc|d",
        "",
        "a | b\n\nc | d",
        "x\n" * 3,
    ],
)
def test_other_lines_stay_lines(text: str) -> None:
    assert cells(text) == []


def test_a_head_with_an_empty_corner_stands_above_its_columns() -> None:
    text = "| Food | Calories\nLeaves | Ash, Elm | 50\nBerries | Blueberry |\nGrain | Corn | 200\n"
    (table,) = tables_in(text, is_made=True)
    assert [cell.of(text) for cell in table.head] == ["", "Food", "Calories"]
    assert [cell.of(text) for cell in table.rows[1][1]] == ["Berries", "Blueberry", ""]


def test_tables_of_markdown_are_tables_and_code_is_none() -> None:
    table = "| Zone | Day |\n|:-----|----:|\n| North \\| east | 12 |\n| South | |\n"
    shown = [[["Zone", "Day"], ["North \\| east", "12"], ["South", ""]]]
    assert cells(f"# Prices\n\n{table}\nAfter.", is_made=False) == shown
    assert cells(f"Words before\n{table}".replace("\n", "\r\n"), is_made=False) == shown
    assert cells(f"```\n{table}```\n", is_made=False) == []
    assert cells("| Zone | Day |\n|---|---|\n", is_made=False) == []


@pytest.mark.promise("bounded-work")
def test_a_long_table_stays_text() -> None:
    assert cells("a | 1\n" * 2_000) == []
    assert cells("|-|-\n" * 5_000, is_made=False) == []


@given(st.text(alphabet="a1|- :\n\\`", max_size=80), st.booleans())
def test_cells_are_in_order_within_their_table(text: str, is_made: bool) -> None:  # noqa: FBT001
    at = 0
    for table in tables_in(text, is_made=is_made):
        assert at <= table.span.start
        for cell in [*table.head, *(cell for _, row in table.rows for cell in row)]:
            assert at <= cell.start <= cell.end <= table.span.end
            at = cell.end
        at = table.span.end


def shown(text: str, passage: Span | None = None, marks: list[Span] | None = None, **more: object) -> str:
    """Render a document."""
    drifted = more.pop("drifted", None)
    assert drifted is None or isinstance(drifted, str)
    layout = more.pop("layout", DocumentMap())
    assert isinstance(layout, DocumentMap)
    document = StoredDocument("d.pdf", "T", "", text, (), **{"reader": "docx 1", **more})  # type: ignore[arg-type]
    return render_document(document, passage, marks or [], drifted, layout=layout)


ROWS = "Before.\n\nZone | Day\nNorth | 12\nSouth | 15\n\nAfter."


def test_a_table_has_its_marks_and_its_passage_by_row() -> None:
    start = ROWS.index("South")
    made = shown(ROWS, Span(start, start + 10), [Span(start, start + 10)])
    assert (
        '<tr class="cw-placed cw-place" tabindex="-1"><td><mark>South</mark></td><td><mark>15</mark></td></tr>' in made
    )
    assert '<th scope="col">Zone</th><th scope="col">Day</th>' in made
    assert "<tr><td>North</td><td>12</td></tr>" in made
    # A passage that begins in the text before has one part to go to.
    whole = shown(ROWS, Span(0, len(ROWS)))
    assert (whole.count("cw-placed"), whole.count('cw-place"')) == (4, 1)


@pytest.mark.parametrize("text", ["One.\n\nTwo.\n\nThree.", ROWS])
def test_places_are_beside_the_text_and_not_in_it(text: str) -> None:
    starts = [0, text.index("\n\n") + 2, len(text) - 6]
    layout = DocumentMap(tuple(Located(at, Location("page", f"<{at}>", nth + 1)) for nth, at in enumerate(starts)))
    made = shown(text, None if "|" in text else Span(2, 9), layout=layout)
    assert [html.unescape(each) for each in re.findall(r'data-label="([^"]*)"', made)] == [
        f"page <{at}>" for at in starts
    ]
    body = made[made.index('<div class="cw-reader-text') :]
    said = html.unescape(re.sub(r"<[^>]*>", " " if "|" in text else "", body))
    assert [word for word in re.split(r"[\s|]+", said) if word] == [word for word in re.split(r"[\s|]+", text) if word]
    if "|" not in text:
        assert said.strip() == text


@pytest.mark.promise("text-stays-text")
def test_figures_are_shown_from_this_server_alone() -> None:
    text = "A plan\n\n<b>\n\nAfter"
    figures = tuple(
        Figure(at, reference)
        for at, reference in (
            (0, "word/media/a.png"),
            (8, "https://example.org/x.png"),
            (8, "a.svg"),
            (13, "javascript:alert(1)"),
        )
    )
    made = shown(text, figures=figures)
    assert re.findall(r'src="([^"]*)"', made) == ["/api/figure?document=d.pdf&amp;figure=0"]
    assert 'alt="A plan"' in made
    notes = ["is at another place, from which nothing is loaded", "is of a kind that is not shown"]
    assert re.findall(r"<figcaption>Picture not shown: it ([^<]*)\.</figcaption>", made) == [*notes, notes[0]]
    assert "example.org" not in made
    changed = shown(text, figures=figures, drifted="changed")
    assert "<figure" not in changed
    assert "Its pages and pictures are not shown" in changed


def test_a_page_has_the_rectangles_of_the_passage_and_of_each_mark_in_their_order() -> None:
    text = "The wren sings.\n\nIt weighs ten grams."
    words = [match.span() for match in re.finditer(r"\S+", text)]
    boxes = pack(WordBox(start, end, 1 + (start > 15), 60 * start, 700, 60 * end, 800) for start, end in words)
    locations = (Located(0, Location("page", "iv", 1)), Located(17, Location("page", "v", 2)))
    marks = [Span(17, 26), Span(4, 8)]
    layout = DocumentMap(locations, boxes)
    made = shown(text, Span(4, 26), marks, layout=layout, reader="pdf 1")
    given = json.loads(html.unescape(re.search(r'data-rectangles="([^"]*)"', made)[1]))  # type: ignore[index]
    assert given["marks"] == [[[1, 240, 700, 480, 800]], [[2, 1020, 700, 1560, 800]]]
    assert given["passage"] == [[1, 240, 700, 900, 800], [2, 1020, 700, 1560, 800]]
    assert made.count("<mark>") == 2
    assert 'data-page="1" data-labels="{&#34;1&#34;: &#34;iv&#34;, &#34;2&#34;: &#34;v&#34;}"' in made
    # Nothing is shown as a picture that may be of another file, or that no page is drawn of.
    for other in (
        shown(text, Span(4, 26), marks, layout=layout, reader="pdf 1", drifted="changed"),
        shown(text, Span(4, 26), marks, layout=layout, reader="epub 1"),
    ):
        assert "cw-picture" not in other


def test_headings_are_left_where_they_are() -> None:
    text = "Food\n\nOtters eat fish."
    document = StoredDocument("d.txt", "T", "", text, (StoredHeading(Span(0, 4), ("Food",)),))
    made = render_document(document, Span(6, 22), [])
    assert '<span class="cw-heading" data-at="0" tabindex="-1">Food</span>\n\n<span class="cw-placed cw-place"' in made
