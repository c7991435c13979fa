"""What an answer ends in: all places of the question's words that it has."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.search.telling import query_of, telling_words


def query(assistant: Assistant, question: str) -> tuple[str, int] | None:
    return query_of(assistant.ask(question), assistant.view().finder(), ["en"])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What are the challenges of international cooperation?", "challenges cooperation"),
        # “Face” is as rare, but not in what is marked.
        ("Which institutions and students face visa regulations?", "visa regulations"),
        ("Is a visa regulation a hurdle?", "visa regulation*"),
    ],
    ids=["the rarest two", "those of the mark", "any ending"],
)
def test_the_places_of_what_is_asked_are_offered(assistant: Assistant, question: str, words: str) -> None:
    assert query(assistant, question) == (words, assistant.view().finder().count(words))


def test_without_any_word_of_the_question_nothing_is_offered(assistant: Assistant) -> None:
    assert query(assistant, "Xylophonists?") is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does the well-known visa cost?", ["well-known", "visa", "cost"]),
        ("東京の人口は何人ですか？", ["東京", "人口"]),
        ("Who is it?", []),
    ],
)
def test_function_words_tell_nothing(question: str, words: list[str]) -> None:
    found = list(telling_words(question, ["en", "ja"]))
    assert set(words) <= set(found)
    assert not {"the", "What", "は", "の", "Who", "it"} & set(found)
