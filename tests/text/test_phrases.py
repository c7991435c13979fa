"""Quotation marks of every kind enclose a phrase, and a text has a phrase as it is written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.document import Span
from citewell.text.phrases import MOST_PHRASES, WrittenText, phrase_of, phrases_in, without_phrases


@pytest.mark.parametrize(
    "question",
    [
        'Where is "fish soup"?', "Where is “fish soup”?", "Wo ist „fish soup“?", "Gdzie „fish soup”?", "Var ”fish soup”?",
        "Où est « fish soup » ?", "Hvor er »fish soup«?", "Wo ‹fish soup›?", "fish ＂fish soup＂", "「fish soup」在哪",
        "什么是“fish soup”？",
        "『fish soup』は", "‚fish soup‘", "Where is ‘fish soup’?", '什么是"fish soup"', '"fish soup"nda', 'John\'s "fish soup"',
    ],
)  # fmt: skip
def test_what_stands_in_quotation_marks_is_a_phrase(question: str) -> None:
    (phrase,) = phrases_in(question)
    assert phrase.text == "fish soup"
    assert phrase.span.of(question).strip() == "fish soup"
    assert "soup" not in without_phrases(question)


@pytest.mark.parametrize(
    "question", ["John's and Mary's soup", "the dogs’ bowls and ’tis", 'a 5" pipe and a 6" pipe', 'one "', '"" "?"', ""]
)
def test_apostrophes_inches_and_lone_marks_are_no_quotation_marks(question: str) -> None:
    assert phrases_in(question) == ()


def test_a_question_has_few_phrases_each_once() -> None:
    assert [phrase.text for phrase in phrases_in('"Fish soup" “fish SOUP” "rope"')] == ["Fish soup", "rope"]
    assert len(phrases_in(" ".join(f'"word {nth}"' for nth in range(50)))) == MOST_PHRASES


@pytest.mark.parametrize(
    ("phrase", "text", "places"),
    [
        ("fish soup", "FISH  Soup, soup fish, fishsoup, fish soups", ["FISH  Soup"]),
        ("fish soup", "some **fish** soup and fish-soup\nand fish\nsoup", ["fish** soup", "fish-soup", "fish\nsoup"]),
        ("fish-soup", "fish soup", ["fish soup"]),
        ("fish soup", "fi\u00adsh soup and ﬁsh sou-\np", ["fi\u00adsh soup", "ﬁsh sou-\np"]),
        ("cafe creme", "Café cre\u0300me", ["Café cre\u0300me"]),
        ("straße", "STRASSE", ["STRASSE"]),
        ("3.5 kg", "13.5 kg, 3.5 kg, 3 5 kg", ["3.5 kg"]),
        ("to be, or not", "to be, or not", ["to be, or not"]),
        ("鱼汤", "我喜欢鱼汤。", ["鱼汤"]),
        ("กา", "การ กำ กา", ["กา", "กา"]),
    ],
)
def test_a_phrase_is_found_as_it_is_written(phrase: str, text: str, places: list[str]) -> None:
    asked = phrase_of(phrase, Span(0, len(phrase)))
    assert asked
    matches = list(WrittenText(text).matches(asked))
    assert [match.span.of(text) for match in matches] == places
    assert not any(match.is_apart for match in matches)


def test_other_punctuation_is_told_and_a_paragraph_parts() -> None:
    (phrase,) = phrases_in("“fish soup”")
    assert [match.is_apart for match in WrittenText("Fresh fish. Soup. A fish soup.").matches(phrase)] == [True, False]
    assert list(WrittenText("Fresh fish\n\nsoup").matches(phrase)) == []


WORDS = st.text(alphabet="aéßñΣ漢กb1 \u00ad\u0301.,-\n", min_size=1, max_size=30)


@given(WORDS, WORDS, WORDS)
def test_what_a_text_has_is_found_in_it(before: str, phrase: str, after: str) -> None:
    asked = phrase_of(phrase, Span(0, len(phrase)))
    text = f"{before}. {phrase}. {after}"
    if asked is None or any("\n" in gap for gap in asked.between):
        return
    spans = [match.span for match in WrittenText(text).matches(asked)]
    start = len(before) + 2
    assert any(start <= span.start and span.end <= start + len(phrase) for span in spans)
    folded = unicodedata.normalize("NFD", phrase).swapcase()
    again = phrase_of(folded, Span(0, len(folded)))
    assert again
    assert again.words == asked.words
