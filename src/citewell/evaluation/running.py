"""Runs: the answers of an index to a question set, which can be saved and compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import regex
from pydantic import BaseModel, ValidationError

from citewell.answer import Answer, FoundPassage, Place
from citewell.assistant import Assistant
from citewell.errors import CitewellError, QuestionError
from citewell.evaluation.measures import DEEPEST, measure, nothing_found
from citewell.evaluation.questions.anchoring import gold
from citewell.evaluation.questions.sets import Question, QuestionSet, write_whole

_UNNAMED = regex.compile(r"[^\p{L}\p{N}_-]+")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question, the places of its right answers, and the answer; None if the question is missing from the run."""

    question: Question
    gold: tuple[Place, ...]
    answer: Answer | None

    @property
    def passages(self) -> tuple[FoundPassage, ...]:
        """The passages found, best first."""
        return self.answer.passages if self.answer else ()

    @property
    def confidence(self) -> float:
        """The probability that the corpus covers the question; 0 without an answer."""
        return self.answer.confidence if self.answer else 0.0

    @property
    def answered(self) -> bool:
        """Whether the question was answered rather than refused."""
        return self.answer is not None and self.answer.answered

    def measures(self) -> dict[str, float]:
        """Return every measure of an answerable question."""
        return measure(self.gold, self.passages, self.answer.lead) if self.answer else nothing_found()


@dataclass(frozen=True, slots=True)
class Run:
    """Outcomes in the order of the set. ``about`` describes the set, the snapshot and the settings.

    ``documents_only`` means that the run contains documents instead of passages, like TREC runs of other tools.
    """

    name: str
    about: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    documents_only: bool = False

    @property
    def answerable(self) -> list[Outcome]:
        """The outcomes of questions that the corpus covers."""
        return [outcome for outcome in self.outcomes if outcome.question.answerable]

    @property
    def unanswerable(self) -> list[Outcome]:
        """The outcomes of questions that it does not cover."""
        return [outcome for outcome in self.outcomes if not outcome.question.answerable]


def run(
    assistant: Assistant,
    questions: QuestionSet,
    *,
    name: str,
    top: int = DEEPEST,
    progress: Progress | None = None,
) -> Run:
    """Ask all questions of a set.

    Args:
        assistant: The assistant to ask.
        questions: The set; its quotations must be in the documents as indexed.
        name: The name of the run.
        top: The number of passages to ask for.
        progress: Called with the stage, the number of questions asked, and their total.

    Raises:
        QuestionError: A quotation is not at its place.
        CitewellError: The index changed during the run.
    """
    view = assistant.view()
    expected = {answer.document for question in questions.questions for answer in question.answers}
    indexed = {each.path for each in view.documents()} & expected
    texts = {path: view.document(path).text for path in indexed}
    places = [gold(question, texts) for question in questions.questions]
    assistant.warm_up()
    outcomes = []
    for nth, (question, where) in enumerate(zip(questions.questions, places, strict=True)):
        if progress:
            progress("Asking", nth, len(places))
        answer = assistant.ask(
            question.question, top=top, scope=question.scope, history=question.turns, name=question.id
        )
        if answer.snapshot != view.manifest.name:
            raise CitewellError("the index changed during the run", hint="run the question set again")
        outcomes.append(Outcome(question, where, answer))
    if progress:
        progress("Asking", len(places), len(places))
    manifest = view.manifest
    about = {
        "set": questions.name,
        "top": top,
        "snapshot": manifest.name,
        "fingerprint": manifest.fingerprint,
        "encoder": manifest.encoder.model,
        "splitting": manifest.splitting.model_dump(),
        "searching": assistant.settings.searching.model_dump(),
    }
    # Left out without rules, so that runs without them stay as they were.
    if digest := view.widener.digest:
        about["words"] = digest
    return Run(name, about, tuple(outcomes))


def names_of(file: Path, began: datetime) -> tuple[str, str]:
    """Return the title of a run of a set, and the name under which it is kept, which sorts by time.

    Args:
        file: The file of the set.
        began: When the run began.
    """
    stem = file.name.partition(".")[0]
    return f"{stem}, {began:%Y-%m-%d %H:%M:%S} UTC", f"{began:%Y%m%dT%H%M%S.%fZ}-{_UNNAMED.sub('-', stem)}"


def run_text(result: Run) -> str:
    """Return a run as a text: one line that describes it, then one line per question."""
    lines = [json.dumps({"run": result.name, "about": dict(result.about)}, ensure_ascii=False)]
    for outcome in result.outcomes:
        content = {
            "question": outcome.question.to_content(),
            "gold": [place.to_json() for place in outcome.gold],
            "answer": outcome.answer.to_json() if outcome.answer else None,
        }
        lines.append(json.dumps(content, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def save_run(result: Run, file: Path) -> None:
    """Write a run atomically.

    Args:
        result: The run.
        file: The target.

    Raises:
        QuestionError: The file cannot be written.
    """
    write_whole(file, run_text(result))


def read_title(line: str, named: str) -> tuple[str, Mapping[str, Any]]:
    """Read the name and the description of a saved run.

    Args:
        line: The first line of its text.
        named: What it is called in errors.

    Raises:
        QuestionError: It is not a run.
    """
    try:
        head = _Head.model_validate_json(line)
    except ValidationError as error:
        raise QuestionError(f"{named} is not a saved run", hint="`citewell evaluate` saves one with --save") from error
    return head.run, head.about


def read_run(text: str, named: str) -> Run:
    """Read a run from its text.

    Args:
        text: The text.
        named: What it is called in errors.

    Raises:
        QuestionError: It is not a run; the message names the line.
    """
    number = 1
    try:
        # Only at line feeds: other line ends may occur inside JSON strings.
        lines = text.rstrip("\n").split("\n")
        head = _Head.model_validate_json(lines[0])
        outcomes = []
        for number, line in enumerate(lines[1:], 2):  # noqa: B007 - the message names the line
            saved = _Saved.model_validate_json(line)
            outcomes.append(Outcome(saved.question, saved.gold, saved.answer))
    except ValidationError as error:
        raise QuestionError(
            f"{named}, line {number}: not a saved run", hint="`citewell evaluate` saves one with --save"
        ) from error
    return Run(head.run, head.about, tuple(outcomes))


def load_run(file: Path) -> Run:
    """Read a saved run.

    Raises:
        QuestionError: The file cannot be read or is not a run; the message names the line.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"the run {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise QuestionError(
            f"{file}, line 1: not a saved run", hint="`citewell evaluate` saves one with --save"
        ) from error
    return read_run(text, str(file))


class _Head(BaseModel):
    run: str
    about: dict[str, Any]


class _Saved(BaseModel):
    """A line of a saved run."""

    question: Question
    gold: tuple[Place, ...]
    answer: Answer | None
