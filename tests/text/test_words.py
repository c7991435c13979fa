"""Words, numbers and codes: one form for each spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.plain_form import PlainForm
from citewell.text.words import Kind, plain_number, words


def forms(text: str, *, decimal_comma: bool = False) -> list[str]:
    return [word.text for word in words(text, decimal_comma=decimal_comma)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KX-4410-B", "KX4410B"),
        ("KX\u20114410\u2011B", "KX4410B"),
        ("re-opened", "reopened"),
        ("Wi-Fi", "WiFi"),
        ("max_retry_count", "maxretrycount"),
        ("U.S.A.", "USA"),
        ("1,234.50", "1234.50"),
        ("1 234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("12 500 000", "12500000"),
        ("450 kg", "450kg"),
        ("450\u00a0kg", "450kg"),
        ("20 °C", "20°C"),
        ("+47 22 33 44 55", "+4722334455"),
        ("(022) 334-455", "022 334 455"),
        ("١٬٢٣٤٫٥", "١٢٣٤٫٥"),
    ],
)
def test_spellings_of_one_thing_have_one_form(one: str, other: str) -> None:
    assert len(forms(one)) == 1
    assert forms(one) == forms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KX-4410-B", "KX-4401-B"),
        ("C++", "C#"),
        ("C++", "C"),
        ("1,234.50", "123,450"),
        ("450 kg", "450 g"),
        ("2.10", "2.1"),
        ("9:17", "917"),
        ("v1.2.3", "v12.3"),
        ("1.5", "15"),
    ],
)
def test_different_things_have_different_forms(one: str, other: str) -> None:
    assert forms(one) != forms(other)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("getUserByName", ("get", "User", "By", "Name")),
        ("XMLParser", ("XML", "Parser")),
        ("state-of-the-art", ("state", "of", "the", "art")),
        ("KX-4410-B", ("KX", "4410", "B")),
        ("E-102", ("E", "102")),
        ("450kg", ("450", "kg")),
        ("2026-01-31", ("2026", "01", "31")),
        ("gate.example", ("gate", "example")),
        ("ferry", ()),
    ],
)
def test_parts(text: str, parts: tuple[str, ...]) -> None:
    (word,) = words(text)
    assert word.parts == parts


@pytest.mark.parametrize(
    ("text", "also"),
    [
        ("+44 20 7946 0812", ("02079460812", "2079460812")),
        ("+44 (0)20 7946 0812", ("02079460812", "2079460812")),
        ("+12125550199", ("02125550199", "2125550199")),
        ("00442079460812", ("442079460812", "02079460812", "2079460812", "079460812", "79460812")),
        ("020 7946 0812", ("+2079460812",)),
        ("0123456", ()),
        ("v3.10", ("3.10",)),
        ("ReleaseNotes_v4.1.2.md", ("4.1.2",)),
        ("Notes-3.10", ("3.10",)),
        ("python3.11", ("3.11",)),
        ("B2.1", ()),
        ("v3.10-rc1", ()),
        ("v3", ()),
        ("gate.example", ()),
    ],
)
def test_what_else_a_word_may_be_asked_for_by(text: str, also: tuple[str, ...]) -> None:
    (word,) = words(text)
    assert word.also == also


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In 2019 214 members", ["In", "2019", "214", "members"]),
        ("3.–5. May", ["3", "5", "May"]),
        ("| Z40 | 19.00 | 80.00 |", ["Z40", "19.00", "80.00"]),
        ("/dev/sdb is full", ["dev", "sdb", "is", "full"]),
        ("0 10 20 30 40 50 60 70 80 90", ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90"]),
        ("call 4417-20.", ["call", "441720"]),
        ("l'école", ["l", "école"]),
        ("end of it.Next", ["end", "of", "it.Next"]),
    ],
)
def test_words_of_a_line(text: str, found: list[str]) -> None:
    assert forms(text) == found


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("1,234", False, "1234"),
        ("1,234", True, "1.234"),
        ("1.234", True, "1234"),
        ("1.234", False, "1.234"),
        ("1.234,50", True, "1234.50"),
        ("1.234,50", False, "1234.50"),
        ("1.234.567", False, "1234567"),
        ("3,5", False, "3.5"),
        ("10.0.0.1", False, "10.0.0.1"),
        ("1٬234٫567", True, "1234.567"),
    ],
)
def test_numbers(text: str, comma: bool, number: str) -> None:  # noqa: FBT001
    assert plain_number(text, decimal_comma=comma) == number


def test_scripts_without_spaces_are_matched_by_pairs() -> None:
    assert forms("急诊室开放") == ["急诊", "诊室", "室开", "开放"]
    assert forms("茶") == ["茶"]
    assert forms("สวัสดี") == ["สวั", "วัส", "สดี"]
    assert {word.kind for word in words("서울에서")} == {Kind.PIECE}
    assert forms("第3章のWi-Fi") == ["第", "3", "章の", "WiFi"]


@pytest.mark.parametrize(
    "text", ["12,000", "12 000", "3.5", "5 kg", "5kg", "03-1234-5678", "C++", "U.S.A.", "DE89 3704 0044 0532 0130 00"]
)
@pytest.mark.parametrize(
    ("before", "after"), [("約", "円です"), ("약 ", "원입니다"), ("ราคา", "บาท"), ("至少", "以上")]
)
def test_other_scripts_go_on_beside_a_number_or_a_code(text: str, before: str, after: str) -> None:
    (alone,) = words(text)
    assert (alone.text, alone.kind, alone.parts) in [
        (word.text, word.kind, word.parts) for word in words(before + text + after)
    ]


@given(st.text(max_size=60))
def test_words_are_inside_the_text_and_in_order(text: str) -> None:
    found = list(words(text))
    assert all(0 <= word.start < word.end <= len(text) and word.text for word in found)
    assert [word.start for word in found] == sorted(word.start for word in found)


@given(st.text(st.sampled_from("abcABC123äß日本 .,-:/'+#()"), max_size=60))
def test_every_letter_and_digit_is_in_a_word(text: str) -> None:
    covered = {at for word in words(text) for at in range(word.start, word.end)}
    assert {at for at, each in enumerate(text) if each.isalnum()} <= covered


@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "Who",
                "IT",
                "KX-4410",
                "iPhone",
                "3.5",
                "U.S.A.",
                "C++",
                "it's",
                "END.",
                "日本",
                "Wi-Fi",
                "ago",
                "quay",
                "ÄRger",
                "I",
            ]
        )
    ),
    st.sampled_from([", ", "! ", " ; ", "?? "]),
)
def test_words_side_by_side_are_those_that_they_are_alone(texts: list[str], between: str) -> None:
    text = between.join(texts)
    alone = [(word.text, word.kind, word.parts) for each in texts for word in words(each)]
    assert [(word.text, word.kind, word.parts) for word in words(text)] == alone
    assert all(forms(text[word.start : word.end]) == [word.text] for word in words(text))


def test_an_account_is_one_code_however_it_is_written() -> None:
    (grouped,), (joined,) = (list(words(each)) for each in ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"))
    assert (grouped.text, grouped.kind) == (joined.text, joined.kind) == ("DE89370400440532013000", Kind.CODE)
    assert grouped.parts == ("DE89", "3704", "0044", "0532", "0130", "00")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AT61 1904 3002 3457 3201 2024", ["AT611904300234573201", "2024"]),
        ("GB29 NWBK 6016 1331 9268 19 is ours", ["GB29NWBK60161331926819", "is", "ours"]),
        ("FY21 2019 2020 2021 2022", ["FY21", "2019", "2020", "2021", "2022"]),
        ("DE88 3704 0044 0532 0130 00", ["DE88", "3704", "0044", "0532", "0130", "00"]),
        ("AB12 THIS TEXT GOES ON", ["AB12", "THIS", "TEXT", "GOES", "ON"]),
    ],
)
def test_groups_are_an_account_by_its_check_digits(text: str, found: list[str]) -> None:
    assert forms(text) == found


def test_a_fraction_is_no_whole_number() -> None:
    found = forms(PlainForm("2½ cups, ½ litre, 1/2 litre, 4/5, 45, 21 eggs").text)
    assert found == ["21⁄2", "cups", "1⁄2", "litre", "1⁄2", "litre", "4⁄5", "45", "21", "eggs"]
