"""Boxes of words: packed and read again, found by span, and merged to the rectangles that are marked on a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.boxes import Boxes, Rectangle, WordBox, pack, rectangles
from citewell.document import Span


def line(start: int, words: str, left: int, top: int, page: int = 1) -> list[WordBox]:
    """Return the boxes of the words of a line, a tenth of an inch for each letter and for each space."""
    boxes, at = [], 0
    for word in words.split(" "):
        side = left + 72 * at
        boxes.append(WordBox(start + at, start + at + len(word), page, side, top, side + 72 * len(word), top + 100))
        at += len(word) + 1
    return boxes


TWO_LINES = [*line(0, "the wren weighs", 720, 720), *line(16, "ten grams", 720, 840)]


def test_the_words_of_a_line_are_one_rectangle() -> None:
    boxes = Boxes(pack(TWO_LINES))
    assert rectangles(boxes.within(Span(4, 19))) == [
        Rectangle(1, 720 + 72 * 4, 720, 720 + 72 * 15, 820),
        Rectangle(1, 720, 840, 720 + 72 * 3, 940),
    ]
    assert rectangles(boxes.within(Span(15, 16))) == []


def test_a_word_over_two_lines_has_two_rectangles_and_a_passage_over_columns_and_pages_one_in_each() -> None:
    hyphenated = [
        WordBox(0, 5, 1, 2000, 720, 2400, 820),
        WordBox(5, 10, 1, 720, 840, 1100, 940),
    ]
    assert len(rectangles(hyphenated)) == 2
    # The foot of a column, and the head of the next beside it, at the same height by chance; then another page.
    columns = [*line(0, "at the foot", 720, 5000), *line(12, "of it", 3200, 5000), *line(18, "goes on", 720, 5000, 2)]
    assert [(each.page, each.left) for each in rectangles(columns)] == [(1, 720), (1, 3200), (2, 720)]


def test_words_that_go_to_the_left_are_merged_too() -> None:
    (found,) = rectangles([WordBox(0, 3, 1, 2000, 720, 2300, 820), WordBox(4, 7, 1, 1650, 725, 1960, 815)])
    assert found == Rectangle(1, 1650, 720, 2300, 820)


_BOX = st.tuples(st.integers(1, 3), *[st.integers(0, 6000)] * 2, *[st.integers(1, 900)] * 2)


@given(st.lists(_BOX, max_size=30))
def test_each_word_is_in_a_rectangle_of_its_page(found: list[tuple[int, ...]]) -> None:
    words = [
        WordBox(3 * nth, 3 * nth + 2, page, left, top, left + width, top + height)
        for nth, (page, left, top, width, height) in enumerate(found)
    ]
    boxes = Boxes(pack(words))
    assert boxes.within(Span(0, 3 * len(words))) == words
    merged = rectangles(words)
    assert len(merged) <= len(words)
    for word in words:
        assert any(
            (
                each.page,
                each.left <= word.left,
                each.right >= word.right,
                each.top <= word.top,
                each.bottom >= word.bottom,
            )
            == (word.page, True, True, True, True)
            for each in merged
        )


@pytest.mark.parametrize("packed", [b"x", pack(TWO_LINES)[:-3], pack([TWO_LINES[1], TWO_LINES[0]])])
def test_what_is_damaged_is_noticed(packed: bytes) -> None:
    with pytest.raises(ValueError, match="boxes are"):
        Boxes(packed)
