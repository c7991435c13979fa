"""The operations of the "Quality" panel: run a set, view and compare saved runs, review feedback, map the corpus."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from citewell.assistant import Assistant
from citewell.document import Span
from citewell.errors import CitewellError, UsageError
from citewell.evaluation.mapping import MappedDocument, map_corpus
from citewell.evaluation.misses import Miss, is_miss, misses
from citewell.evaluation.questions.feedback import Feedback, FeedbackStore
from citewell.evaluation.questions.reviewing import Review, accept, waiting
from citewell.evaluation.questions.sets import Question, read_questions
from citewell.evaluation.running import Run
from citewell.evaluation.summary import Summary
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentMap, StoredDocument
from citewell.state.opening import state_beside
from citewell.state.storage import State
from citewell.web.chat.cards import text_key
from citewell.web.language.current import gettext, noop
from citewell.web.quality.asking import Asker, Asking
from citewell.web.quality.runs import RunStore

_CACHED_STATUSES = 32
_REVIEWED = noop("this feedback was already reviewed, or withdrawn by its reader")


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The state of a question set: its number of questions, or the error in it."""

    set: str
    questions: int = 0
    error: CitewellError | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A run with its measures and misses; ``current`` is whether it was made with the current snapshot."""

    name: str
    run: Run
    summary: Summary
    misses: tuple[Miss, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class CorpusMap:
    """The documents of a snapshot, with what a run found in each."""

    snapshot: str
    documents: tuple[MappedDocument, ...]


class Judge:
    """Evaluates one index. Safe to share between threads; runs one set at a time.

    Args:
        assistant: Answers the questions.
        sets: The question sets that can be run, and that feedback can be added to.
        state: Where feedback and runs are stored; default: beside the index.

    ``runs`` are the saved runs.
    """

    def __init__(self, assistant: Assistant, sets: Sequence[Path], state: State | None = None) -> None:
        state = state or state_beside(assistant.index.path)
        self._assistant = assistant
        self._sets = {str(file): file for file in sets}
        self.runs = RunStore(state.runs)
        self._store = FeedbackStore(state.feedback)
        self._lock = threading.Lock()
        self._asker = Asker(assistant, state.runs)
        self._status = lru_cache(_CACHED_STATUSES)(self._read_status)

    @property
    def asking(self) -> Asking | None:
        """The current or last run of a set; None if no set has been run."""
        return self._asker.asking

    @property
    def sets(self) -> list[str]:
        """The names of the sets."""
        return list(self._sets)

    @property
    def snapshot(self) -> str:
        """The name of the current snapshot."""
        return self._assistant.snapshot.manifest.name

    def statuses(self) -> Iterator[SetStatus]:
        """Yield the status of each set."""
        for name, file in self._sets.items():
            yield self._status(name, _stamp(file))

    def ask(self, name: str) -> None:
        """Start to run a set, unless one is running already.

        Raises:
            UsageError: There is no such set.
        """
        self._asker.ask(name, self._set(name))

    def cancel(self) -> None:
        """Stop the run before its next question, and save nothing of it."""
        self._asker.cancel()

    def wait(self) -> None:
        """Wait until no set is running."""
        self._asker.wait()

    def result(self, name: str) -> Result:
        """Return a saved run with its measures and misses.

        Raises:
            CitewellError: There is no such run, or its file is damaged.
        """
        run = self.runs.load(name)
        snapshot = self._assistant.snapshot
        return Result(
            name,
            run,
            self.runs.summary(name),
            tuple(misses(run, _texts(run, snapshot))),
            run.about.get("snapshot") == snapshot.manifest.name,
        )

    def waiting(self) -> list[Review]:
        """Return the feedback that has not been reviewed."""
        return waiting(self._store, self._assistant.snapshot)

    def accept(self, feedback: int, key: str, name: str) -> bool:
        """Turn feedback into a question and add it to a set.

        Args:
            feedback: The id of the feedback.
            key: The key of one of its `choices`.
            name: The set.

        Returns:
            Whether it was added; False if the set already has the question.

        Raises:
            CitewellError: The feedback was already reviewed or has changed, or there is no such set.
        """
        file = self._set(name)
        with self._lock:
            review = self._review(feedback)
            question = choices(review).get(key)
            if question is None:
                raise CitewellError(gettext("the index has changed; reload the feedback and choose again"))
            return accept(review.feedback, question, self._store, file)

    def reject(self, feedback: int, key: str) -> None:
        """Reject feedback.

        Args:
            feedback: The id of the feedback.
            key: Its `feedback_key`.

        Raises:
            CitewellError: It was already reviewed, or has changed.
        """
        with self._lock:
            for pending in self._store.pending():
                if pending.id == feedback and feedback_key(pending) == key:
                    self._store.decide(pending, "rejected")
                    return
        raise CitewellError(gettext(_REVIEWED))

    def map(self, name: str) -> CorpusMap:
        """Map what a run found in the corpus.

        Raises:
            CitewellError: There is no such run, or it was made with another snapshot.
        """
        run = self.runs.load(name)
        snapshot = self._assistant.snapshot
        if run.about.get("snapshot") != snapshot.manifest.name:
            raise CitewellError(
                gettext("the index has changed since this run"), hint=gettext("run the question set again")
            )
        return CorpusMap(snapshot.manifest.name, tuple(map_corpus(snapshot.catalogue.outlines(), run)))

    def place(self, path: str, span: Span, snapshot: str) -> tuple[StoredDocument, DocumentMap]:
        """Return the document that a box of the map stands for, and where its parts are looked up.

        Raises:
            CitewellError: There is no such document, or the index has changed.
        """
        current = self._assistant.snapshot
        if snapshot != current.manifest.name:
            raise CitewellError(gettext("the index has changed since this map was drawn; reload the map"))
        document = current.catalogue.document(path)
        if not span.start <= span.end <= len(document.text):
            raise UsageError(gettext("%(path)s has no such place", path=path))
        return document, current.catalogue.maps.of(path)

    def _set(self, name: str) -> Path:
        if name not in self._sets:
            raise UsageError(
                gettext("there is no question set “%(name)s”", name=name), command="citewell chat --questions FILE"
            )
        return self._sets[name]

    def _review(self, feedback: int) -> Review:
        for review in self.waiting():
            if review.feedback.id == feedback:
                return review
        raise CitewellError(gettext(_REVIEWED))

    def _read_status(self, name: str, _stamp: tuple[int, int] | None) -> SetStatus:
        try:
            return SetStatus(name, len(read_questions(self._sets[name]).questions))
        except CitewellError as error:
            return SetStatus(name, error=error)


def _stamp(file: Path) -> tuple[int, int] | None:
    """Return the size and time of a file, which tell whether it has changed."""
    found = file.stat() if file.is_file() else None
    return (found.st_size, found.st_mtime_ns) if found else None


def _texts(run: Run, snapshot: Snapshot) -> Mapping[str, str]:
    """Return the texts of the documents with missed answers, without those whose answers are no longer at their place."""
    missed = [outcome for outcome in run.outcomes if outcome.question.answerable and is_miss(outcome)]
    paths = {place.document for outcome in missed for place in outcome.gold}
    texts = {each.path: snapshot.catalogue.document(each.path).text for each in snapshot.catalogue.documents(paths)}
    moved = {
        place.document
        for outcome in missed
        for answer, place in zip(outcome.question.answers, outcome.gold, strict=True)
        if place.document in texts and place.span.of(texts[place.document]) != answer.quote
    }
    return {path: text for path, text in texts.items() if path not in moved}


def feedback_key(feedback: Feedback) -> str:
    """Identify feedback by its time: the id of withdrawn feedback can be used again."""
    return feedback.said.isoformat() if feedback.said else ""


def choices(review: Review) -> dict[str, Question]:
    """Return the questions that feedback can become, by their keys, the one that its reader suggests first."""
    passages = [review.answered_by(rank) for rank in review.passages]
    questions = [*([review.suggested] if review.suggested else []), *passages, review.not_covered()]
    return {text_key(question.model_dump_json()): question for question in questions}
