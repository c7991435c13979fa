"""What an answer leaves out, as near-duplicates and as shown already: the same as holding each against each finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from citewell.document import Span
from citewell.search.likeness import Texts
from citewell.search.searching import _ALL, _Taken

_ORDER = "The pier of the harbour is in good order, as far as anyone can tell who has walked on it, and it was mended."


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A text with some characters changed, left out, or put in, at the border of what is nearly the same and beyond."""
    text = list(_ORDER * draw(st.integers(1, 3)))
    for _ in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, len(text) - 1))
        text[at : at + draw(st.integers(0, 2))] = draw(st.sampled_from(["", "x", "é", "\U0001f9a6", "or", "\ud800"]))
    return "".join(text)


@given(st.lists(edited() | st.text(max_size=30), max_size=20))
def test_the_first_that_is_nearly_the_same_is_found_whatever_came_between(texts: list[str]) -> None:
    held, found = Texts(), []
    for number, text in enumerate(texts):
        found.append(held.first_like(text))
        held.add(text)
        each = (at for at in range(number) if fuzz.ratio(texts[at], text, score_cutoff=95.0) > 0)
        assert found[-1] == next(each, None)


_SPANS = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda each: Span(each[0], sum(each)))


@given(st.lists(_SPANS, max_size=20), _SPANS)
def test_what_is_free_lies_between_the_parts_that_are_taken(spans: list[Span], window: Span) -> None:
    taken = _Taken()
    for span in spans:
        taken.add(span)
    start = max([0, *(span.end for span in spans if span.end <= window.start)])
    end = min([_ALL, *(span.start for span in spans if span.start >= window.end)])
    expected = None if any(window.overlaps(span) for span in spans) else Span(start, end)
    assert taken.around(window) == expected
