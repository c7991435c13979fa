"""BEIR, both ways, in real files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.errors import QuestionError
from citewell.evaluation.formats.beir import read_beir, write_beir
from citewell.evaluation.formats.shared import file_name, write_corpus
from citewell.evaluation.formats.squad import write_squad
from citewell.evaluation.questions.anchoring import corpus_texts, gold
from citewell.evaluation.questions.sets import Quotation
from tests.support.questions import AIR, BOTH, CUP, FISH, GONE, MOON, OTTERS, TEXTS, THEN

HEADER = "query-id\tcorpus-id\tscore\n"


def beir_folder(folder: Path) -> Path:
    """Write a BEIR folder as BEIR's own tools write it, with two splits, an empty document and a query nobody judged."""
    documents: list[dict[str, Any]] = [
        {"_id": "otters", "title": "Otters", "text": OTTERS, "metadata": {}},
        {"_id": "Otters", "title": "", "text": "Otters slide down muddy banks for fun."},
        {"_id": "Moon/1", "title": "The\nMoon", "text": f" {MOON}\n"},
        {"_id": 7, "title": "Bees dance.", "text": "Bees dance."},
        {"_id": "title only", "title": "Nothing but a title", "text": ""},
        {"_id": "void", "title": "", "text": " "},
    ]
    queries = [
        {"_id": "q1", "text": "What do otters eat?"},
        {"_id": "q2", "text": "How long does the Moon take?"},
        {"_id": "q3", "text": "Who dances?"},
        {"_id": "q4", "text": "Which is judged wrong?"},
        {"_id": "q5", "text": "Which is right in an empty document only?"},
        {"_id": "q6", "text": "What has but a title?"},
    ]
    (folder / "qrels").mkdir(parents=True)
    write_lines(folder / "corpus.jsonl", documents)
    write_lines(folder / "queries.jsonl", queries)
    rows = "q1\totters\t1\nq1\tOtters\t2\nq2\tMoon/1\t1\nq3\t7\t1\nq4\totters\t0\nq5\tvoid\t1\nq6\ttitle only\t1\n"
    (folder / "qrels" / "test.tsv").write_text(HEADER + rows, encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text(HEADER + "q4\totters\t1\n", encoding="utf-8")
    return folder


def write_lines(file: Path, contents: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(content) + "\n" for content in contents), encoding="utf-8")


def test_beir_documents_become_files_that_are_read_as_they_stand(tmp_path: Path) -> None:
    read = read_beir(beir_folder(tmp_path / "beir"))
    write_corpus(read.documents, tmp_path / "corpus")
    assert corpus_texts(tmp_path / "corpus", Settings()) == read.documents
    assert read.documents["otters.txt"] == f"Otters\n\n{OTTERS}"
    assert read.documents[file_name("Moon/1")] == f"The Moon\n\n{MOON}"
    assert read.documents[file_name("title only")] == "Nothing but a title"
    assert len(read.documents) == 5
    assert read.empty == 1


def test_beir_judgements_become_whole_documents(tmp_path: Path) -> None:
    read = read_beir(beir_folder(tmp_path))
    by_id = {question.id: question for question in read.questions}
    assert list(by_id) == ["q1", "q2", "q3", "q6"]
    assert read.unjudged == 2
    assert [answer.quote for answer in by_id["q1"].answers] == [OTTERS, "Otters slide down muddy banks for fun."]
    # The title says the same as the text, so that the quotation alone would not say which is meant.
    assert by_id["q3"].answers == (Quotation(document="7.txt", quote="Bees dance.", start=13),)
    assert by_id["q6"].answers[0].quote == "Nothing but a title"
    for question in read.questions:
        for place, answer in zip(gold(question, read.documents), question.answers, strict=True):
            assert place.span.of(read.documents[place.document]) == answer.quote
            assert place.span.end == len(read.documents[place.document])


def test_beir_split_is_the_one_asked_for(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path)
    assert [question.id for question in read_beir(folder, split="dev").questions] == ["q4"]
    with pytest.raises(QuestionError, match=r"no train\.tsv.*: dev, test"):
        read_beir(folder, split="train")
    (folder / "qrels" / "test.tsv").unlink()
    assert [question.id for question in read_beir(folder).questions] == ["q4"], "the only split there is"
    (folder / "qrels.tsv").write_text(HEADER + "q2\tMoon/1\t1\n", encoding="utf-8")
    assert [question.id for question in read_beir(folder).questions] == ["q2"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "qrels/test.tsv",
            HEADER + "q1\tnobody\t1\n",
            r"test\.tsv, line 2, corpus-id: corpus\.jsonl has no _id 'nobody'",
        ),
        (
            "qrels/test.tsv",
            HEADER + "\nq9\totters\t0\n",
            r"test\.tsv, line 3, query-id: queries\.jsonl has no _id 'q9'",
        ),
        ("qrels/test.tsv", "q1\totters\t1\n", "line 1: the header is missing"),
        ("qrels/test.tsv", "", "line 1: the header is missing"),
        ("qrels/test.tsv", HEADER + "q1 otters 1\n", "line 2: 1 columns"),
        ("qrels/test.tsv", HEADER + "q1\totters\tyes\n", "line 2, score: 'yes'"),
        ("qrels/test.tsv", HEADER + "q1\totters\t1\nq1\totters\t0\n", "line 3: duplicate of line 2 .'otters'"),
        ("qrels/test.tsv", HEADER + '"q1\totters\t1\n', "not a table row"),
        (
            "corpus.jsonl",
            '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}\n',
            "line 2: duplicate _id 'a', first in line 1",
        ),
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n{"_id": "b"}\n', r"corpus\.jsonl, line 2, text: Field required"),
        ("corpus.jsonl", '{"_id": "a", "text": "\\ud83d"}\n', "line 1: Invalid JSON"),
        ("queries.jsonl", '\n{"_id": "", "text": "x"}\n', r"queries\.jsonl, line 2, _id"),
        ("queries.jsonl", "no json\n", r"queries\.jsonl, line 1: Invalid JSON"),
    ],
)
def test_beir_errors_name_file_and_line(tmp_path: Path, name: str, content: str, message: str) -> None:
    folder = beir_folder(tmp_path)
    read_beir(folder)
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError, match=message):
        read_beir(folder)


def test_beir_needs_its_files(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path)
    (folder / "qrels" / "test.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(QuestionError, match="not UTF-8"):
        read_beir(folder)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(QuestionError, match=r"corpus\.jsonl cannot be read"):
        read_beir(folder)


def test_beir_comes_back_as_it_was_written(tmp_path: Path) -> None:
    left_out = write_beir([FISH, AIR, CUP, BOTH, THEN], TEXTS, tmp_path / "out")
    assert left_out == (THEN,)
    read = read_beir(tmp_path / "out")
    paths = {path: file_name(path) for path in TEXTS}
    assert read.documents == {paths[path]: text for path, text in TEXTS.items()}
    assert [(each.id, each.question) for each in read.questions] == [(e.id, e.question) for e in (FISH, AIR, BOTH)]
    right = [[answer.document for answer in question.answers] for question in read.questions]
    assert right == [[paths["otters and more.md"]], [paths['a\t"tab".txt']], list(paths.values())]
    assert read.unjudged == 1, "the question that the corpus does not cover is a query without a judgement"


@pytest.mark.parametrize("write", [write_beir, write_squad])
def test_a_quotation_that_is_not_there_is_not_written(tmp_path: Path, write: Callable[..., object]) -> None:
    with pytest.raises(QuestionError, match=r"'q6'.*not there"):
        write([FISH, GONE], TEXTS, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_beir_corpus_can_be_asked(tmp_path: Path, encoder: object) -> None:
    assert encoder
    read = read_beir(beir_folder(tmp_path / "beir"))
    write_corpus(read.documents, tmp_path / "corpus")
    build(tmp_path / "corpus", IndexFolder(tmp_path / "index"), Settings())
    assistant = Assistant(IndexFolder(tmp_path / "index"))
    assert {each.path for each in assistant.documents()} == set(read.documents)
    for question in read.questions[:2]:
        best = assistant.ask(question.question).passages[0]
        place = next(place for place in gold(question, read.documents) if place.document == best.document)
        assert place.span.overlaps(best.span)
        assert best.text == best.span.of(read.documents[best.document])
