"""Where a quotation stands in a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citewell.text.quotations import places_in_any_spacing

WORDS = st.lists(st.sampled_from(["a", "aa", "b", "\u00e9", "\U0001f9a6", "a-b"]), min_size=1, max_size=12)
GAPS = st.lists(st.sampled_from([" ", "\n", "  ", "\r\n\t", "\u00a0", "\u2028 "]), min_size=12, max_size=12)


@given(WORDS, GAPS, GAPS, st.data())
def test_the_same_words_are_found_in_whatever_spacing(
    words: list[str], gaps: list[str], others: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(first + 1, len(words)))
    text = "".join(f"{word}{gap}" for word, gap in zip(words, gaps, strict=False))
    quote = "".join(f"{word}{gap}" for word, gap in zip(words[first:end], others, strict=False))
    found = places_in_any_spacing(quote, text, 100)
    assert len("".join(f"{word}{gap}" for word, gap in zip(words[:first], gaps, strict=False))) in [
        each.start for each in found
    ]
    for each in found:
        assert each.of(text).split() == quote.split()


def test_no_more_places_than_asked_for() -> None:
    assert len(places_in_any_spacing("a", "a b " * 50, 20)) == 20
    assert places_in_any_spacing("c", "a b", 20) == []
