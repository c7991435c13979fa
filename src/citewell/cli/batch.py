"""Reads a batch of questions: one JSON object per line, with ``question``; ``id``, ``history`` and ``filters`` may be there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from citewell.answer import Filter, Turn
from citewell.errors import QuestionError, UsageError, first_fault
from citewell.search.filtering import parse_filters


@dataclass(frozen=True, slots=True)
class BatchQuestion:
    """One line of a batch; ``line`` counts from 1."""

    line: int
    id: str | int | None
    question: str
    history: tuple[Turn, ...] = ()
    filters: tuple[Filter, ...] = ()


class _Line(BaseModel):
    # Other tools' fields, such as gold answers, are ignored.
    model_config = ConfigDict(extra="ignore", strict=True)

    question: str
    id: str | int | None = None
    history: list[_Turn] | None = None
    filters: list[str] | None = None


class _Turn(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["user", "assistant"]
    content: str


def read_batch(file: Path) -> list[BatchQuestion]:
    """Read all questions of a batch, so that an invalid line is found before any is answered.

    Raises:
        QuestionError: The file cannot be read, or a line is invalid; the message names the line and the field.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QuestionError(f"the batch {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"the batch {file} is not UTF-8 (byte {error.start})") from error
    lines = text.split("\n")
    return [_question(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _question(file: Path, number: int, line: str) -> BatchQuestion:
    try:
        parsed = _Line.model_validate_json(line)
    except ValidationError as error:
        raise QuestionError(first_fault(f"{file}, line {number}", error)) from error
    turns = tuple(Turn(turn.role, turn.content) for turn in parsed.history or ())
    try:
        filters = parse_filters(parsed.filters or ())
    except UsageError as error:
        raise QuestionError(f"{file}, line {number}: {error.message}", hint=error.hint) from error
    return BatchQuestion(number, parsed.id, parsed.question, turns, filters)
