"""The pytest plugin: files named ``*.questions.yaml`` (or ``.jsonl``) are collected, with one test per question.

An answerable question passes if a right answer is among the first passages, an unanswerable one if it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from citewell.answer import Answer
    from citewell.assistant import Assistant
    from citewell.evaluation.questions.sets import Question

_SUFFIXES = (".questions.yaml", ".questions.yml", ".questions.jsonl")
_ASSISTANT = pytest.StashKey["Assistant"]()


class Hooks:
    """The hooks that a conftest can implement."""

    @pytest.hookspec(firstresult=True)
    def pytest_citewell_index(self, config: pytest.Config) -> Path | None:
        """Return the folder of the index to ask; called only when the first question runs."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the hook of this plugin."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("citewell", "Citewell question sets")
    group.addoption("--citewell-index", metavar="DIR", help="the index to ask (default: index)")
    group.addoption(
        "--citewell-top",
        metavar="K",
        type=int,
        default=5,
        help="the number of passages in which a right answer must be (default: 5)",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a question set."""
    if file_path.name.endswith(_SUFFIXES):
        return cast("pytest.Collector", QuestionFile.from_parent(parent, path=file_path))
    return None


class QuestionFile(pytest.File):
    """A question set."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each question."""
        from citewell.errors import QuestionError
        from citewell.evaluation.questions.sets import read_questions

        try:
            found = read_questions(self.path)
        except QuestionError as error:
            raise self.CollectError(str(error)) from error
        for question, line in zip(found.questions, found.lines, strict=True):
            yield QuestionItem.from_parent(self, name=question.question, question=question, line=line)


class _WrongAnswerError(Exception):
    """A question was answered wrongly."""


class QuestionItem(pytest.Item):
    """A question of a set."""

    def __init__(self, *, question: Question, line: int, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.question = question
        self.line = line
        if question.known_miss:
            self.add_marker(pytest.mark.xfail(raises=_WrongAnswerError, strict=True, reason="a known miss"))

    def runtest(self) -> None:
        """Ask the question and check the answer."""
        from citewell.evaluation.measures import first_hit
        from citewell.evaluation.questions.anchoring import gold

        assistant, top = _assistant(self.config), int(self.config.getoption("--citewell-top"))
        question = self.question
        view = assistant.view()
        answer = view.ask(question.question, top=top, scope=question.scope, history=question.turns)
        if not question.answerable:
            if answer.answered:
                raise _WrongAnswerError(
                    f"answered with confidence {answer.confidence:.2f}, but the question is unanswerable:\n{_shown(answer)}"
                )
            return
        indexed = {each.path for each in view.documents()}
        texts = {
            each.document: view.document(each.document).text for each in question.answers if each.document in indexed
        }
        if first_hit(gold(question, texts), answer.passages) is None:
            expected = "\n".join(f"  expected: {each.document}: {each.quote}" for each in question.answers)
            raise _WrongAnswerError(f"no right answer among {top} passages\n{expected}\n{_shown(answer)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002
        """Show a wrong answer, or a CitewellError, without a traceback."""
        from citewell.errors import CitewellError

        if isinstance(excinfo.value, _WrongAnswerError | CitewellError):
            return f"{self.path}:{self.line}: {self.question.question}\n{excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the question is defined."""
        return self.path, self.line - 1, self.name


def _assistant(config: pytest.Config) -> Assistant:
    """Open the index once for all questions."""
    if _ASSISTANT not in config.stash:
        from citewell.assistant import Assistant
        from citewell.index.opening import open_index
        from citewell.settings import load_settings

        named = config.getoption("--citewell-index")
        settings = load_settings()
        place = named or config.hook.pytest_citewell_index(config=config) or settings.index
        config.stash[_ASSISTANT] = Assistant(open_index(str(place)), settings)
    return config.stash[_ASSISTANT]


def _shown(answer: Answer) -> str:
    return "\n".join(f"  shown {each.rank}: {each.document}: {each.text[:100]!r}" for each in answer.passages)
