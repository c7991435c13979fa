"""What holds of every page, whatever stands on it and wherever: no word is lost or doubled, and each has a box on its page."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from citewell.corpus.reading.assembling import assemble
from citewell.document import Span
from tests.support.pdfs import HEIGHT, WIDTH, Pdf, extract, shown

_PLACES = st.tuples(st.integers(20, 500), st.integers(150, 690), st.sampled_from([7, 10, 10, 10, 14]), st.booleans())


def _page(places: list[tuple[int, int, int, bool]]) -> tuple[str, list[str]]:
    """Return a page with a word at each place, and the words; those that would overlap are left out."""
    content, words = "", []
    taken: list[tuple[int, int]] = []
    for nth, (x, y, size, bold) in enumerate(places):
        if any(abs(x - left) < 60 and abs(y - base) < 16 for left, base in taken):
            continue
        taken.append((x, y))
        words.append(f"word{nth}")
        content += shown(x, y, words[-1], size, "F2" if bold else "F1")
    return content, words


@given(st.lists(_PLACES, min_size=1, max_size=60))
def test_no_word_is_lost_or_doubled(places: list[tuple[int, int, int, bool]]) -> None:
    content, words = _page(places)
    found = extract(Pdf([content]))
    assert Counter(
        "".join(piece for block in found.blocks for piece in [*block.pieces, " "]).replace(" | ", " ").split()
    ) == (Counter(words))


@given(st.lists(_PLACES, min_size=1, max_size=40), st.sampled_from([0, 90, 180, 270]))
def test_each_box_is_on_its_page_and_has_its_word(places: list[tuple[int, int, int, bool]], turn: int) -> None:
    content, _ = _page(places)
    found = extract(Pdf([content], page=f"/Rotate {turn}"))
    width, height = (WIDTH, HEIGHT) if turn % 180 == 0 else (HEIGHT, WIDTH)
    for block in found.blocks:
        for piece, box in zip(block.pieces, block.boxes, strict=True):
            assert (box is not None) == piece.startswith("word")
            if box:
                assert box[0] == 1
                assert 0 <= box[1] < box[3] <= 10 * width
                assert 0 <= box[2] < box[4] <= 10 * height
    made = assemble(found)
    assert all(Span(0, len(made.text)).overlaps(section.span) for section in made.sections)
