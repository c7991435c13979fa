"""Runs: asked of a real index, kept as files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from citewell import Assistant, IndexFolder, Settings
from citewell.errors import QuestionError
from citewell.evaluation.questions.sets import Question, QuestionSet, Quotation
from citewell.evaluation.running import load_run, run, save_run
from tests.support.runs import outcome
from tests.support.runs import run as a_run

ARTICLE = "international-education.txt"
QUESTIONS = QuestionSet(
    "made",
    (
        Question(
            id="visas",
            question="Which logistical issues are there?",
            kind="literal",
            answers=(Quotation(document=ARTICLE, quote="visa regulations and language barriers"),),
        ),
        Question(
            id="then",
            question="And what does it help students with?",
            history=({"role": "user", "content": "What is joint curriculum development?"},),  # type: ignore[arg-type]
            answers=(Quotation(document=ARTICLE, quote="Such curricula help students"),),
        ),
        Question(id="cup", question="Who won the cup?", answerable=False),
    ),
    (1, 2, 3),
)


def test_a_run_asks_as_a_reader_does(assistant: Assistant) -> None:
    told: list[tuple[str, int, int]] = []
    made = run(assistant, QUESTIONS, name="now", progress=lambda *each: told.append(each))
    assert [outcome.question.id for outcome in made.outcomes] == ["visas", "then", "cup"]
    assert [outcome.answered for outcome in made.outcomes] == [True, True, False]
    assert made.outcomes[0].measures()["hit@1"] == 1
    assert made.outcomes[1].answer is not None
    assert made.outcomes[1].answer.understood_with == ("What is joint curriculum development?",)
    text = assistant.document(ARTICLE).text
    (place,) = made.outcomes[0].gold
    assert place.span.of(text) == "visa regulations and language barriers"
    assert told[0] == ("Asking", 0, 3)
    assert told[-1] == ("Asking", 3, 3)
    assert made.about["snapshot"] == assistant.manifest.name
    assert "words" not in made.about


def test_a_run_says_with_which_other_names_it_was_made(bundled_index: Path, tmp_path: Path) -> None:
    words, digests = tmp_path / "words.txt", set()
    asking = Assistant(IndexFolder(bundled_index), Settings(words=str(words)))
    for rule in ("visa -> permit", "visa -> barrier"):
        words.write_text(rule, encoding="utf-8")
        digests.add(run(asking, QUESTIONS, name="now").about["words"])
    assert len(digests) == 2


def test_a_saved_run_is_the_same_run(assistant: Assistant, tmp_path: Path) -> None:
    made = run(assistant, QUESTIONS, name="now")
    save_run(made, tmp_path / "run.jsonl")
    assert load_run(tmp_path / "run.jsonl") == made
    assert made.outcomes[1].answer.understood_with  # type: ignore[union-attr]
    assert made.outcomes[0].passages[0].cosine > 0


def test_a_saved_run_keeps_line_ends_of_every_kind(tmp_path: Path) -> None:
    made = a_run("now", outcome("one", [("a", 0, 10)], [("a", 0, 10)]))
    answer = made.outcomes[0].answer
    assert answer is not None
    text = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\rh\ni"
    passage = answer.passages[0].model_copy(update={"text": text})
    answer = answer.model_copy(update={"passages": (passage,)})
    save_run(replace(made, outcomes=(replace(made.outcomes[0], answer=answer),)), tmp_path / "run.jsonl")
    assert load_run(tmp_path / "run.jsonl").outcomes[0].passages[0].text == text


def test_a_question_whose_answer_is_taken_out_of_a_run_counts_as_zero(assistant: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    save_run(run(assistant, QUESTIONS, name="now"), file)
    head, first, *rest = file.read_text(encoding="utf-8").splitlines()
    silent = json.dumps(json.loads(first) | {"answer": None})
    file.write_text("\n".join([head, silent, *rest]), encoding="utf-8")
    outcome = load_run(file).outcomes[0]
    assert set(outcome.measures().values()) == {0.0}
    assert (outcome.answered, outcome.confidence, outcome.passages) == (False, 0.0, ())


def test_a_quotation_that_is_not_in_the_index_stops_a_run_before_it_asks(assistant: Assistant) -> None:
    for document in (ARTICLE, "other.txt"):
        wrong = Question(id="w", question="Why?", answers=(Quotation(document=document, quote="no such words"),))
        with pytest.raises(QuestionError, match="“no such words” is not in"):
            run(assistant, QuestionSet("made", (wrong,), (1,)), name="now")


@pytest.mark.parametrize(("text", "line"), [("", 1), ("{}", 1), ('{"run": "x", "about": {}}\n{"question": 1}', 2)])
def test_what_is_no_run_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "run.jsonl").write_text(text)
    with pytest.raises(
        QuestionError, match=rf"run\.jsonl, line {line}: not a saved run; `citewell evaluate` saves one"
    ):
        load_run(tmp_path / "run.jsonl")
    with pytest.raises(QuestionError, match="cannot be read"):
        load_run(tmp_path / "none.jsonl")
