"""What looks the same is the same, and every character knows its place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.plain_form import PlainForm

MESSY = st.text(
    st.sampled_from("ab \n-AÄäﬁ１٤²™\u00ad\u200b\u200d\u2060\u0308\u0301é日한\u1112\u1161\u11abहिन्दी\r\ufeff"),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Das Ge\u00adsamt\u00adkon\u00adzept", "Das Gesamtkonzept"),
        ("pass\u200bword back\u2060up", "password backup"),
        ("Mu\u0308llabfuhr", "Müllabfuhr"),
        ("the sew-\nerage of the may-\r\n  or", "the sewerage of the mayor"),
        ("the sew\u00ad\nerage", "the sewerage"),
        ("ﬁne ＫＸ１２", "fine KX12"),
        ("Zimmer 3-\nBett", "Zimmer 3-\nBett"),
        ("an end -\nand a start", "an end -\nand a start"),
        ("Citewell™ and a…", "Citewell™ and a…"),
        ("\u1112\u1161\u11ab글", "한글"),
        ("سنة ١٩٩٨ و۴۵۰", "سنة 1998 و450"),
        ("१५० रुपये, ๑๕๐ บาท, １２，０００円", "150 रुपये, 150 บาท, 12,000円"),
    ],
)
def test_forms_that_look_the_same_become_one(text: str, plain: str) -> None:
    assert PlainForm(text).text == plain


def test_a_word_is_found_at_its_place_in_the_text() -> None:
    text = "Die Mu\u0308ll\u00adabfuhr und der Bau-\nleiter."
    plain = PlainForm(text)
    for word, there in [("Müllabfuhr", "Mu\u0308ll\u00adabfuhr"), ("Bauleiter", "Bau-\nleiter"), ("und", "und")]:
        at = plain.text.index(word)
        assert plain.place(at, at + len(word)).of(text) == there


@given(MESSY)
def test_places_are_inside_the_text_in_order_and_look_the_same(text: str) -> None:
    plain = PlainForm(text)
    places = [plain.place(at, at + 1) for at in range(len(plain.text))]
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert [place.start for place in places] == sorted(place.start for place in places)
    for at, place in enumerate(places):
        alike = unicodedata.normalize("NFKC", place.of(text)).replace("٤", "4")
        assert plain.text[at] in place.of(text) + alike


@given(MESSY)
def test_a_plain_form_is_its_own_plain_form(text: str) -> None:
    once = PlainForm(text).text
    # Joining lines can bring new letters together; nothing else is left to do.
    if "\n" not in once and "\r" not in once:
        assert PlainForm(once).text == once
