"""SQuAD files: articles of paragraphs, each with questions whose answers are spans of the paragraph.

Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (EMNLP 2016), and, for questions without an
answer, "Know What You Don't Know: Unanswerable Questions for SQuAD" (ACL 2018); https://rajpurkar.github.io/SQuAD-explorer/:

    {"version": "v2.0", "data": [{"title": "Otters", "paragraphs": [{"context": "Otters eat fish.", "qas": [
        {"id": "q1", "question": "What do otters eat?", "is_impossible": false,
         "answers": [{"text": "fish", "answer_start": 11}]}]}]}]}
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import Field

from citewell.errors import QuestionError
from citewell.evaluation.formats.shared import Entry, Name, file_name, parse, read_text, readable
from citewell.evaluation.questions.anchoring import gold
from citewell.evaluation.questions.sets import Question, Quotation, parse_question
from citewell.files import write_atomically

_APART = "\n\n"


@dataclass(frozen=True, slots=True)
class Squad:
    """A SQuAD file as documents (one per article), by path, and questions."""

    documents: dict[str, str]
    questions: tuple[Question, ...]


class _Answer(Entry):
    text: str
    answer_start: int = Field(ge=0)


class _Question(Entry):
    id: Name
    question: str
    answers: tuple[_Answer, ...] = ()
    # Missing in version 1.1.
    is_impossible: bool = False


class _Paragraph(Entry):
    context: str
    qas: tuple[_Question, ...]


class _Article(Entry):
    title: str = ""
    paragraphs: tuple[_Paragraph, ...]


class _File(Entry):
    data: tuple[_Article, ...]


def read_squad(file: Path) -> Squad:
    """Read a SQuAD file, version 1.1 or 2.0.

    Args:
        file: The JSON file.

    Raises:
        QuestionError: The file cannot be read or is not a SQuAD file, an id is duplicate, or an answer does not start at its
            place; the message names the field or the id.
    """
    documents: dict[str, str] = {}
    questions: dict[str, Question] = {}
    for article in parse(read_text(file), _File, str(file)).data:
        path = _unused(article.title, documents)
        # Titles are written as in Wikipedia's addresses: Beyonc%C3%A9, Super_Bowl_50.
        title = " ".join(readable(unquote(article.title)).replace("_", " ").split())
        text = title
        for paragraph in article.paragraphs:
            text += _APART if text else ""
            for each in paragraph.qas:
                if each.id in questions:
                    raise QuestionError(f"{file}: duplicate id {each.id!r}")
                questions[each.id] = _question(each, paragraph.context, path, len(text), f"{file}, id {each.id!r}")
            text += readable(paragraph.context)
        if text.strip():
            documents[path] = text
    return Squad(documents, tuple(questions.values()))


def write_squad(questions: Sequence[Question], texts: Mapping[str, str], file: Path) -> tuple[Question, ...]:
    """Write a question set and its corpus as a SQuAD file, version 2.0, with an article of one paragraph per document.

    Unanswerable questions are assigned to the first document.

    Args:
        questions: The questions.
        texts: The text of each document by path, which becomes the title.
        file: The target.

    Returns:
        The questions that were not written because SQuAD cannot represent them: those with a history, and those with answers in
        several documents.

    Raises:
        QuestionError: A quotation is not at its place, or there is no document. Nothing is written then.
    """
    if not texts:
        raise QuestionError(
            f"{file}: there is no document to assign the questions to", hint="give the texts of the corpus"
        )
    grouped: dict[str, list[dict[str, Any]]] = {path: [] for path in texts}
    left_out = []
    for question in questions:
        places = gold(question, texts)
        homes = {place.document for place in places} or {next(iter(texts))}
        if question.history or len(homes) > 1:
            left_out.append(question)
            continue
        answers = [{"text": place.span.of(texts[place.document]), "answer_start": place.span.start} for place in places]
        content = {"id": question.id, "question": question.question, "answers": answers}
        grouped[homes.pop()].append(content | {"is_impossible": not question.answerable})
    articles = [
        {"title": path, "paragraphs": [{"context": text, "qas": grouped[path]}]} for path, text in texts.items()
    ]
    content = {"version": "v2.0", "data": articles}
    write_atomically(file, json.dumps(content, ensure_ascii=False), private=False)
    return tuple(left_out)


def _unused(title: str, taken: Collection[str]) -> str:
    """Return an unused file name for an article; titles may be equal or empty."""
    name, nth = file_name(title), 1
    while name in taken:
        nth += 1
        name = file_name(f"{title} #{nth}")
    return name


def _question(given: _Question, context: str, path: str, before: int, where: str) -> Question:
    """Convert a question on a paragraph, which starts at character ``before`` of its document."""
    answers: dict[tuple[int, str], Quotation] = {}
    for answer in given.answers:
        start, text = answer.answer_start, answer.text
        if not readable(text).strip():
            raise QuestionError(f"{where}: an answer is empty", hint="remove it, or set is_impossible")
        if not context.startswith(text, start):
            at = context.find(text)
            hint = f"answer_start: {at}" if at >= 0 else "copy the answer from the context word for word"
            raise QuestionError(f"{where}: {text!r} does not start at answer_start {start}", hint=hint)
        # Several people answered each question, often in the same words.
        answers[start, text] = Quotation(document=path, quote=readable(text), start=before + start)
    content = {
        "id": given.id,
        "question": given.question,
        "answers": list(answers.values()),
        "answerable": not given.is_impossible,
    }
    return parse_question(content, where)
