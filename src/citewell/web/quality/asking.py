"""Runs a question set in a thread, with progress, and saves the run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from citewell.assistant import Assistant
from citewell.errors import CitewellError, QuestionError
from citewell.evaluation.questions import anchoring
from citewell.evaluation.questions.sets import QuestionSet, read_questions
from citewell.evaluation.running import names_of, run, run_text
from citewell.index.storage import Snapshot
from citewell.state.storage import RunTexts
from citewell.web.jobs import Job, Progress, Worker

_MOST_PROBLEMS = 5
# The name of the stage that `run` reports.
_STAGE = "Asking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Job):
    """A question set that is being run; its result is the name of the run."""

    set: str
    file: Path

    @property
    def done(self) -> int:
        """The number of questions asked."""
        return self.stages.get(_STAGE, (0, 0))[0]

    @property
    def total(self) -> int:
        """The number of questions; 0 while the set is checked."""
        return self.stages.get(_STAGE, (0, 0))[1]

    @property
    def run(self) -> str | None:
        """The name of the run, if there is one."""
        return self.result if isinstance(self.result, str) else None


class Asker:
    """Runs question sets, one at a time. Thread-safe.

    Args:
        assistant: The assistant to ask.
        runs: Where runs are kept.
    """

    def __init__(self, assistant: Assistant, runs: RunTexts) -> None:
        self._assistant = assistant
        self._runs = runs
        self._worker = Worker("run", self._make)

    @property
    def asking(self) -> Asking | None:
        """The set that is being run, or was last; None if there was none."""
        return self._worker.job

    def ask(self, name: str, file: Path) -> None:
        """Start running a set, unless it is running already.

        Raises:
            CitewellError: Another set is running.
        """
        with self._worker.lock:
            if self._worker.begin(Asking(set=name, file=file)):
                return
            now = self.asking
            if now and now.set != name:
                raise CitewellError(f"{now.set} is running; wait until it has finished, or cancel it")

    def cancel(self) -> None:
        """Stop the run at its next question; nothing is saved."""
        self._worker.cancel()

    def wait(self) -> None:
        """Wait until no set is running."""
        self._worker.wait()

    def _make(self, asking: Asking, progress: Progress) -> str:
        """Run a set and save the run; return its name."""
        file = asking.file
        questions = read_questions(file)
        snapshot = self._assistant.snapshot
        self._check(questions, file, snapshot)
        title, name = names_of(file, datetime.now(UTC))
        result = run(self._assistant, questions, name=title, progress=progress)
        self._runs.add(name, run_text(result))
        return name

    def _check(self, questions: QuestionSet, file: Path, snapshot: Snapshot) -> None:
        """Raise an error with the problems of a set's quotations, and the command that fixes them."""
        expected = {answer.document for question in questions.questions for answer in question.answers}
        indexed = snapshot.catalogue.documents(expected)
        texts = {each.path: snapshot.catalogue.document(each.path).text for each in indexed}
        problems = list(islice(anchoring.check(questions, texts), _MOST_PROBLEMS + 1))
        if problems:
            first = "; ".join(map(str, problems[:_MOST_PROBLEMS]))
            corpus = shlex.quote(snapshot.manifest.corpus)
            raise QuestionError(
                f"quotations of {file} are not in the documents: {first}"
                f"{'; and more' if len(problems) > _MOST_PROBLEMS else ''}",
                command=f"citewell questions repair {shlex.quote(str(file))} --corpus {corpus}",
            )
