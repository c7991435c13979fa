"""The text of each span is that of its pieces, and headings become sections by their levels."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from citewell.boxes import Boxes
from citewell.corpus.reading.assembling import assemble, joined
from citewell.corpus.reading.extract import Box, Extract, Kind, RawBlock
from citewell.document import Located, Location, Span
from tests.support.outlines import check_spans

KINDS = st.sampled_from(get_args(Kind))
PIECE = st.text(alphabet=st.sampled_from(list("ab .\n\t\r\x00\ud800é")), max_size=6)
BOX = st.one_of(st.none(), st.tuples(*[st.integers(0, 9_000)] * 5))


@st.composite
def blocks(draw: st.DrawFn) -> RawBlock:
    pieces = tuple(draw(st.lists(PIECE, max_size=5)))
    boxes: tuple[Box | None, ...] = ()
    if draw(st.booleans()):
        boxes = tuple(draw(st.lists(BOX, min_size=len(pieces), max_size=len(pieces))))
    page = draw(st.one_of(st.none(), st.integers(1, 3)))
    return RawBlock(
        draw(KINDS),
        pieces,
        level=draw(st.integers(0, 3)),
        is_head=draw(st.booleans()),
        location=None if page is None else Location("page", str(page), page),
        boxes=boxes,
    )


def _expected(raw: RawBlock) -> str:
    """The text of a block, sign by sign."""
    one_line = raw.kind in {"heading", "row", "item"}
    signs = {"\r": " ", "\x00": " ", "\ud800": "\ufffd", "\n": " " if one_line else "\n"}
    return "".join(signs.get(sign, sign) for sign in "".join(raw.pieces)).strip()


@given(st.lists(blocks(), max_size=12))
def test_the_text_of_each_span_is_that_of_its_pieces(raw: list[RawBlock]) -> None:
    text, placed, packed = joined(raw)
    found = [(each.raw, each.span.of(text)) for each in placed if each.raw.kind != "break"]
    assert found == [(each, _expected(each)) for each in raw if each.kind != "break" and _expected(each)]
    assert not text.strip().startswith("\n")
    boxes = Boxes(packed)
    shown = [pair for each in raw if each.kind != "break" for pair in zip(each.pieces, each.boxes, strict=False)]
    pieces = [piece for piece, box in shown if box and _expected(RawBlock("prose", (piece,)))]
    words = [Span(box.start, box.end).of(text) for box in boxes.within(Span(0, len(text)))]
    assert all(words)
    assert len([word for word in words if word.strip()]) == len(pieces)
    check_spans(text, assemble(Extract(tuple(raw))))


@given(st.lists(blocks(), max_size=12))
def test_every_block_is_in_a_section_or_a_heading_above_one(raw: list[RawBlock]) -> None:
    made = assemble(Extract(tuple(raw)))
    inside = {at for each in made.sections for block in each.blocks for at in range(block.span.start, block.span.end)}
    heads = {at for each in made.sections if each.heading for at in range(each.heading.start, each.heading.end)}
    names = {name for each in made.sections for name in each.path} | {made.title}
    for each in joined(raw)[1]:
        name = " ".join(each.span.of(made.text).split())
        if each.raw.kind == "heading" and (name in names or len(name) > 160):
            continue
        assert set(range(each.span.start, each.span.end)) <= inside | heads, each


def _row(text: str, *, is_head: bool = False, at: Location | None = None) -> RawBlock:
    return RawBlock("row", (text,), is_head=is_head, location=at)


def test_the_rows_of_a_table_are_one_block_with_its_head() -> None:
    second = Location("row", "Prices, row 2")
    raw = (
        RawBlock("heading", ("Prices",), level=1),
        RawBlock("prose", ("Without tax.",)),
        _row("Fruit | Price", is_head=True),
        _row("Apple | 1", at=second),
        _row("Pear | 2", at=Location("row", "Prices, row 3")),
        _row("Day | Hours", is_head=True),
        _row("Monday | 9 to 5"),
    )
    made = assemble(Extract(raw))
    assert made.title == "Prices"
    assert made.text == ("Prices\n\nWithout tax.\n\nFruit | Price\nApple | 1\nPear | 2\nDay | Hours\nMonday | 9 to 5")
    ((intro, first, other),) = [each.blocks for each in made.sections]
    assert (intro.kind, first.kind, other.kind) == ("prose", "verbatim", "verbatim")
    heads = [each.head.of(made.text) for each in (first, other) if each.head]
    assert heads == ["Fruit | Price", "Day | Hours"]
    assert made.locations[0] == Located(made.text.index("Apple"), second)


def test_a_break_ends_the_section_of_a_heading() -> None:
    raw = (
        RawBlock("heading", ("One",), level=1),
        RawBlock("prose", ("Below it.",)),
        RawBlock("break"),
        RawBlock("prose", ("Of nothing.",)),
        RawBlock("heading", ("Two",), level=1),
        RawBlock("prose", ("Below two.",)),
    )
    assert [each.path for each in assemble(Extract(raw)).sections] == [("One",), (), ("Two",)]


def test_a_title_that_the_file_names_is_in_no_path() -> None:
    raw = (
        RawBlock("heading", ("Guide",), level=1),
        RawBlock("heading", ("Start",), level=2),
        RawBlock("prose", ("Go.",)),
    )
    made = assemble(Extract(raw, title="Guide"))
    assert (made.title, [each.path for each in made.sections]) == ("Guide", [("Start",)])
    assert assemble(Extract(raw, title="Other")).sections[0].path == ("Guide", "Start")


def test_a_figure_stands_where_its_text_is() -> None:
    raw = (RawBlock("prose", ("Before.",)), RawBlock("figure", ("An otter swims.",), reference="media/otter.png"))
    made = assemble(Extract(raw))
    assert [(each.reference, made.text[each.start :]) for each in made.figures] == [
        ("media/otter.png", "An otter swims.")
    ]
