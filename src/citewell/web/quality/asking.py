"""Asking a question set in a thread, with progress to watch, and keeping the run."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import regex

from citewell.assistant import Assistant
from citewell.errors import CitewellError, QuestionError
from citewell.evaluation.questions import anchoring
from citewell.evaluation.questions.sets import QuestionSet, read_questions
from citewell.evaluation.running import run, save_run
from citewell.index.folder import Snapshot
from citewell.state.folder import StateFolder

_MOST_PROBLEMS = 5
_UNNAMED = regex.compile(r"[^\p{L}\p{N}_-]+")


class _CancelledError(Exception):
    """Somebody has thought better of a run."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a set is being asked, and what came of it: the name of the run, or why there is none."""

    set: str
    done: int = 0
    total: int = 0
    running: bool = True
    run: str | None = None
    error: str | None = None
    cancelled: bool = False


class Asker:
    """Asks question sets, one at a time. Safe to share between threads.

    Args:
        assistant: Who answers.
        state: Where runs are kept; it is made with the first.
    """

    def __init__(self, assistant: Assistant, state: StateFolder) -> None:
        self._assistant = assistant
        self._state = state
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self.asking: Asking | None = None

    def ask(self, name: str, file: Path) -> None:
        """Begin to ask a set, unless it is being asked already.

        Raises:
            CitewellError: Another is being asked.
        """
        with self._lock:
            if self.asking and self.asking.running:
                if self.asking.set == name:
                    return
                raise CitewellError(f"{self.asking.set} is being asked; wait until that is done, or cancel it")
            self._cancel.clear()
            self.asking = Asking(name)
            self._thread = threading.Thread(target=self._run, args=(name, file), daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Have the asking end at its next question; nothing is kept of it."""
        self._cancel.set()

    def wait(self) -> None:
        """Return when no set is being asked."""
        if self._thread:
            self._thread.join()

    def _run(self, name: str, file: Path) -> None:
        ended = Asking(name, running=False, error="the run broke off; the messages of the server say why")
        try:
            ended = Asking(name, running=False, run=self._make(file))
        except _CancelledError:
            ended = Asking(name, running=False, cancelled=True)
        except CitewellError as error:
            ended = Asking(name, running=False, error=str(error))
        except OSError as error:
            ended = Asking(name, running=False, error=f"the run cannot be kept in {self._state.runs}: {error.strerror}")
        finally:
            self.asking = ended

    def _make(self, file: Path) -> str:
        """Ask a set and keep the run; return its name."""
        questions = read_questions(file)
        snapshot = self._assistant.snapshot
        self._check(questions, file, snapshot)
        began = datetime.now(UTC)
        title = f"{file.name.partition('.')[0]}, {began:%Y-%m-%d %H:%M:%S} UTC"
        made = run(self._assistant, questions, name=title, progress=self._tell)
        self._state.make()
        self._state.runs.mkdir(exist_ok=True)
        name = f"{began:%Y%m%dT%H%M%S.%fZ}-{_UNNAMED.sub('-', file.name.partition('.')[0])}"
        save_run(made, self._state.runs / f"{name}.jsonl", private=True)
        return name

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

    def _tell(self, _stage: str, done: int, total: int) -> None:
        if self._cancel.is_set():
            raise _CancelledError
        if self.asking:
            self.asking = Asking(self.asking.set, done, total)
