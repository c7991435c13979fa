"""The words of a question, in every form in which documents may have them."""

from __future__ import annotations

import pytest

from citewell.text.concepts import concepts, splits, word_before


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
    assert (code.sequences[0], code.bags) == (("kx", "4410", "b"), ())
    assert (word.sequences, word.bags) == ((), (("get", "user", "name"),))


def test_a_code_may_stand_apart_at_each_of_its_parts() -> None:
    (code,) = concepts("SKF6205-2RS")
    assert {("skf", "62052rs"), ("skf6205", "2rs")} <= set(code.sequences)


@pytest.mark.parametrize(
    ("code", "found"),
    [("LS101JW", {("ls1", "01jw"), ("ls10", "1jw")}), ("KX441012", set()), ("44101B", set())],
)
def test_a_code_may_be_two_within_its_digits(code: str, found: set[tuple[str, str]]) -> None:
    (concept,) = concepts(code)
    assert set(splits(concept, ["en"])) == found


def test_neighbouring_codes_may_be_one() -> None:
    assert all("ls101jw" in each.forms for each in concepts("LS10 1JW"))
    assert all("ls101jw" not in each.forms for each in concepts("LS10, 1JW"))


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        ("2150", {"2150", "2150.00"}),
        ("2,150.00", {"2150", "2150.00"}),
        ("3.1", {"3.1"}),
        ("12 June", {"12"}),
        ("3.10", {"3.10"}),
        ("10.0.0.1", {"10.0.0.1"}),
        ("£3.1", {"3.1", "3.10"}),
        ("3.10 EUR", {"3.1", "3.10"}),
        ("3.10 all", {"3.10"}),
        ("3.125 €", {"3.125"}),
        ("12,500.00", {"12500", "12500.00"}),
        ("1,234,567.89", {"1234567.89"}),
    ],
)
def test_a_number_has_the_decimals_of_money(question: str, forms: set[str]) -> None:
    assert set(concepts(question)[0].forms) == forms


def test_a_code_without_a_part_that_no_index_has_is_another_one() -> None:
    (code,) = concepts("KX-4410-A")
    assert (code.forms, code.sequences) == (("kx4410a",), ())


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Was trägt das 6-mm-Kabel?", ["trägt", "6mm", "Kabel"]),
        ("Who sells a 5-litre tank?", ["sells", "5", "litre", "tank"]),
        ("Who reads the A-4 sheet?", ["reads", "A4", "sheet"]),
    ],
)
def test_a_measure_is_one_also_with_hyphens(question: str, words: list[str]) -> None:
    found = concepts(question, ["en", "de"])
    assert [each.word for each in found] == words
    assert all(each.span.of(question) for each in found)


def test_a_pronoun_behind_its_verb_tells_nothing() -> None:
    assert [each.word for each in concepts("Combien d'œufs faut-il ?", ["fr"])] == ["œufs"]


def test_the_day_of_a_month_is_known_as_one() -> None:
    months = {each.word: each.month for each in concepts("Who came on 12 June 2023 at 9?")}
    assert months["12"] == (6, "2023", "12")
    assert not any(months[word] for word in ("June", "2023", "9"))


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


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("the Old Town ", "town"),
        ("§\u00a0", "§"),
        ("l'été-là ", "l'été-là"),
        ("over ( ", "("),
        ("two  ", ""),
        ("above\n", ""),
        ("", ""),
        (f"{'x' * 50} ", "x" * 39),
    ],
)
def test_what_stands_before_a_word(text: str, before: str) -> None:
    assert word_before(f"{text}word", len(text)) == before


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Will order?", ["Will", "order"]),
        ("Where is Dr. Who today?", ["Dr", "Who", "today"]),
        ("What Is The Fee For Visitors?", ["Fee", "Visitors"]),
        ("Was sagt Die Zeit dazu?", ["sagt", "Zeit"]),
    ],
)
def test_a_function_word_with_a_capital_may_be_a_name(question: str, words: list[str]) -> None:
    found = concepts(question, ("en", "de"))
    assert [each.word for each in found] == words
    assert {each.word for each in found if each.may_be_name} == {"Will", "Who"} & set(words)
