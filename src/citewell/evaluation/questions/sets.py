"""Question sets: test questions whose right answers are quotations from the corpus.

A quotation stays valid when splitting or documents change, unlike a passage number. A set is a YAML list, or JSON Lines:

    - question: Which visa problems are named?
      kind: literal                             # any word; measures are also reported by kind
      answers:
        - document: education.txt               # the path inside the corpus
          quote: visa regulations and language barriers
    - question: Who won the cup?
      answerable: false
    - question: And what do they offer?
      history:
        - {role: user, content: What are exchanges?}
      answers:
        - {document: education.txt, quote: opportunities, start: 1204}   # if it occurs more than once
    - question: What changed for visas?
      filters: [after:2023, -tag:draft]         # as in words of the question
      answers: …
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from citewell.answer import Scope, Turn
from citewell.errors import QuestionError, UsageError, first_fault
from citewell.evaluation.questions.yaml_items import append_item, dump_items, edit_items
from citewell.files import write_atomically
from citewell.search.filtering import parse_filters

LINES = {".jsonl", ".ndjson"}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidBefore(_Strict):
    """A turn before a question."""

    role: Literal["user", "assistant"]
    content: str


class Quotation(_Strict):
    """A right answer: words of a document, and their start (in code points) if they occur more than once."""

    document: str = Field(min_length=1)
    quote: str = Field(min_length=1)
    start: int | None = Field(default=None, ge=0)

    @field_validator("quote")
    @classmethod
    def _has_words(cls, quote: str) -> str:
        if not quote.strip():
            raise ValueError("the quotation is empty")
        return quote


class Question(_Strict):
    """A test question.

    ``answers`` are all its right answers; ``answerable`` is False if the corpus has none. ``known_miss`` marks a question that
    is known to fail: it counts in every measure, but as a test it fails only when it succeeds.
    """

    question: str
    id: str = ""
    kind: str | None = None
    history: tuple[SaidBefore, ...] = ()
    filters: tuple[str, ...] = ()
    answers: tuple[Quotation, ...] = ()
    answerable: bool = True
    known_miss: bool = False

    @model_validator(mode="before")
    @classmethod
    def _named(cls, content: Any) -> Any:  # noqa: ANN401 - unvalidated content
        """Give a question without an id a hash of its words, so that two runs agree on it."""
        if isinstance(content, dict) and content.get("id") in (None, "") and isinstance(content.get("question"), str):
            said = [content["question"], content.get("history") or []]
            said += [content["filters"]] if content.get("filters") else []
            words = json.dumps(said, ensure_ascii=False, default=str)
            return {**content, "id": hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]}
        if isinstance(content, dict) and isinstance(content.get("id"), int):
            return {**content, "id": str(content["id"])}
        return content

    @model_validator(mode="after")
    def _answers_agree(self) -> Self:
        if not self.question.strip():
            raise ValueError("the question is empty")
        if self.answerable and not self.answers:
            raise ValueError("needs answers, each with document and quote; or answerable: false")
        if not self.answerable and self.answers:
            raise ValueError("has answers, but answerable is false")
        return self

    @field_validator("filters")
    @classmethod
    def _are_filters(cls, filters: tuple[str, ...]) -> tuple[str, ...]:
        try:
            parse_filters(filters)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return filters

    @property
    def scope(self) -> Scope:
        """The documents to search."""
        return Scope(filters=parse_filters(self.filters))

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The earlier turns in the form that the assistant takes."""
        return tuple(Turn(each.role, each.content) for each in self.history)

    def to_content(self) -> dict[str, Any]:
        """Return the question for writing to a file, without default values."""
        return self.model_dump(mode="json", exclude_defaults=True)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and their line numbers in the file, counted from 1."""

    name: str
    questions: tuple[Question, ...]
    lines: tuple[int, ...]


def read_questions(file: Path) -> QuestionSet:
    """Read a question set.

    Args:
        file: YAML, or one JSON object per line (``.jsonl``).

    Raises:
        QuestionError: The file cannot be read, or an entry is not a question; the message names the line and the field.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise QuestionError(f"there is no question set {file}") from error
    except OSError as error:
        raise QuestionError(f"the question set {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"the question set {file} is not UTF-8 (byte {error.start})") from error
    entries = list(_lines(file, text) if file.suffix.lower() in LINES else _yaml(file, text))
    if not entries:
        raise QuestionError(f"the question set {file} is empty")
    seen: dict[str, int] = {}
    questions = []
    for line, content in entries:
        question = parse_question(content, f"{file}, line {line}")
        if question.id in seen:
            raise QuestionError(
                f"{file}, line {line}: the id {question.id!r} is already used in line {seen[question.id]}"
            )
        seen[question.id] = line
        questions.append(question)
    return QuestionSet(file.name, tuple(questions), tuple(line for line, _ in entries))


def parse_question(content: object, where: str) -> Question:
    """Create a question from the content of a file.

    Raises:
        QuestionError: The content is invalid; the message starts with ``where`` and names the field.
    """
    try:
        return Question.model_validate(content)
    except ValidationError as error:
        raise QuestionError(first_fault(where, error)) from error


def write_questions(questions: Sequence[Question], file: Path) -> None:
    """Write a set: ``.jsonl`` as one JSON object per line, otherwise YAML."""
    contents = [question.to_content() for question in questions]
    if file.suffix.lower() in LINES:
        text = "".join(json.dumps(content, ensure_ascii=False) + "\n" for content in contents)
    else:
        text = dump_items(contents)
    write_whole(file, text)


def append_question(question: Question, file: Path) -> bool:
    """Add a question to a set, creating it if missing; the rest of the file, including comments, is unchanged.

    Returns:
        Whether it was added; it is not if the set has a question with this id.

    Raises:
        QuestionError: The file exists and is not a question set.
    """
    if not file.exists():
        write_questions([question], file)
        return True
    if question.id in {each.id for each in read_questions(file).questions}:
        return False
    if file.suffix.lower() in LINES:
        text = file.read_text(encoding="utf-8-sig").rstrip("\n")
        write_whole(file, f"{text}\n{json.dumps(question.to_content(), ensure_ascii=False)}\n")
        return True
    write_whole(file, append_item(file.read_text(encoding="utf-8-sig"), question.to_content()))
    return True


def rewrite_answers(file: Path, repaired: dict[int, Question]) -> None:
    """Write repaired answers to a set; the rest of the file, including comments, is unchanged.

    Args:
        file: The set.
        repaired: The changed questions by their position in the set, from 0.
    """
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() in LINES:
        lines = text.split("\n")
        numbers = [number for number, line in enumerate(lines) if line.strip()]
        for nth, question in repaired.items():
            content = json.loads(lines[numbers[nth]]) | {"answers": question.to_content()["answers"]}
            lines[numbers[nth]] = json.dumps(content, ensure_ascii=False)
        write_whole(file, "\n".join(lines))
        return
    answers = {nth: question.to_content()["answers"] for nth, question in repaired.items()}
    write_whole(file, edit_items(text, {nth: {"answers": each} for nth, each in answers.items()}))


def write_whole(file: Path, text: str, *, private: bool = False) -> None:
    """Write a file atomically.

    Args:
        file: The file.
        text: The new content.
        private: Whether only its owner may read it; if not, permissions are unchanged.

    Raises:
        QuestionError: The file cannot be written.
    """
    try:
        write_atomically(file, text, like=file if file.exists() and not private else None, private=private)
    except OSError as error:
        raise QuestionError(f"{file} cannot be written: {error.strerror}") from error


def _lines(file: Path, text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise QuestionError(f"{file}, line {number}: not JSON: {error.msg}") from error


def _yaml(file: Path, text: str) -> Iterator[tuple[int, object]]:
    try:
        contents = YAML().load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise QuestionError(f"{file}{where}: not YAML: {getattr(error, 'problem', error)}") from error
    if contents is None:
        return
    if not isinstance(contents, list):
        raise QuestionError(f"{file}: a question set is a list of questions, each starting with “- question:”")
    for nth, content in enumerate(contents):
        line = contents.lc.item(nth)[0] + 1  # type: ignore[attr-defined]
        yield line, content
