"""TREC files: a run lists the documents found for each question, qrels lists the relevant ones.

The formats are those of trec_eval, https://github.com/usnistgov/trec_eval, and compatible tools:

    run      q1 Q0 otters.md 1 10 citewell        question, unused, document, rank, score, name of the run
    qrels    q1 0 otters.md 1                     question, unused, document, relevance

Columns are separated by white space, so names that contain any are percent-encoded (RFC 3986).
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import ir_measures

from citewell.answer import Answer, FoundPassage, Place
from citewell.document import Span
from citewell.errors import QuestionError
from citewell.evaluation.formats.shared import read_text
from citewell.evaluation.questions.sets import Question, Quotation
from citewell.evaluation.running import Outcome, Run
from citewell.files import write_atomically

# Other characters would need no encoding in Python, but some tools split columns at other white space.
_SAFE = string.punctuation.replace("%", "")
_RUN = "question Q0 document rank score tag"
_QRELS = "question 0 document relevance (an integer)"


class _Row(NamedTuple):
    line: int
    question: str
    document: str
    value: Any


def write_run(run: Run, file: Path) -> None:
    """Write the documents that a run found; the first passage of a document gives its rank.

    Scores are whole numbers that count down to 1: trec_eval ranks by score alone, and passages may have equal scores.

    Args:
        run: The run; a question without an answer has no line, and counts as zero in every tool.
        file: The target.
    """
    tag = _encoded(run.name) or "citewell"
    lines: list[str] = []
    for outcome in run.outcomes:
        found = list(dict.fromkeys(passage.document for passage in outcome.passages))
        for rank, document in enumerate(found, 1):
            score = len(found) + 1 - rank
            lines.append(f"{_encoded(outcome.question.id)} Q0 {_encoded(document)} {rank} {score} {tag}\n")
    write_atomically(file, "".join(lines).encode("ascii"), private=False)


def write_qrels(run: Run, file: Path) -> None:
    """Write the documents with the right answers of a run's questions; unanswerable questions have none.

    Args:
        run: The run.
        file: The target.
    """
    right = dict.fromkeys((outcome.question.id, place.document) for outcome in run.outcomes for place in outcome.gold)
    lines = [f"{_encoded(question)} 0 {_encoded(document)} 1\n" for question, document in right]
    write_atomically(file, "".join(lines).encode("ascii"), private=False)


def read_run(file: Path) -> dict[str, list[tuple[str, float]]]:
    """Read the documents that a run found for each question.

    Args:
        file: A TREC run; ranks are ignored, as in trec_eval.

    Returns:
        For each question the documents and their scores, best first; equal scores are sorted by name, descending, as in
        trec_eval.

    Raises:
        QuestionError: The file cannot be read, a line is invalid, or a document is listed twice for a question.
    """
    found: dict[str, dict[str, float]] = {}
    for row in _once(file, _rows(file, ir_measures.read_trec_run, _RUN, "score")):
        if not math.isfinite(row.value):
            raise QuestionError(f"{file}, line {row.line}, score: {row.value} is not a finite number")
        found.setdefault(row.question, {})[row.document] = row.value
    return {
        question: sorted(scores.items(), key=lambda each: (each[1], each[0]), reverse=True)
        for question, scores in found.items()
    }


def read_qrels(file: Path) -> dict[str, dict[str, int]]:
    """Read the relevance of documents for each question.

    Args:
        file: TREC qrels.

    Raises:
        QuestionError: The file cannot be read, a line is invalid, or a document is judged twice for a question.
    """
    judged: dict[str, dict[str, int]] = {}
    for row in _once(file, _rows(file, ir_measures.read_trec_qrels, _QRELS, "relevance")):
        judged.setdefault(row.question, {})[row.document] = row.value
    return judged


def run_of(file: Path, known: Sequence[Outcome]) -> Run:
    """Convert another tool's TREC run to a run that contains only documents.

    Args:
        file: The TREC run.
        known: The questions with the places of their right answers.

    Raises:
        QuestionError: As for ``read_run``.
    """
    found = read_run(file)
    outcomes = [
        Outcome(each.question, each.gold, _answer(found[each.question.id]) if each.question.id in found else None)
        for each in known
    ]
    return Run(file.name, {}, tuple(outcomes), documents_only=True)


def questions_of(file: Path) -> list[Outcome]:
    """Convert qrels to questions without answers; the id is used as the question's text.

    Raises:
        QuestionError: As for ``read_qrels``.
    """
    somewhere = Span(0, 1)
    return [
        Outcome(
            Question(
                id=name,
                question=name,
                answers=tuple(Quotation(document=document, quote=document) for document in right),
                answerable=bool(right),
            ),
            tuple(Place.of(document, somewhere) for document in right),
            None,
        )
        for name, judged in read_qrels(file).items()
        for right in ([document for document, relevance in judged.items() if relevance > 0],)
    ]


def _answer(found: Sequence[tuple[str, float]]) -> Answer:
    passages = tuple(
        FoundPassage(rank=rank, document=document, title=document, start=0, end=0, text="", score=0.0)
        for rank, (document, _) in enumerate(found, 1)
    )
    return Answer(question="", answered=True, confidence=1.0, passages=passages, seconds=0.0)


def _rows(file: Path, reader: Callable[[StringIO], Iterable[Any]], columns: str, value: str) -> Iterator[_Row]:
    """Yield the rows of a file; read line by line, because the reader's errors do not include the line number."""
    for number, line in enumerate(read_text(file).split("\n"), 1):
        try:
            for each in reader(StringIO(line)):
                yield _Row(number, _decoded(each.query_id), _decoded(each.doc_id), getattr(each, value))
        except ValueError as error:
            raise QuestionError(f"{file}, line {number}: {error}", hint=f"expected columns: {columns}") from error


def _once(file: Path, rows: Iterable[_Row]) -> Iterator[_Row]:
    """Yield rows, and reject a duplicate for the same question and document."""
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        first = lines.setdefault((row.question, row.document), row.line)
        if first != row.line:
            raise QuestionError(
                f"{file}, line {row.line}: duplicate of line {first} ({row.document!r} for {row.question!r})",
                hint="keep one of the two lines",
            )
        yield row


def _encoded(name: str) -> str:
    return quote(name, safe=_SAFE)


def _decoded(name: str) -> str:
    return unquote(name, errors="strict")
