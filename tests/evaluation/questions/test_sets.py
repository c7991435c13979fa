"""Question sets: reading them with errors that name line and field, and editing them in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import ruamel.yaml
from hypothesis import given
from hypothesis import strategies as st

from citewell.errors import QuestionError
from citewell.evaluation.questions.sets import (
    Question,
    Quotation,
    append_question,
    read_questions,
    rewrite_answers,
    write_questions,
)
from citewell.evaluation.questions.yaml_items import append_item, dump_items, edit_items

YAML = """\
# The set of a careful person.

- question: "Which visas?"   # quoted on purpose
  kind: literal
  answers:
    - {document: a.txt, quote: 'visa: "regulations"', start: 7}
# Between two questions.

- question: Who won?
  answerable: false
- question: And then?
  id: own-name
  history:
    - {role: user, content: What are exchanges?}
  answers:
    - document: b.txt
      quote: >-
        folded
        words
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "set.yaml"
    path.write_text(YAML, encoding="utf-8")
    return path


def test_a_set_in_yaml_is_read_with_its_lines(file: Path) -> None:
    found = read_questions(file)
    assert found.lines == (3, 9, 11)
    visas, won, then = found.questions
    assert visas.answers == (Quotation(document="a.txt", quote='visa: "regulations"', start=7),)
    assert (won.answerable, won.answers) == (False, ())
    assert (then.id, then.turns[0].content, then.answers[0].quote) == (
        "own-name",
        "What are exchanges?",
        "folded words",
    )


def test_both_formats_hold_the_same(file: Path, tmp_path: Path) -> None:
    questions = read_questions(file).questions
    for name in ("out.yaml", "out.jsonl"):
        write_questions(questions, tmp_path / name)
        assert read_questions(tmp_path / name).questions == questions


def test_a_question_without_a_name_is_named_after_what_it_asks() -> None:
    def name(**more: object) -> str:
        return Question.model_validate({"question": "Why?", "answerable": False, **more}).id

    assert name() == name(kind="other") != ""
    assert name() != name(history=[{"role": "user", "content": "What are exchanges?"}])
    assert name(id=7) == "7"
    assert name(id=0) == "0"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ('{"question": ""}', "line 2: the question is empty"),
        ('{"question": "Why?"}', "line 2: needs answers, each with document and quote; or answerable: false"),
        ('{"question": "Why?", "answers": [{"document": "a"}]}', "line 2, answers.0.quote: Field required"),
        (
            '{"question": "Why?", "answers": [{"document": "a", "quote": " "}]}',
            "answers.0.quote: the quotation is empty",
        ),
        (
            '{"question": "Why?", "answerable": false, "answers": [{"document": "a", "quote": "x"}]}',
            "has answers, but",
        ),
        ('{"question": "Why?", "answerable": false, "anwsers": []}', "line 2, anwsers: Extra inputs"),
        ('{"question": "First?", "answerable": false}', "is already used in line 1"),
        ("[1]", "line 2: Input should be"),
    ],
)
def test_a_bad_line_is_named_with_its_field(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "set.jsonl").write_text('{"question": "First?", "answerable": false}\n' + line, encoding="utf-8")
    with pytest.raises(QuestionError) as error:
        read_questions(tmp_path / "set.jsonl")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("question: Why?", "a question set is a list of questions"),
        ("- question: a: b: c", "line 1: not YAML"),
        ("- question: Why?\n  answerable: false\n- question: Who?\n", "line 3: needs answers"),
        ("- 3\n", "line 1: Input should be"),
    ],
)
def test_bad_yaml_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "set.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError) as error:
        read_questions(tmp_path / "set.yaml")
    assert said in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"there is no question set .*none\.yaml"):
        read_questions(tmp_path / "none.yaml")
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "caf\xe9"}')
    with pytest.raises(QuestionError, match="not UTF-8 \\(byte 17\\)"):
        read_questions(tmp_path / "latin.jsonl")


def test_a_repaired_answer_changes_its_own_lines_only(file: Path) -> None:
    first = read_questions(file).questions[0]
    moved = first.answers[0].model_copy(update={"start": None, "quote": "visa rules"})
    rewrite_answers(file, {0: first.model_copy(update={"answers": (moved,)})})
    before, after = YAML.splitlines(), file.read_text(encoding="utf-8").splitlines()
    assert (
        after[5] == "    - {document: a.txt, quote: 'visa rules'}"
        or after[5] == "    - {document: a.txt, quote: visa rules}"
    )
    assert [line.split("#")[0].rstrip() for line in after[:5]] == [line.split("#")[0].rstrip() for line in before[:5]]
    assert "# quoted on purpose" in after[2]
    assert after[6:] == before[6:]


def test_a_repaired_answer_in_jsonl_keeps_what_else_the_line_says(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    lines = [
        '{"question": "One?", "answerable": false}',
        "",
        '{"kind": "literal", "question": "Two?", "answers": [{"document": "a", "quote": "x"}]}',
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    second = read_questions(file).questions[1]
    rewrite_answers(file, {1: second.model_copy(update={"answers": (Quotation(document="b", quote="y"),)})})
    written = file.read_text(encoding="utf-8").split("\n")
    assert written[:2] == lines[:2]
    assert json.loads(written[2]) == {
        "kind": "literal",
        "question": "Two?",
        "answers": [{"document": "b", "quote": "y"}],
    }


def test_a_question_is_added_once_and_the_rest_left_alone(file: Path, tmp_path: Path) -> None:
    new = Question.model_validate({"question": "New?", "answerable": False})
    for path in (file, tmp_path / "new.yaml", tmp_path / "new.jsonl"):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        assert append_question(new, path)
        assert not append_question(new, path)
        assert path.read_text(encoding="utf-8").startswith(before)
        assert read_questions(path).questions[-1] == new


ITEMS = st.lists(st.fixed_dictionaries({"question": st.text(max_size=20), "n": st.integers()}), min_size=1, max_size=4)


def _read(text: str) -> object:
    return ruamel.yaml.YAML(typ="safe").load(text)


@given(ITEMS, st.text(max_size=20), st.data())
def test_editing_an_item_changes_what_it_says_and_nothing_else(
    items: list[dict[str, object]], words: str, data: st.DataObject
) -> None:
    nth = data.draw(st.integers(0, len(items) - 1))
    written = dump_items(items)
    wanted = [item | {"question": words} if at == nth else item for at, item in enumerate(items)]
    assert _read(edit_items(written, {nth: {"question": words}})) == wanted
    assert _read(append_item(written, {"question": words})) == [*items, {"question": words}]


def test_an_item_that_borrows_from_another_is_still_edited() -> None:
    text = "- &first {question: A, kind: literal}\n- {<<: *first, question: B}\n"
    edited = edit_items(text, {1: {"question": "C"}})
    assert "question: C" in edited
    assert "question: A" in edited
