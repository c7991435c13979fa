"""BEIR, SQuAD and TREC, both ways, in real files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant, IndexFolder, Settings, build
from citewell.answer import Answer, FoundPassage, Place
from citewell.errors import QuestionError
from citewell.evaluation.formats.beir import read_beir, write_beir
from citewell.evaluation.formats.shared import file_name, write_corpus
from citewell.evaluation.formats.squad import read_squad, write_squad
from citewell.evaluation.formats.trec import read_qrels, read_run, write_qrels, write_run
from citewell.evaluation.questions.anchoring import corpus_texts, gold
from citewell.evaluation.questions.sets import Question, Quotation, SaidBefore
from citewell.evaluation.running import Outcome, Run

OTTERS = "Otters eat fish and crabs. They hunt at night in cold rivers."
MOON = "The Moon goes round the Earth in about twenty-seven days. It has no air."
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
    assert corpus_texts(tmp_path / "corpus") == read.documents
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
    with pytest.raises(QuestionError, match=r"no train\.tsv.*one of: dev, test"):
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
        ("qrels/test.tsv", "q1\totters\t1\n", "line 1: not the header"),
        ("qrels/test.tsv", "", "line 1: not the header"),
        ("qrels/test.tsv", HEADER + "q1 otters 1\n", "line 2: 1 columns"),
        ("qrels/test.tsv", HEADER + "q1\totters\tyes\n", "line 2, score: 'yes'"),
        ("qrels/test.tsv", HEADER + "q1\totters\t1\nq1\totters\t0\n", "line 3: 'otters' is already judged .* line 2"),
        ("qrels/test.tsv", HEADER + '"q1\totters\t1\n', "no row of a table"),
        (
            "corpus.jsonl",
            '{"_id": "a", "text": "x"}\n{"_id": "a", "text": "y"}\n',
            "line 2: _id 'a' is already .* line 1",
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


TEXTS = {
    "otters and more.md": f"# Otters\n\n{OTTERS}\r\n\r\nOtters eat fish. 🦦 They rest.",
    'a\t"tab".txt': MOON,
}
FISH = Question(
    id="q 1",
    question="What do otters “eat”?",
    answers=(
        Quotation(document="otters and more.md", quote="fish", start=TEXTS["otters and more.md"].index("fish")),
        Quotation(document="otters and more.md", quote="They rest"),
    ),
)
AIR = Question(id="q2", question="Has it air?", answers=(Quotation(document='a\t"tab".txt', quote="no air"),))
CUP = Question(id="q3", question="Who won the cup?", answerable=False)
BOTH = Question(id="q4", question="Both?", answers=(FISH.answers[1], AIR.answers[0]))
THEN = AIR.model_copy(update={"id": "q5", "history": (SaidBefore(role="user", content="The Moon?"),)})
GONE = Question(id="q6", question="Where?", answers=(Quotation(document='a\t"tab".txt', quote="not there"),))


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


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), max_size=90), max_size=20))
def test_file_names_are_safe_and_one_for_each_name(names: set[str]) -> None:
    names |= {name.swapcase() for name in names} | {f"{name}/" for name in names}
    files = {file_name(name) for name in names}
    assert len({file.lower() for file in files}) == len(names)
    assert all(file.isascii() and len(file) <= 90 and file[0] not in ".-~ " for file in files)
    assert not {character for file in files for character in file} & set('<>:"/\\|?* \t\n')


@pytest.mark.parametrize("device", ["con", "nul", "com1", "LPT9", "aux"])
def test_file_names_are_no_devices_of_windows(device: str) -> None:
    assert file_name(device).partition(".")[0].lower() != device.lower()


def test_a_made_name_cannot_be_taken_by_another(tmp_path: Path) -> None:
    made = file_name("Otters").removesuffix(".txt")
    assert file_name(made) != file_name("Otters")
    assert file_name("otters") == "otters.txt"
    assert file_name("Moon/1").startswith("moon-1~"), "a reader should know the document by its file"
    with pytest.raises(QuestionError, match="outside"):
        write_corpus({"good.txt": "Good.", "../bad.txt": "Bad."}, tmp_path / "corpus")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["\ufeffMarked", "Null \0 here", "Half \ud83d"])
def test_a_text_that_would_not_be_read_as_it_stands_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(QuestionError, match=r"'a\.txt'"):
        write_corpus({"a.txt": text}, tmp_path)
    assert not list(tmp_path.iterdir())


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
    assert corpus_texts(tmp_path / "corpus") == read.documents
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
        ([asked(OTTERS, ("fish", 11), is_impossible=True)], "id 's1': has answers though"),
        ([asked(OTTERS, ("fish", 11)), asked(MOON, ("Moon", 4))], "'s1' is given to two questions"),
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


def found(*documents: str) -> tuple[FoundPassage, ...]:
    """Passages that all score the same, in this order."""
    return tuple(
        FoundPassage(rank=rank, document=document, title="", start=0, end=3, text="abc", score=0.5)
        for rank, document in enumerate(documents, 1)
    )


def at(document: str, start: int) -> Place:
    return Place(document=document, start=start, end=start + 1)


def answered(question: str, confidence: float, *documents: str) -> Answer:
    return Answer(
        question=question, answered=confidence > 0.5, confidence=confidence, passages=found(*documents), seconds=0.1
    )


def a_run(name: str = "my run") -> Run:
    """A run of which nDCG is worked out by hand below: one question half right, one unanswered, one not covered."""
    places = (at("a.md", 0), at("b c%20ü.md", 0), at("a.md", 5))
    half = answered("What?", 0.9, "x.md", "a.md", "x.md", "b c%20ü.md", "a.md")
    none = answered("Cup?", 0.1, "x.md")
    return Run(
        name,
        {},
        (
            Outcome(BOTH.model_copy(update={"id": "q 1"}), places, half),
            Outcome(AIR, (at("a.md", 0),), None),
            Outcome(CUP, (), none),
        ),
    )


def test_trec_run_ranks_documents_by_their_first_passage(tmp_path: Path) -> None:
    write_run(a_run(), tmp_path / "run")
    assert (tmp_path / "run").read_text(encoding="ascii").splitlines() == [
        "q%201 Q0 x.md 1 3 my%20run",
        "q%201 Q0 a.md 2 2 my%20run",
        "q%201 Q0 b%20c%2520%C3%BC.md 3 1 my%20run",
        "q3 Q0 x.md 1 1 my%20run",
    ]
    assert read_run(tmp_path / "run") == {
        "q 1": [("x.md", 3.0), ("a.md", 2.0), ("b c%20ü.md", 1.0)],
        "q3": [("x.md", 1.0)],
    }
    write_run(a_run(name=""), tmp_path / "run")
    assert (tmp_path / "run").read_text(encoding="ascii").startswith("q%201 Q0 x.md 1 3 citewell\n")


def test_trec_qrels_name_each_right_document_once(tmp_path: Path) -> None:
    write_qrels(a_run(), tmp_path / "qrels")
    assert (tmp_path / "qrels").read_text(encoding="ascii").splitlines() == [
        "q%201 0 a.md 1",
        "q%201 0 b%20c%2520%C3%BC.md 1",
        "q2 0 a.md 1",
    ]
    assert read_qrels(tmp_path / "qrels") == {"q 1": {"a.md": 1, "b c%20ü.md": 1}, "q2": {"a.md": 1}}


def test_trec_files_measure_as_worked_out_by_hand(tmp_path: Path) -> None:
    write_run(a_run(), tmp_path / "run")
    write_qrels(a_run(), tmp_path / "qrels")
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels")))  # type: ignore[no-untyped-call]
    run = list(ir_measures.read_trec_run(str(tmp_path / "run")))  # type: ignore[no-untyped-call]
    values = {each.query_id: each.value for each in ir_measures.iter_calc([ir_measures.nDCG @ 10], qrels, run)}
    # Two right documents, found in the second and third place; ideal is the first and second.
    by_hand = (1 / math.log2(3) + 1 / math.log2(4)) / (1 / math.log2(2) + 1 / math.log2(3))
    assert values == {"q%201": pytest.approx(by_hand), "q2": 0.0}
    mean = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], qrels, run)[ir_measures.nDCG @ 10]
    assert mean == pytest.approx(by_hand / 2)


def test_trec_run_is_read_by_score_and_not_by_line_or_rank(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("q Q0 a 1 0.5 t\r\nq\tQ0\tb\t2\t7e-1\tt\n\nq Q0 c 3 0.5 t\n", encoding="utf-8")
    assert read_run(tmp_path / "run") == {"q": [("b", 0.7), ("c", 0.5), ("a", 0.5)]}


@pytest.mark.parametrize(
    ("read", "content", "message"),
    [
        (read_run, "q Q0 a 1 1 t\nq Q0 b 2 1\n", "line 2: .*make it: question Q0 document rank score tag"),
        (read_run, "q Q0 a 1 high t\n", "line 1: .*'high'"),
        (read_run, "q Q0 a 1 nan t\n", "line 1, score: nan"),
        (read_run, "q Q0 a 1 2 t\nq Q0 b 2 1 t\nq Q0 a 3 0 t\n", "line 3: 'a' already stands in line 1 for 'q'"),
        (read_run, "q Q0 %ff 1 1 t\n", "line 1: "),
        (read_qrels, "q 0 a 1\n\nq 0 b\n", "line 3: .*make it: question 0 document relevance"),
        (read_qrels, "q 0 a 0.5\n", "line 1: .*0.5"),
        (read_qrels, "q 0 a 1\nq 0 a 0\n", "line 2: 'a' already stands in line 1"),
    ],
)
def test_trec_errors_name_the_line(tmp_path: Path, read: Callable[[Path], object], content: str, message: str) -> None:
    (tmp_path / "file").write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError, match=message):
        read(tmp_path / "file")
    with pytest.raises(QuestionError, match="cannot be read"):
        read(tmp_path / "missing")
