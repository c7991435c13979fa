"""What of a passage is shown before it is unfolded."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from citewell.document import Span
from citewell.text.excerpts import excerpt

ANSWER = "A weekly ticket for zone seven costs thirty-four crowns."
BEFORE = "The offices open at nine. " * 20
AFTER = " Children travel free." * 20
TEXTS = st.text(alphabet="ab .\n|é字a\u0301🇩🇪\N{ZERO WIDTH JOINER}👩👧", max_size=900)


def shown(text: str, *marked: str, most: int = 220) -> list[str]:
    marks = [Span(text.index(each), text.index(each) + len(each)) for each in marked]
    return [each.of(text) for each in excerpt(text, marks, most=most)]


def test_a_short_text_is_shown_whole() -> None:
    assert shown(f"  {ANSWER} And so on.\n", ANSWER) == [f"  {ANSWER} And so on.\n"]


def test_a_sentence_has_whole_words_around_it() -> None:
    (part,) = shown(BEFORE + ANSWER + AFTER, ANSWER)
    assert ANSWER in part
    assert part != ANSWER
    assert len(part) <= 150
    before, _, after = part.partition(ANSWER)
    assert BEFORE.endswith(f" {before}")
    assert AFTER.startswith(after)
    assert AFTER[len(after)] == " "


def test_at_the_end_of_a_text_there_is_more_before() -> None:
    (middle,), (last,) = shown(BEFORE + ANSWER + AFTER, ANSWER), shown(BEFORE + ANSWER, ANSWER)
    assert last.endswith(ANSWER)
    assert last.index(ANSWER) > middle.index(ANSWER)


@pytest.mark.parametrize(
    ("word", "columns"),
    [("word ", 1), ("字", 2), ("คำ", 1), ("كلمة ", 1)],
    ids=["English", "Chinese", "Thai", "Arabic"],
)
def test_a_very_long_sentence_is_cut_in_any_script(word: str, columns: int) -> None:
    sentence = (word * 1000)[:2000]
    (part,) = shown(BEFORE + sentence, sentence)
    assert sentence.startswith(part)
    assert 200 <= columns * len(part) <= 220
    assert part == part.strip()
    if word.endswith(" "):
        assert part.endswith(word.strip())


def test_of_a_very_long_sentence_what_was_asked_is_shown() -> None:
    berths = [f"that berth {nth} be dredged to {nth + 50} metres" for nth in range(1, 30)]
    sentence = f"It was resolved {', '.join(berths)}."
    for nth in (1, 12, 29):
        (part,) = excerpt(sentence, [Span(0, len(sentence))], question=f"How deep is berth {nth}?", language="en")
        assert f"that berth {nth} be" in part.of(sentence)
        assert part.end - part.start <= 250


def test_a_bullet_belongs_to_its_item_and_a_bar_to_its_row() -> None:
    items = [
        f"- {ANSWER[:-1]} in hall {nth}, and even less on the last day of every month, says the rule."
        for nth in "123456"
    ]
    (part,) = shown("\n".join(items), items[3][2:])
    assert part.startswith("- A weekly ticket")
    rows = [f"| hall {nth} | {ANSWER} | Even less on the last day of every month and on Sundays |" for nth in "123456"]
    (part,) = shown("\n".join(rows), rows[3][2:-2])
    assert rows[3] in part


def test_lines_are_shown_whole() -> None:
    rows = [f"| zone {nth} | {10 * nth} crowns | no dogs |" for nth in range(40)]
    (part,) = shown("\n".join(rows), rows[20])
    assert rows[20] in part
    assert set(part.split("\n")) <= set(rows)
    code = "\n".join(f"    call({nth})" for nth in range(60))
    (part,) = shown(code, code)
    assert set(part.split("\n")) <= set(code.split("\n"))
    assert part.count("\n") < 8


def test_marks_far_apart_are_shown_apart_and_near_ones_together() -> None:
    far = shown(BEFORE + ANSWER + AFTER * 2 + "Dogs pay half." + AFTER, ANSWER, "Dogs pay half.")
    assert len(far) == 2
    assert ANSWER in far[0]
    assert "Dogs pay half." in far[1]
    near = shown(BEFORE + ANSWER + " Dogs pay half." + AFTER, ANSWER, "Dogs pay half.")
    assert len(near) == 1


def test_no_more_than_three_marks_are_shown() -> None:
    fees = [f"Fee {nth} is due in May." for nth in range(4)]
    parts = shown("".join(AFTER + f" {fee}" + AFTER for fee in fees), *fees)
    assert [part.count("Fee") for part in parts] == [1, 1, 1]
    assert all(fee in part for fee, part in zip(fees, parts, strict=False))


def test_a_word_or_two_of_another_sentence_are_left_out() -> None:
    long = "Dogs, cats and all other animals need a ticket of their own at any time of the day, and so do bicycles and sledges."
    # There would be room for half of what is left out.
    assert len(long) < 130
    assert shown(f"{BEFORE}{long}{AFTER}", long) == [long]


def test_without_a_mark_the_beginning_is_shown() -> None:
    (part,) = shown(BEFORE)
    assert BEFORE.startswith(part)
    assert 80 < len(part) <= 150


@given(TEXTS, st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=4))
def test_an_excerpt_is_short_in_order_and_shows_where_each_mark_begins(text: str, ends: list[tuple[int, int]]) -> None:
    marks = [Span(*sorted((min(one, len(text)), min(other, len(text))))) for one, other in ends]
    parts = excerpt(text, marks)
    assert parts == sorted(parts)
    assert all(one.end < other.start for one, other in pairwise(parts))
    assert all(0 <= each.start <= each.end <= len(text) for each in parts)
    assert sum(each.end - each.start for each in parts) <= 3 * 250
    for mark in sorted(marks)[:3]:
        if text[mark.start : mark.end].strip():
            assert any(each.start <= mark.end and mark.start <= each.end for each in parts)
    edges = {match.start() for match in regex.finditer(r"\X", text)} | {len(text)}
    given_edges = {edge for mark in marks for edge in (mark.start, mark.end)}
    assert {edge for each in parts for edge in (each.start, each.end)} <= edges | given_edges | {0}
