"""Judging from the page: a question set asked and watched, runs kept and compared, feedback decided on, the corpus mapped."""

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
from citewell.index.catalogue import StoredDocument
from citewell.index.folder import Snapshot
from citewell.state.folder import StateFolder
from citewell.web.chat.cards import text_key
from citewell.web.quality.asking import Asker, Asking
from citewell.web.quality.runs import RunStore

_KEPT = 32
_DECIDED = "somebody has already decided on this, or its reader took it back"


@dataclass(frozen=True, slots=True)
class SetStatus:
    """A question set: how many questions it has, or what is wrong with it."""

    set: str
    questions: int = 0
    error: CitewellError | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A run with its measures and misses; ``current`` says that it was asked of the snapshot in use."""

    name: str
    run: Run
    summary: Summary
    misses: tuple[Miss, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class CorpusMap:
    """The documents of a snapshot, with what a run found in them."""

    snapshot: str
    documents: tuple[MappedDocument, ...]


class Judge:
    """Judges one index. Safe to share between threads; one set is asked at a time.

    Args:
        assistant: Who answers.
        sets: The question sets that can be asked, and that feedback is added to.
        state: Where feedback and runs are kept; None is beside the index.

    ``runs`` are those that are kept.
    """

    def __init__(self, assistant: Assistant, sets: Sequence[Path], state: StateFolder | None = None) -> None:
        state = state or StateFolder.beside(assistant.index.path)
        self._assistant = assistant
        self._sets = {str(file): file for file in sets}
        self.runs = RunStore(state.runs)
        self._store = FeedbackStore(state.path)
        self._lock = threading.Lock()
        self._asker = Asker(assistant, state)
        self._status = lru_cache(_KEPT)(self._read_status)

    @property
    def asking(self) -> Asking | None:
        """How the last set was asked, or is being asked; None where there was none."""
        return self._asker.asking

    @property
    def sets(self) -> list[str]:
        """The names of the sets."""
        return list(self._sets)

    @property
    def snapshot(self) -> str:
        """The snapshot in use."""
        return self._assistant.snapshot.manifest.name

    def statuses(self) -> Iterator[SetStatus]:
        """Yield what each set holds, or what is wrong with it."""
        for name, file in self._sets.items():
            yield self._status(name, _stamp(file))

    def ask(self, name: str) -> None:
        """Begin to ask a set, unless one is being asked already.

        Raises:
            UsageError: There is no such set.
        """
        self._asker.ask(name, self._set(name))

    def cancel(self) -> None:
        """Have the asking end at its next question; nothing is kept of it."""
        self._asker.cancel()

    def wait(self) -> None:
        """Return when no set is being asked."""
        self._asker.wait()

    def result(self, name: str) -> Result:
        """Return what a run is worth.

        Raises:
            CitewellError: There is no run of that name, or its file is damaged.
        """
        made = self.runs.load(name)
        snapshot = self._assistant.snapshot
        return Result(
            name,
            made,
            self.runs.summary(name),
            tuple(misses(made, _texts(made, snapshot))),
            made.about.get("snapshot") == snapshot.manifest.name,
        )

    def waiting(self) -> list[Review]:
        """Return the feedback that waits for a decision."""
        return waiting(self._store, self._assistant.snapshot)

    def accept(self, feedback: int, key: str, name: str) -> bool:
        """Make a question of feedback and add it to a set.

        Args:
            feedback: The number of the feedback.
            key: Which of its `choices`.
            name: The set.

        Returns:
            Whether it was added; it is not where the set has the question already.

        Raises:
            CitewellError: It was decided on already, is another by now, or the set is none.
        """
        file = self._set(name)
        with self._lock:
            review = self._review(feedback)
            question = choices(review).get(key)
            if question is None:
                raise CitewellError("the documents were indexed anew since; look again at what can be accepted")
            return accept(review.feedback, question, self._store, file)

    def reject(self, feedback: int, key: str) -> None:
        """Put feedback aside.

        Args:
            feedback: The number of the feedback.
            key: What `said_key` makes of what was read.

        Raises:
            CitewellError: It was decided on already, or is another by now.
        """
        with self._lock:
            for pending in self._store.pending():
                if pending.id == feedback and said_key(pending) == key:
                    self._store.decide(pending, "rejected")
                    return
        raise CitewellError(_DECIDED)

    def map(self, name: str) -> CorpusMap:
        """Lay a run over the corpus.

        Raises:
            CitewellError: There is no such run, or it was asked of other documents than those in use.
        """
        made = self.runs.load(name)
        snapshot = self._assistant.snapshot
        if made.about.get("snapshot") != snapshot.manifest.name:
            raise CitewellError(
                "the documents were indexed anew since this run, so that it says nothing of them as they are now",
                hint="run the question set again",
            )
        return CorpusMap(snapshot.manifest.name, tuple(map_corpus(snapshot.catalogue.outlines(), made)))

    def place(self, path: str, span: Span, snapshot: str) -> StoredDocument:
        """Return a document to open at a place of the map.

        Raises:
            CitewellError: It is not there any more, or was indexed anew since.
        """
        now = self._assistant.snapshot
        if snapshot != now.manifest.name:
            raise CitewellError("the documents were indexed anew since this map was drawn; look at it again")
        document = now.catalogue.document(path)
        if not span.start <= span.end <= len(document.text):
            raise UsageError(f"{path} has no such place")
        return document

    def _set(self, name: str) -> Path:
        if name not in self._sets:
            raise UsageError(f"there is no question set {name!r}", command="citewell chat --questions FILE")
        return self._sets[name]

    def _review(self, feedback: int) -> Review:
        for review in self.waiting():
            if review.feedback.id == feedback:
                return review
        raise CitewellError(_DECIDED)

    def _read_status(self, name: str, _stamp: tuple[int, int] | None) -> SetStatus:
        try:
            return SetStatus(name, len(read_questions(self._sets[name]).questions))
        except CitewellError as error:
            return SetStatus(name, error=error)


def _stamp(file: Path) -> tuple[int, int] | None:
    """Return what changes when a file does."""
    found = file.stat() if file.is_file() else None
    return (found.st_size, found.st_mtime_ns) if found else None


def _texts(made: Run, snapshot: Snapshot) -> Mapping[str, str]:
    """Return the texts of the documents with right answers that were missed, as far as they still say what they said."""
    lost = [outcome for outcome in made.outcomes if outcome.question.answerable and is_miss(outcome)]
    wanted = {place.document for outcome in lost for place in outcome.gold}
    texts = {each.path: snapshot.catalogue.document(each.path).text for each in snapshot.catalogue.documents(wanted)}
    moved = {
        place.document
        for outcome in lost
        for answer, place in zip(outcome.question.answers, outcome.gold, strict=True)
        if place.document in texts and place.span.of(texts[place.document]) != answer.quote
    }
    return {path: text for path, text in texts.items() if path not in moved}


def said_key(feedback: Feedback) -> str:
    """Name feedback by when it was said: the number of one that was taken back is given to another."""
    return feedback.said.isoformat() if feedback.said else ""


def choices(review: Review) -> dict[str, Question]:
    """Return the questions that can be made of feedback, by their keys, what its reader suggests first."""
    passages = [review.answered_by(rank) for rank in review.passages]
    found = [*([review.suggested] if review.suggested else []), *passages, review.not_covered()]
    return {text_key(question.model_dump_json()): question for question in found}
