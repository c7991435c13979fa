"""Everyday questions, and how many of them a corpus is calibrated with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.fitting import samples
from citewell.search.calibrating import _pieces
from citewell.search.everyday import everyday_questions, questions_for
from citewell.text.language import detect
from citewell.text.lists import languages_of
from tests.support.cases import others_long
from tests.support.commands import citewell
from tests.support.encoders import prepared_multilingual


@pytest.fixture(scope="module", autouse=True)
def few_questions() -> None:
    """How confident an answer is matters here: builds calibrate with all questions."""


@pytest.mark.parametrize("language", languages_of("function_words"))
def test_each_language_with_function_words_has_questions_that_are_in_it(language: str) -> None:
    questions = everyday_questions(language)
    assert len(set(questions)) == len(questions) >= 40
    assert all(question.strip() == question != "" for question in questions)
    assert sum(detect(question) == language for question in questions) >= 0.8 * len(questions)


def test_a_language_without_a_list_has_none() -> None:
    assert everyday_questions("tlh") == ()


def test_an_english_corpus_is_asked_all_english_questions_and_no_others() -> None:
    assert questions_for({"en": 7}) == {"en": 269}


def test_a_corpus_is_asked_in_its_languages_in_their_shares() -> None:
    assert questions_for({"de": 30, "fr": 15, "tlh": 9}) == {"de": 50, "fr": 25}
    assert questions_for({"en": 90, "de": 1}) == {"en": 269, "de": 3}


def test_a_corpus_of_no_known_language_is_asked_in_english() -> None:
    assert questions_for({}) == questions_for({"tlh": 3}) == {"en": 269}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("蜜蜂的花园是采集花蜜", ["蜜蜂", "花园", "采集花蜜"]),
        ("東京オリンピックの直前に", ["東京オリ", "ンピック", "直前"]),
        ("Don't re-open the हिन्दी file.", ["Don't", "re-open", "the", "हिन्दी", "file"]),
    ],
)
def test_words_for_questions_are_short_where_no_spaces_part_them(text: str, pieces: list[str]) -> None:
    assert list(_pieces(text)) == pieces


def _write_every_second_passage(language: str, corpus: Path) -> None:
    corpus.mkdir()
    for nth, passage in enumerate(samples()[language].passages[::2]):
        (corpus / f"{nth}.txt").write_text(passage, encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize("language", others_long(["es", "pl", "zh"]))
def test_everyday_questions_in_the_language_of_an_index_are_refused(tmp_path: Path, language: str) -> None:
    # With English questions alone, 37, 25 and 9 of them were answered: for this model all Spanish is alike.
    _write_every_second_passage(language, tmp_path / "corpus")
    index = IndexFolder(tmp_path / "index")
    build(tmp_path / "corpus", index, Settings(model="english"))
    assistant = Assistant(index)
    assert sum(assistant.ask(question).answered for question in everyday_questions(language)) <= 3


@pytest.mark.long
def test_an_index_of_another_language_answers_what_it_covers_and_hardly_anything_else(tmp_path: Path) -> None:
    prepared_multilingual()
    _write_every_second_passage("ja", tmp_path / "corpus")
    index = tmp_path / "index"
    built = citewell("index", "--corpus", tmp_path / "corpus", "--index", index, "--model", "multilingual")
    assert built.returncode == 0, built.stderr
    questions = samples()["ja"].questions
    batch = tmp_path / "questions.jsonl"
    asked = [*questions[::2], *questions[1::2], *everyday_questions("ja")[::4]]
    batch.write_text("".join(json.dumps({"question": each}) + "\n" for each in asked), encoding="utf-8")
    lines = citewell("ask", "--batch", batch, "--index", index, "--json").stdout.splitlines()
    answered = [json.loads(line)["answered"] for line in lines]
    assert sum(answered[:10]) >= 8
    assert sum(answered[10:]) <= 2
