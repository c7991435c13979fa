"""What an answer leaves out, as texts that say the same and as shown already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.document import Span
from citewell.search.likeness import Texts, outline_of
from citewell.search.page import _ALL, _Taken
from tests.support.growth import check_growth

# The rest of a passage, so that the difference is a small share of the whole.
_REST = "\n\nWater and the showers are included. Boats longer than ten metres pay one and a half times as much.\n" * 3

HARMLESS = [
    ("The fee is due on arrival.", "The fee is  due\non arrival."),
    ("The fee is due on arrival.", "The fee is due\r\non arrival.\r\n"),
    ("The fee is due on arrival.", "The fee is\u00a0due on arrival"),
    ('He said "no" to the mayor\'s plan.', "He said “no” to the mayor’s plan."),
    ('Er sagte "nein" zum Plan.', "Er sagte „nein“ zum Plan."),
    ('Il a dit "non" au maire.', "Il a dit « non » au maire."),
    ("The pier - built by hand - stands.", "The pier — built by hand — stands."),
    ("A well-known pier", "A well\u2011known pier"),
    ("Open 10-12 o'clock", "Open 10–12 o’clock"),
    ("Open 10 - 12 o'clock", "Open 10–12 o'clock"),
    ("Guests report to the harbour office.", "Guests report to the har-\nbour office."),
    ("Guests report to the harbour office.", "Guests report to the har\u00adbour office."),
    ("Guests report to the harbour office.", "Guests report to the har\u00ad\nbour office."),
    ("A well-known pier", "A well-\nknown pier"),
    ("Das Café an der Brücke", "Das Cafe\u0301 an der Bru\u0308cke"),
    ("The first office", "The \ufb01rst o\ufb03ce"),
    ("The fee\u200b is due", "The fee is due"),
    ("MOORING FEES OF THE HARBOUR\nThe fee is due.", "Mooring fees of the harbour\nThe fee is due."),
    ("## Fees\n\nThe **fee** is due.", "Fees\n\nThe fee is due."),
    ("- ropes\n- anchors", "* ropes\n* anchors"),
    ("Ropes, anchors and sails", "Ropes, anchors, and sails"),
    ("The crate weighs 450 kg.", "The crate weighs 450kg."),
    ("The crate weighs 450 kg.", "The crate weighs 450\u202fkg."),
    ("The tank is at -5 °C.", "The tank is at −5 °C."),
    ("停泊费为每晚一百八十元。船长须在到达时付款。", "停泊费为每晚一百八十元。\n船长须在到达时付款。"),
    ("ガイドは一人です", "ｶﾞｲﾄﾞは一人です"),
    ("料金は１８０円です", "料金は180円です"),
    ("ค่าธรรมเนียมต่อคืน", "ค่าธรรมเนียม\nต่อคืน"),
    ("Плата вносится при прибытии, наличными.", "Плата вносится при прибытии наличными."),
    ("Stop at the red light!", "Stop at the red light."),
]
DIFFERENT = [
    ("The mooring fee is 180 crowns.", "The mooring fee is 195 crowns."),
    ("The fee is 180 crowns.", "The fee is 180 euros."),
    ("The fee is $180.", "The fee is €180."),
    ("The fee is 1.5 crowns.", "The fee is 15 crowns."),
    ("The fee is 1,500 crowns.", "The fee is 1.500 crowns."),
    ("It grew by 5 %.", "It grew by 5 ‰."),
    ("The tank is at -5 degrees.", "The tank is at 5 degrees."),
    ("The balance is (500).", "The balance is 500."),
    ("A load of 5 mg a day", "A load of 5 g a day"),
    ("A load of 5 mW", "A load of 5 MW"),
    ("ALL LOADS ARE 5 mW".upper(), "All loads are 5 mW"),
    ("An area of 10² miles", "An area of 102 miles"),
    ("A wall of 5' and no more", 'A wall of 5" and no more'),
    ("Values < 5 are safe", "Values > 5 are safe"),
    ("The fee is due.", "The fee is not due."),
    ("The fee can be paid.", "The fee cannot be paid."),
    ("Die Gebühr ist fällig.", "Die Gebühr ist nicht fällig."),
    ("Es gibt eine Gebühr.", "Es gibt keine Gebühr."),
    ("La tasa se paga.", "La tasa no se paga."),
    ("La taxe est due.", "La taxe n’est pas due."),
    ("Плата взимается.", "Плата не взимается."),
    ("停泊费是必须的。", "停泊费不是必须的。"),
    ("料金は必要です。", "料金は不要です。"),
    ("This is lawful.", "This is unlawful."),
    ("The gas is flammable.", "The gas is nonflammable."),
    ("He has hyperthyroidism.", "He has hypothyroidism."),
    ("Anna Berg signs.", "Anna Borg signs."),
    ("Anna Berg signs.", "Anne Berg signs."),
    ("Paid by Müller", "Paid by Muller"),
    ("El año pasado", "El ano pasado"),
    ("In Massen trinken", "In Maßen trinken"),
    ("On 3 May 2021", "On 3 May 2022"),
    ("On 3 May", "On 3 March"),
    ("Bis zum 3. Tag", "Bis zum 3 Tag"),
    ("At 10:30 sharp", "At 10:50 sharp"),
    ("Order KX-4410-B", "Order KX-4410-C"),
    ("Clause 4.1 holds", "Clause 41 holds"),
    ("Ask it of WHO staff", "Ask it of who staff"),
    ("They told US about it", "They told us about it"),
    ("They sell Polish chairs", "They sell polish chairs"),
    ("You may re-sign it", "You may resign it"),
    ("They were there", "They we're there"),
    ("Blood group A- is rare", "Blood group A+ is rare"),
    ("Blood group A- is rare", "Blood group A is rare"),
    ("Written in C", "Written in C#"),
    ("The pier is safe.", "The pier is safe?"),
    ("Two or three ropes", "Two to three ropes"),
    ("Fish and crabs", "Fish or crabs"),
    ("Boats under ten metres", "Boats over ten metres"),
    ("Copies are kept on the left", "Copies are kept on the right"),
    ("a now here b", "a nowhere b"),
    ("第三条适用", "第二条适用"),
    ("東京で行う", "京都で行う"),
    ("ห้ามเข้า", "เข้า"),
    ("الرسوم 180 ريال", "الرسوم 180 دينار"),
    ("Run it with --force", "Run it with force"),
]


def _like(one: str, other: str) -> bool:
    held = Texts()
    _add(held, one + _REST)
    return _first_like(held, other + _REST) == 0


def _add(held: Texts, text: str) -> None:
    held.add(text, outline_of(text))


def _first_like(held: Texts, text: str) -> int | None:
    return held.first_like(text, outline_of(text))


@pytest.mark.parametrize(("one", "other"), HARMLESS)
def test_texts_that_differ_in_typography_say_the_same(one: str, other: str) -> None:
    assert _like(one, other)
    assert _like(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_word_a_figure_a_sign_of_difference_is_one(one: str, other: str) -> None:
    assert not _like(one, other)
    assert not _like(other, one)


@given(st.lists(st.text(max_size=60), max_size=12))
def test_a_text_is_like_itself_and_the_first_that_is_counts(texts: list[str]) -> None:
    held = Texts()
    for text in texts:
        _add(held, text)
    for number, text in enumerate(texts):
        found = _first_like(held, text)
        assert found is not None
        assert found <= number


@given(
    st.text(max_size=40), st.text("0123456789", min_size=1, max_size=4), st.text("0123456789", min_size=1, max_size=4)
)
def test_another_number_is_another_text(before: str, one: str, other: str) -> None:
    assert _like(f"{before} {one} crowns", f"{before} {other} crowns") == (one == other)


def test_twice_the_text_takes_twice_the_time() -> None:
    def compared(text: str) -> None:
        held = Texts()
        _add(held, text)
        assert _first_like(held, text) == 0

    for sample in ("- (\n", "A 5 «é»-\n", " \u00ad\n", "\n\n'", "AB C"):
        check_growth(compared, lambda length, sample=sample: sample * (length // len(sample)))  # type: ignore[misc]


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


def test_the_same_words_below_headings_that_say_different_things_are_not_the_same() -> None:
    held, text = Texts(), "Telephone: 020 7946 0018. Delivers rye bread on Thursdays."
    held.add(text, outline_of(text), "Ada Wren")
    assert held.first_like(text, outline_of(text), "Ida Wren") is None
    assert held.first_like(text, outline_of(text), "Ada  Wren:") == 0
    assert held.first_like(text, outline_of(text)) == 0
