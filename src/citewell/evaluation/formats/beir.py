"""BEIR folders: a corpus, queries, and judgements of which documents are relevant to a query.

Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models" (NeurIPS 2021); the
files are described at https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset:

    corpus.jsonl        {"_id": "d1", "title": "Otters", "text": "Otters eat fish."}
    queries.jsonl       {"_id": "q1", "text": "What do otters eat?"}
    qrels/test.tsv      query-id  corpus-id  score, with this header and a tab between
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field

from citewell.errors import QuestionError
from citewell.evaluation.formats.shared import Entry, Name, file_name, read_entries, read_text, readable
from citewell.evaluation.questions.anchoring import gold
from citewell.evaluation.questions.sets import Question, Quotation, parse_question
from citewell.files import replacing, write_atomically

_HEADER = ["query-id", "corpus-id", "score"]
_USUAL_SPLIT = "test"


@dataclass(frozen=True, slots=True)
class Beir:
    """A BEIR folder as documents, by path, and questions; a right answer is a whole document without its title.

    ``unjudged`` is the number of queries skipped because the split has no relevant document for them; ``empty`` is the number
    of documents skipped because they have no text.
    """

    documents: dict[str, str]
    questions: tuple[Question, ...]
    unjudged: int
    empty: int


class _Named(Entry):
    name: Name = Field(alias="_id")


class _Document(_Named):
    title: str | None = None
    text: str


class _Query(_Named):
    text: str


_NamedType = TypeVar("_NamedType", bound=_Named)


def read_beir(folder: Path, *, split: str | None = None) -> Beir:
    """Read a BEIR folder.

    Args:
        folder: With ``corpus.jsonl``, ``queries.jsonl``, and ``qrels/<split>.tsv`` or ``qrels.tsv``.
        split: The split of the judgements; None is ``qrels.tsv``, or ``test``, or the only split.

    Raises:
        QuestionError: A file is missing or cannot be read, a line is invalid, an id is duplicate, or a judgement has an
            unknown id; the message names file and line.
    """
    qrels = _qrels_file(folder, split)
    documents: dict[str, str] = {}
    answers: dict[str, Quotation | None] = {}
    for entry in _named(folder / "corpus.jsonl", _Document).values():
        path = file_name(entry.name)
        answers[entry.name] = None
        if entry.text.strip() or (entry.title or "").strip():
            documents[path], answers[entry.name] = _file(path, entry)
    queries = _named(folder / "queries.jsonl", _Query)
    right = _right(qrels, queries, answers)
    questions = tuple(
        _question(entry, right[name], folder / "queries.jsonl") for name, entry in queries.items() if right.get(name)
    )
    return Beir(documents, questions, len(queries) - len(questions), len(answers) - len(documents))


def write_beir(questions: Sequence[Question], texts: Mapping[str, str], folder: Path) -> tuple[Question, ...]:
    """Write a question set and its corpus as a BEIR folder; an unanswerable question has no judgement.

    Args:
        questions: The questions.
        texts: The text of each document by path, which becomes its id.
        folder: The folder; created if missing.

    Returns:
        The questions that were not written because they have a history, for which BEIR has no field.

    Raises:
        QuestionError: A quotation is not at its place. Nothing is written then.
    """
    written = [question for question in questions if not question.history]
    right = [(each.id, place.document) for each in written for place in gold(each, texts)]
    judged = StringIO()
    table = csv.writer(judged, delimiter="\t", lineterminator="\n")
    table.writerow(_HEADER)
    # Several answers may be in the same document.
    table.writerows([name, document, 1] for name, document in dict.fromkeys(right))
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    corpus = ({"_id": path, "title": "", "text": text} for path, text in texts.items())
    _write_lines(folder / "corpus.jsonl", corpus)
    _write_lines(folder / "queries.jsonl", ({"_id": each.id, "text": each.question} for each in written))
    write_atomically(folder / "qrels" / f"{_USUAL_SPLIT}.tsv", judged.getvalue(), private=False)
    return tuple(question for question in questions if question.history)


def _file(path: str, entry: _Document) -> tuple[str, Quotation]:
    """Return the text of a document's file, and its quotation without the title; a document without text has its title."""
    title = " ".join(readable(entry.title or "").split())
    quote = readable(entry.text).strip()
    if not quote:
        return title, Quotation(document=path, quote=title)
    text = f"{title}\n\n{quote}" if title else quote
    start = len(text) - len(quote)
    # The title may contain the text.
    return text, Quotation(document=path, quote=quote, start=None if text.find(quote) == start else start)


def _question(entry: _Query, answers: list[Quotation], file: Path) -> Question:
    content = {"id": entry.name, "question": entry.text, "answers": answers}
    return parse_question(content, f"{file}, query {entry.name!r}")


def _named(file: Path, kind: type[_NamedType]) -> dict[str, _NamedType]:
    """Return the entries of a file by their ids."""
    lines: dict[str, int] = {}
    entries: dict[str, _NamedType] = {}
    for line, entry in read_entries(file, kind):
        if entry.name in entries:
            raise QuestionError(f"{file}, line {line}: duplicate _id {entry.name!r}, first in line {lines[entry.name]}")
        lines[entry.name] = line
        entries[entry.name] = entry
    return entries


def _qrels_file(folder: Path, split: str | None) -> Path:
    single = folder / "qrels.tsv"
    if split is None and single.is_file():
        return single
    splits = sorted(file.stem for file in (folder / "qrels").glob("*.tsv"))
    chosen = split or (splits[0] if len(splits) == 1 else _USUAL_SPLIT)
    if chosen not in splits:
        hint = f"choose a split: {', '.join(splits)}" if splits else f"write the judgements to {single}"
        raise QuestionError(f"{folder / 'qrels'} has no {chosen}.tsv", hint=hint)
    return folder / "qrels" / f"{chosen}.tsv"


def _right(
    file: Path, queries: Mapping[str, _Query], answers: Mapping[str, Quotation | None]
) -> dict[str, list[Quotation]]:
    """Return the right answers of each query by id, in the order of the file; empty documents are ignored."""
    judged: dict[tuple[str, str], int] = {}
    right: dict[str, list[Quotation]] = {}
    for line, (query, document, score) in _judgements(file):
        for field, name, known in (("query-id", query, queries), ("corpus-id", document, answers)):
            if name not in known:
                home = "queries.jsonl" if known is queries else "corpus.jsonl"
                raise QuestionError(f"{file}, line {line}, {field}: {home} has no _id {name!r}")
        if judged.setdefault((query, document), line) != line:
            raise QuestionError(
                f"{file}, line {line}: duplicate of line {judged[query, document]} ({document!r} for {query!r})",
                hint="keep one of the two lines",
            )
        answer = answers[document]
        if score > 0 and answer is not None:
            right.setdefault(query, []).append(answer)
    return right


def _judgements(file: Path) -> Iterator[tuple[int, tuple[str, str, int]]]:
    """Yield the rows of a file of judgements with their line numbers."""
    rows = csv.reader(StringIO(read_text(file), newline=""), delimiter="\t", strict=True)
    try:
        # BEIR's own loader always drops the first line, and without a header a judgement with it.
        if next(rows, None) != _HEADER:
            raise QuestionError(f"{file}, line 1: the header is missing", hint=f"start with {'<tab>'.join(_HEADER)}")
        for row in rows:
            if row:
                yield rows.line_num, _judgement(row, f"{file}, line {rows.line_num}")
    except csv.Error as error:
        raise QuestionError(f"{file}, line {rows.line_num}: not a table row: {error}") from error


def _judgement(row: list[str], where: str) -> tuple[str, str, int]:
    if len(row) != len(_HEADER):
        raise QuestionError(f"{where}: {len(row)} columns", hint=f"separate {', '.join(_HEADER)} by tabs")
    query, document, score = row
    try:
        return query, document, int(score)
    except ValueError as error:
        raise QuestionError(f"{where}, score: {score!r} is not an integer") from error


def _write_lines(file: Path, contents: Iterable[dict[str, Any]]) -> None:
    with replacing(file, private=False) as (stream, _):
        stream.writelines(json.dumps(content, ensure_ascii=False).encode("utf-8") + b"\n" for content in contents)
