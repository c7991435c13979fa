"""Filters on the command line: in words, as an option, and in the lines of a batch and the items of a question set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citewell import Assistant
from citewell.evaluation.questions.feedback import about
from citewell.evaluation.questions.sets import parse_question, read_questions
from citewell.evaluation.running import run
from tests.support.commands import citewell
from tests.support.policies import policies_in

QUESTION = "How much may a hotel cost a night?"


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return policies_in(tmp_path_factory.mktemp("policies"))


def test_words_and_option_are_the_same_and_shown(policies: Assistant) -> None:
    index = policies.index.path
    shown = citewell("ask", QUESTION, "--filter", "author:Bo Kim", "--filter", "-tag:final", "--index", index).stdout
    assert 'Only documents with author:"Bo Kim" -tag:final.' in shown
    assert "reports/2024/travel.md" in shown
    assert "reports/2023" not in shown
    # The command that finds the words keeps them.
    assert "--filter 'author:\"Bo Kim\"' --filter -tag:final" in shown
    assert citewell("ask", f'{QUESTION} author:"Bo Kim" -tag:final', "--index", index).stdout == shown
    found = citewell("find", "hotel date:2022", "--index", index).stdout
    assert "Only documents with date:2022." in found
    assert "1 place in 1 paragraph" in found


def test_what_no_document_has_is_wrong_usage(policies: Assistant) -> None:
    done = citewell("ask", f"{QUESTION} tag:none", "--index", policies.index.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no document has tag:none; there are: travel, final, draft" in done.stderr


def test_a_batch_takes_filters_and_names_the_line_of_a_wrong_one(policies: Assistant, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    lines = [{"question": QUESTION, "filters": ["date:2022"]}, {"question": f"{QUESTION} date:2023"}]
    batch.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    arguments = ("ask", "--batch", batch, "--filter", "kind:markdown", "--index", policies.index.path, "--json")
    answers = [json.loads(line) for line in citewell(*arguments).stdout.splitlines()]
    assert [{each["document"] for each in answer["passages"]} for answer in answers] == [
        {"reports/2022/travel.md"},
        {"reports/2023/travel.md", "hr/urlaub.md"},
    ]
    assert [[each["name"] for each in answer["filters"]] for answer in answers] == [["kind", "date"]] * 2
    for wrong in ({"question": QUESTION, "filters": ["x"]}, {"question": f"{QUESTION} date:1999"}):
        batch.write_text("\n".join(map(json.dumps, [*lines, wrong])), encoding="utf-8")
        done = citewell(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "line 3: " in done.stderr


def test_a_question_set_takes_filters(policies: Assistant, tmp_path: Path) -> None:
    file = tmp_path / "set.yaml"
    answers = "  answers:\n    - {document: reports/2022/travel.md, quote: 110 euros a night}\n"
    file.write_text(f"- question: {QUESTION}\n  filters: [before:2023, in:reports]\n{answers}", encoding="utf-8")
    [outcome] = run(policies, read_questions(file), name="filtered").outcomes
    assert outcome.measures()["hit@1"] == 1
    assert {each.document for each in outcome.passages} == {"reports/2022/travel.md"}
    plain = parse_question({"question": QUESTION, "answerable": False}, "here")
    assert plain.id != outcome.question.id
    with pytest.raises(Exception, match="'x' is no filter"):
        parse_question({"question": QUESTION, "answerable": False, "filters": ["x"]}, "here")


def test_feedback_keeps_the_filters_as_words(policies: Assistant) -> None:
    answer = policies.ask(f"{QUESTION} tag:draft")
    assert about(answer, (), "unhelpful").question == f"{QUESTION} tag:draft"
