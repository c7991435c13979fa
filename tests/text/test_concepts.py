"""The words of a question, in every form in which documents may have them."""

from __future__ import annotations

import pytest

from citewell.text.concepts import concepts, splits


def test_a_word_has_a_form_for_each_language_and_counts_once() -> None:
    (word,) = concepts("kindness", ["en", "de"])
    assert set(word.forms) == {"kind", "kindness"}


def test_neighbours_may_be_one_word() -> None:
    web, site = concepts("web site")
    assert "websit" in web.forms
    assert "websit" in site.forms
    assert all("websit" not in each.forms for each in concepts("web, site"))


def test_one_word_may_be_two() -> None:
    (word,) = concepts("website")
    assert ("web", "site") in set(splits(word, ["en"])) or ("web", "sit") in set(splits(word, ["en"]))


def test_the_parts_of_a_code_stand_side_by_side_those_of_a_word_anywhere() -> None:
    code, word = concepts("KX-4410-B getUserName")
    assert (code.sequences, code.bags) == ((("kx", "4410", "b"),), ())
    assert (word.sequences, word.bags) == ((), (("get", "user", "name"),))


def test_a_word_that_is_asked_twice_counts_once() -> None:
    assert [each.word for each in concepts("boats and boat and BOATS")] == ["boats"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("图书馆的开放时间是什么时候？", ["图书", "书馆", "开放", "放时", "时间"]),
        ("就业对象有哪些？", ["就业", "业对", "对象"]),
        ("会员怎么退款？", ["会员", "退款"]),
        ("社長は誰ですか？", ["社長"]),
        ("港はいつ閉鎖されますか。", ["閉鎖"]),
        ("은행 회의는 어디에서 합니까?", ["은행", "회의"]),
    ],
)
def test_a_question_without_spaces_keeps_its_subject_and_loses_its_form(question: str, words: list[str]) -> None:
    assert [concept.word for concept in concepts(question, ["en"])] == words
