"""Asking a question set in a thread, with progress to watch, and keeping the run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import regex

from citewell.assistant import Assistant
from citewell.errors import CitewellError, QuestionError
from citewell.evaluation.questions import anchoring
from citewell.evaluation.questions.sets import QuestionSet, read_questions
from citewell.evaluation.running import Run, run, save_run
from citewell.index.folder import Snapshot
from citewell.state.folder import StateFolder
from citewell.web.jobs import Job, Progress, Worker

_MOST_PROBLEMS = 5
# As `run` reports it.
_STAGE = "Asking"
_UNNAMED = regex.compile(r"[^\p{L}\p{N}_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Job):
    """A question set that is being asked; its result is the name of the run."""

    set: str
    file: Path

    @property
    def done(self) -> int:
        """How many questions are asked."""
        return self.stages.get(_STAGE, (0, 0))[0]

    @property
    def total(self) -> int:
        """How many there are; 0 while the set is checked."""
        return self.stages.get(_STAGE, (0, 0))[1]

    @property
    def run(self) -> str | None:
        """The name of the run, where there is one."""
        return self.result if isinstance(self.result, str) else None


class Asker:
    """Asks question sets, one at a time. Safe to share between threads.

    Args:
        assistant: Who answers.
        state: Where runs are kept; it is made with the first.
    """

    def __init__(self, assistant: Assistant, state: StateFolder) -> None:
        self._assistant = assistant
        self._state = state
        self._worker = Worker("run", self._make)

    @property
    def asking(self) -> Asking | None:
        """The set that is being asked, or was last; None where there was none."""
        return self._worker.job

    def ask(self, name: str, file: Path) -> None:
        """Begin to ask a set, unless it is being asked already.

        Raises:
            CitewellError: Another is being asked.
        """
        with self._worker.lock:
            if self._worker.begin(Asking(set=name, file=file)):
                return
            now = self.asking
            if now and now.set != name:
                raise CitewellError(f"{now.set} is being asked; wait until that is done, or cancel it")

    def cancel(self) -> None:
        """Have the asking end at its next question; nothing is kept of it."""
        self._worker.cancel()

    def wait(self) -> None:
        """Return when no set is being asked."""
        self._worker.wait()

    def _make(self, asking: Asking, progress: Progress) -> str:
        """Ask a set and keep the run; return its name."""
        file = asking.file
        questions = read_questions(file)
        snapshot = self._assistant.snapshot
        self._check(questions, file, snapshot)
        began = datetime.now(UTC)
        title = f"{file.name.partition('.')[0]}, {began:%Y-%m-%d %H:%M:%S} UTC"
        made = run(self._assistant, questions, name=title, progress=progress)
        name = f"{began:%Y%m%dT%H%M%S.%fZ}-{_UNNAMED.sub('-', file.name.partition('.')[0])}"
        self._keep(made, name)
        return name

    def _keep(self, made: Run, name: str) -> None:
        try:
            self._state.create()
            self._state.runs.mkdir(exist_ok=True)
        except OSError as error:
            raise CitewellError(f"the run cannot be kept in {self._state.runs}: {error.strerror}") from error
        save_run(made, self._state.runs / f"{name}.jsonl", private=True)

    def _check(self, questions: QuestionSet, file: Path, snapshot: Snapshot) -> None:
        """Raise what is wrong with the quotations of a set, with the command that mends it."""
        wanted = {answer.document for question in questions.questions for answer in question.answers}
        held = snapshot.catalogue.documents(wanted)
        texts = {each.path: snapshot.catalogue.document(each.path).text for each in held}
        problems = list(islice(anchoring.check(questions, texts), _MOST_PROBLEMS + 1))
        if problems:
            first = "; ".join(map(str, problems[:_MOST_PROBLEMS]))
            more = "; and more" if len(problems) > _MOST_PROBLEMS else ""
            corpus = shlex.quote(snapshot.manifest.corpus)
            raise QuestionError(
                f"quotations of {file} are not where it says: {first}{more}",
                command=f"citewell questions repair {shlex.quote(str(file))} --corpus {corpus}",
            )
