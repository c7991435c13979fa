"""TREC runs and judgements, both ways, in real files."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import ir_measures
import pytest

from citewell.answer import Answer, FoundPassage, Place
from citewell.errors import QuestionError
from citewell.evaluation.formats.trec import read_qrels, read_run, write_qrels, write_run
from citewell.evaluation.running import Outcome, Run
from tests.support.questions import AIR, BOTH, CUP


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
        (read_run, "q Q0 a 1 1 t\nq Q0 b 2 1\n", "line 2: .*expected columns: question Q0 document rank score tag"),
        (read_run, "q Q0 a 1 high t\n", "line 1: .*'high'"),
        (read_run, "q Q0 a 1 nan t\n", "line 1, score: nan"),
        (read_run, "q Q0 a 1 2 t\nq Q0 b 2 1 t\nq Q0 a 3 0 t\n", "line 3: duplicate of line 1 .'a' for 'q'"),
        (read_run, "q Q0 %ff 1 1 t\n", "line 1: "),
        (read_qrels, "q 0 a 1\n\nq 0 b\n", "line 3: .*expected columns: question 0 document relevance"),
        (read_qrels, "q 0 a 0.5\n", "line 1: .*0.5"),
        (read_qrels, "q 0 a 1\nq 0 a 0\n", "line 2: duplicate of line 1 .'a'"),
    ],
)
def test_trec_errors_name_the_line(tmp_path: Path, read: Callable[[Path], object], content: str, message: str) -> None:
    (tmp_path / "file").write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError, match=message):
        read(tmp_path / "file")
    with pytest.raises(QuestionError, match="cannot be read"):
        read(tmp_path / "missing")
