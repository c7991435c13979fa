"""The pytest plugin: files named ``*.questions.yaml`` (or ``.jsonl``) are tests, one item a question.

A question passes when a right answer is within the first passages, or, where the corpus does not cover it, when it is refused.
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
    """What a repository can tell the plugin in its conftest."""

    @pytest.hookspec(firstresult=True)
    def pytest_citewell_index(self, config: pytest.Config) -> Path | None:
        """Return the folder of the index to ask; it is asked for only when the first question runs."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hook of this plugin known."""
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
        help="passages among which a right answer must be (default: 5)",
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
    """A question was not answered as its set says."""


class QuestionItem(pytest.Item):
    """A question of a set."""

    def __init__(self, *, question: Question, line: int, **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.question = question
        self.line = line
        if question.known_miss:
            self.add_marker(pytest.mark.xfail(raises=_WrongAnswerError, strict=True, reason="a known miss"))

    def runtest(self) -> None:
        """Ask the question and look at what is found."""
        from citewell.evaluation.measures import first_hit
        from citewell.evaluation.questions.anchoring import gold

        assistant, top = _assistant(self.config), int(self.config.getoption("--citewell-top"))
        asked = self.question
        view = assistant.view()
        answer = view.ask(asked.question, top=top, history=asked.turns)
        if not asked.answerable:
            if answer.answered:
                raise _WrongAnswerError(
                    f"answered with confidence {answer.confidence:.2f}, though not covered:\n{_shown(answer)}"
                )
            return
        held = {each.path for each in view.documents()}
        texts = {each.document: view.document(each.document).text for each in asked.answers if each.document in held}
        if first_hit(gold(asked, texts), answer.passages) is None:
            wanted = "\n".join(f"  wanted: {each.document}: {each.quote}" for each in asked.answers)
            raise _WrongAnswerError(f"no right answer among {top} passages\n{wanted}\n{_shown(answer)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002
        """Show a wrong answer, or an error of Citewell's, without a traceback."""
        from citewell.errors import CitewellError

        if isinstance(excinfo.value, _WrongAnswerError | CitewellError):
            return f"{self.path}:{self.line}: {self.question.question}\n{excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the question stands."""
        return self.path, self.line - 1, self.name


def _assistant(config: pytest.Config) -> Assistant:
    """Open the index once for all questions."""
    if _ASSISTANT not in config.stash:
        from citewell.assistant import Assistant
        from citewell.index.folder import IndexFolder
        from citewell.settings import load_settings

        named = config.getoption("--citewell-index")
        folder = Path(named) if named else config.hook.pytest_citewell_index(config=config) or Path("index")
        config.stash[_ASSISTANT] = Assistant(IndexFolder(folder), load_settings())
    return config.stash[_ASSISTANT]


def _shown(answer: Answer) -> str:
    return "\n".join(f"  shown {each.rank}: {each.document}: {each.text[:100]!r}" for each in answer.passages)
