"""SQuAD, both ways, in real files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from citewell.errors import QuestionError
from citewell.evaluation.formats.shared import write_corpus
from citewell.evaluation.formats.squad import read_squad, write_squad
from citewell.evaluation.questions.anchoring import corpus_texts, gold
from citewell.settings import Settings
from tests.support.questions import AIR, BOTH, CUP, FISH, MOON, OTTERS, TEXTS, THEN


def squad_file(file: Path, *articles: dict[str, Any]) -> Path:
    file.write_text(json.dumps({"version": "v2.0", "data": articles}), encoding="utf-8")
    return file


def asked(context: str, *answers: tuple[str, int], name: str = "s1", **more: object) -> dict[str, Any]:
    found = [{"text": text, "answer_start": start} for text, start in answers]
    return {"context": context, "qas": [{"id": name, "question": "What?", "answers": found, **more}]}


def test_squad_answers_stand_where_they_are_said_to(tmp_path: Path) -> None:
    first = "Otters 🦦 eat fish.\0 Fish are eaten."
    second = "They eat fish, and crabs."
    file = squad_file(
        tmp_path / "squad.json",
        {
            "title": "Sea_Otters%21",
            "paragraphs": [
                asked(first, ("fish", 13), ("fish", 13), ("eat fish", 9), ("fish.\0", 13), name="s1"),
                asked(second, ("fish", 9), name="s2"),
                {"context": "Third.", "qas": []},
            ],
        },
        {"title": "Sea_Otters%21", "paragraphs": [asked("No.", name="s3", is_impossible=True, plausible_answers=[])]},
        {"paragraphs": [asked("No title.", ("title", 3), name="s4")]},
    )
    read = read_squad(file)
    write_corpus(read.documents, tmp_path / "corpus")
    assert corpus_texts(tmp_path / "corpus", Settings()) == read.documents
    texts = list(read.documents.values())
    assert texts == [
        f"Sea Otters!\n\n{first}\n\n{second}\n\nThird.".replace("\0", " "),
        "Sea Otters!\n\nNo.",
        "No title.",
    ]
    one, two, three, four = read.questions
    assert [(answer.quote, answer.start) for answer in one.answers] == [("fish", 26), ("eat fish", 22), ("fish. ", 26)]
    assert [(answer.quote, answer.start) for answer in two.answers] == [("fish", 13 + len(first) + 2 + 9)]
    assert (three.id, three.answerable, three.answers) == ("s3", False, ())
    assert four.answers[0].document == list(read.documents)[2]
    assert all(len(gold(question, read.documents)) == len(question.answers) for question in read.questions)


@pytest.mark.parametrize(
    ("paragraphs", "message"),
    [
        ([asked(OTTERS, ("fish", 12))], "id 's1': 'fish' does not start at answer_start 12; .*answer_start: 11"),
        ([asked(OTTERS, ("whales", 0))], "id 's1': 'whales' does not start.*word for word"),
        ([asked(OTTERS, ("fish", -1))], "answer_start"),
        ([asked(OTTERS, ("\0", 0))], "id 's1': an answer is empty"),
        ([asked(OTTERS)], "id 's1': needs answers"),
        ([asked(OTTERS, ("fish", 11), is_impossible=True)], "id 's1': has answers, but"),
        ([asked(OTTERS, ("fish", 11)), asked(MOON, ("Moon", 4))], "duplicate id 's1'"),
        ([{"context": OTTERS}], r"data\.0\.paragraphs\.0\.qas"),
    ],
)
def test_squad_errors_name_the_id(tmp_path: Path, paragraphs: list[dict[str, Any]], message: str) -> None:
    file = squad_file(tmp_path / "squad.json", {"title": "Otters", "paragraphs": paragraphs})
    with pytest.raises(QuestionError, match=message):
        read_squad(file)


def test_squad_file_has_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "squad.json"
    with pytest.raises(QuestionError, match="cannot be read"):
        read_squad(file)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(QuestionError, match="Invalid JSON"):
        read_squad(file)
    with pytest.raises(QuestionError, match="no document"):
        write_squad([CUP], {}, file)


def test_squad_comes_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "squad.json"
    assert write_squad([FISH, AIR, CUP, BOTH, THEN], TEXTS, file) == (BOTH, THEN)
    first = json.loads(file.read_text(encoding="utf-8"))["data"][0]
    assert [(qa["id"], qa["is_impossible"]) for qa in first["paragraphs"][0]["qas"]] == [("q 1", False), ("q3", True)]
    read = read_squad(file)
    by_id = {question.id: question for question in read.questions}
    assert set(by_id) == {"q 1", "q2", "q3"}
    assert not by_id["q3"].answerable
    for question in (FISH, AIR):
        before = gold(question, TEXTS)
        after = gold(by_id[question.id], read.documents)
        assert [place.span.of(read.documents[place.document]) for place in after] == [e.quote for e in question.answers]
        # Reading puts the title and a blank line before the text, and moves nothing else.
        moved = {there.span.start - here.span.start for here, there in zip(before, after, strict=True)}
        assert moved == {len(read.documents[after[0].document]) - len(TEXTS[before[0].document])}
