"""Whether a question is in another language than documents."""

from __future__ import annotations

import pytest

from citewell.search.everyday import everyday_questions
from citewell.text.foreign import asked_in, is_foreign
from citewell.text.language_names import name_of_language
from citewell.text.lists import languages_of

LANGUAGES = languages_of("function_words")


@pytest.mark.parametrize(
    ("question", "languages", "asked"),
    [
        ("Wie entsteht ein Gletscher?", ["en"], "de"),
        ("How are glaciers formed?", ["en"], "en"),
        ("How are glaciers formed?", ["de", "fr"], "en"),
        ("冰川是怎样形成的？", ["en", "ja"], "zh"),
        ("Как образуются ледники?", ["en", "uk"], "ru"),
        # Nothing but names and nouns, which languages share.
        ("vegetarian lasagne recipe", ["en"], None),
        ("How do I tie a bow tie?", ["en"], None),
        ("KX-4410-B", ["en"], None),
        ("Hvor langt er der til månen?", ["no"], None),
    ],
)
def test_a_language_is_said_only_where_it_is_clear(question: str, languages: list[str], asked: str | None) -> None:
    found = asked_in(question, languages)
    assert found == asked or (asked is None and found in languages)


def test_english_questions_are_not_taken_for_others() -> None:
    assert [question for question in everyday_questions() if is_foreign(question, ["en"])] == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_questions_in_other_languages_are_foreign_to_english_documents(language: str) -> None:
    asked = [asked_in(question, ["en"]) for question in everyday_questions(language)]
    assert asked.count(language) >= 0.8 * len(asked)


def test_nothing_is_foreign_to_documents_of_no_known_language() -> None:
    assert not is_foreign("Wie entsteht ein Gletscher?", [])


def test_each_language_has_a_name() -> None:
    assert name_of_language("de") == "German"
    assert [each for each in LANGUAGES if name_of_language(each) == each] == []
    assert name_of_language("tlh") == "tlh"
