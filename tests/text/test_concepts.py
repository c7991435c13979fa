"""The words of a question, in every form in which documents may have them."""

from __future__ import annotations

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
