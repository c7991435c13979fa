"""Traditional and simplified Chinese are matched as one."""

from __future__ import annotations

import pytest

from citewell.text.concepts import concepts
from citewell.text.han import simplified
from citewell.text.language import function_words
from citewell.text.terms import analyse


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [
        ("預約體育館", "预约体育馆"),
        ("裡面", "里面"),
        ("裏面", "里面"),
        ("衞生", "卫生"),
        ("衛生", "卫生"),
        ("羽球", "羽球"),
    ],
)
def test_traditional_characters_become_simplified_at_their_place(traditional: str, simple: str) -> None:
    assert simplified(traditional, "zh") == simple == simplified(simple, "zh")
    assert simplified(traditional, "en") == simple


def test_japanese_keeps_its_characters() -> None:
    assert simplified("幹部の図書館", "ja") == "幹部の図書館"
    assert [term.text for term in analyse("図書館", "ja")] == ["図書", "書館"]


def test_a_word_keeps_its_place_and_how_it_is_written() -> None:
    text = "請預約。"
    (_, term) = analyse(text, "zh")
    assert (term.text, term.parts, term.span.of(text), term.word) == ("预约", ("预", "约"), "預約", "預約")


def test_function_words_are_left_out_in_either() -> None:
    words = function_words("zh")
    assert {simplified(each, "zh") for each in words} <= words
    assert [each.word for each in concepts("補考被誰批准？", ["zh"])] == ["補考", "批准"]
