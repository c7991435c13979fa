"""The form of a question proposes its parts, in the languages of the function words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.coordination import MOST_PARTS, divisions
from citewell.text.joining import joining_words
from citewell.text.lists import languages_of
from tests.support.growth import check_growth


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What did he say about insulin and about Ukraine?", ["insulin", "Ukraine"]),
        ("What are the fees for adults, children, or members of a club?", ["adults", "children", "members"]),
        ("What did Marie Curie and Albert Einstein win?", ["Marie Curie", "Albert Einstein win"]),
        ("compare insulin with red wine", ["insulin", "red wine"]),
        ("red wine vs. beer", ["red wine", "beer"]),
        ("When was it founded? Who leads it?", ["When was it founded", "Who leads it"]),
        ("What is insulin, and who discovered it?", ["What is insulin", "who discovered it"]),
        ('Who says "rope and paint" or “to be”?', ['"rope and paint"', "“to be”"]),
        ("Was ist der Unterschied zwischen Urlaub und Krankheit?", ["Urlaub", "Krankheit"]),
        (
            "¿Cuándo se construyó el faro y cuándo abre el mercado?",
            ["¿Cuándo se construyó el faro", "cuándo abre el mercado"],
        ),
        ("Что он сказал об инсулине и об Украине?", ["инсулине", "Украине"]),
        ("ما الفرق بين الأنسولين وأوكرانيا؟", ["الأنسولين", "أوكرانيا"]),
        ("胰岛素和乌克兰的区别是什么？", ["胰岛素", "乌克兰"]),
        ("インスリンとウクライナの違いは何ですか", ["インスリン", "ウクライナ"]),
        ("「インスリン」と「ウクライナ」の違いは何ですか", ["「インスリン」", "「ウクライナ」"]),
        ('What did he say about "insulin" and Ukraine?', ['"insulin"', "Ukraine"]),
        ("인슐린과 우크라이나의 차이", ["인슐린", "우크라이나의"]),
        ("อินซูลินกับยูเครนต่างกันอย่างไร", ["อินซูลิน", "ยูเครน"]),
    ],
)
def test_parts_are_proposed(question: str, parts: list[str]) -> None:
    assert [part.text for part in divisions(question, ("en",))[0]] == parts


@pytest.mark.parametrize(
    "question",
    [
        "エリザベスが「私の夫だ」と語ったのはいつのことですか。",
        "What did he say?",
        "How did it change between 1990 and 2000?",
        "and",
        "and and",
        "What is it and?",
        "",
        "???",
    ],
)
def test_other_questions_have_one_part(question: str) -> None:
    assert divisions(question, ("en",)) == ()


def test_each_part_is_asked_with_what_it_shares() -> None:
    ((rope, paint),) = divisions("Who sells rope and paint?", ("en",))
    assert rope.wordings[0] == "Who sells rope?"
    assert paint.wordings == ("Who sells paint?", "Who paint?")
    ((wine, beer),) = divisions("What do red wine and beer cost?", ("en",))
    assert wine.wordings[0] == "What do red wine cost?"
    assert "What do beer cost?" in beer.wordings
    ((_, leads),) = divisions("When was it founded and who leads it?", ("en",))
    assert leads.is_sentence
    assert leads.follows


@pytest.mark.parametrize("language", languages_of("function_words"))
def test_each_language_with_function_words_has_joining_words(language: str) -> None:
    words = joining_words(language)
    assert words.joins
    assert words.asks
    assert words.compares
    assert not words.joins & words.asks


JOINED = ["and", "or", "vs", "compare", "with", "between", "和", "과", ","]
OTHERS = ["what", "fish", "Soup", "of", "?", '"', "“", "”", "鱼", "1990"]
WORDS = st.lists(st.sampled_from([*JOINED, *OTHERS]), max_size=24)


@given(WORDS, st.sampled_from([" ", ""]))
def test_any_question_has_few_parts_that_stand_in_it(words: list[str], space: str) -> None:
    question = space.join(words)
    for division in divisions(question, ("en", "zh", "ko")):
        assert 2 <= len(division) <= MOST_PARTS
        assert all(part.text in question and part.key in question and part.wordings for part in division)
        assert all(wording.strip() for part in division for wording in part.wordings)


@pytest.mark.promise("bounded-work")
def test_a_long_question_without_a_question_mark_is_looked_through_once() -> None:
    # What is remembered would take no time.
    check_growth(lambda text: divisions.__wrapped__(text, ("en",)), lambda length: "? a" + "ok " * (length // 3))
