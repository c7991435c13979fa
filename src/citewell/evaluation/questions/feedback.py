"""Feedback: readers' ratings of answers, stored in SQLite until a person reviews them."""

from __future__ import annotations

import shlex
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter

from citewell.answer import Answer, Place, Turn
from citewell.errors import CitewellError, FeedbackError, FeedbackFullError, StateError
from citewell.files import make_private, open_private
from citewell.search.follow_up import context_of
from citewell.state.folder import StateFolder

Verdict = Literal["helpful", "unhelpful", "right passage", "nothing here"]
Decision = Literal["accepted", "rejected"]


def _as_members(*names: str) -> Callable[[object], object]:
    """Return a validator that reads a list of values, the format of the first versions, as fields of these names."""
    return lambda kept: dict(zip(names, kept, strict=True)) if isinstance(kept, list) else kept


_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY, said TEXT NOT NULL, question TEXT NOT NULL, history TEXT NOT NULL, snapshot TEXT NOT NULL,
    verdict TEXT NOT NULL, document TEXT, start INTEGER, end INTEGER, quote TEXT, passages TEXT NOT NULL, decision TEXT,
    answer TEXT, part INTEGER NOT NULL, UNIQUE (answer, part));
"""
_TURNS = TypeAdapter(tuple[Annotated[Turn, BeforeValidator(_as_members("role", "content"))], ...])
_PLACES = TypeAdapter(tuple[Annotated[Place, BeforeValidator(_as_members("document", "start", "end"))], ...])
_ABOUT_ALL = 0
# Limits for feedback that waits for review: more than anyone reviews, and not enough to fill a disk.
MOST_PENDING = 5_000
MOST_BYTES = 32_000_000
_SIZE = "length(CAST(question || history || passages || ifnull(quote, '') AS BLOB))"


class Feedback(BaseModel):
    """A reader's rating of an answer, or of one passage of it.

    ``rank`` is that of the rated passage, ``place`` the place of its mark, ``quote`` the marked words; all are None if the
    whole answer is rated. ``passages`` are the places of all shown passages. ``id`` is set by the store.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    history: tuple[Turn, ...]
    snapshot: str
    verdict: Verdict
    passages: tuple[Place, ...]
    rank: int | None = None
    place: Place | None = None
    quote: str | None = None
    said: datetime | None = None
    id: int | None = None


def about(answer: Answer, history: tuple[Turn, ...], verdict: Verdict, rank: int | None = None) -> Feedback:
    """Create feedback on an answer.

    Args:
        answer: The answer.
        history: The earlier turns; only those that a follow-up can refer to are kept.
        verdict: The rating.
        rank: The rated passage, from 1; None is the whole answer.

    Raises:
        CitewellError: The verdict or the passage does not exist, or the verdict does not fit a passage or a whole answer.
    """
    if verdict not in get_args(Verdict):
        raise CitewellError(f"there is no verdict {verdict!r}")
    if verdict == "right passage" and rank is None:
        raise CitewellError("choose which of the shown passages is right")
    if verdict != "right passage" and rank is not None:
        raise CitewellError(f"{verdict!r} applies to a whole answer, not to a passage")
    chosen = next((passage for passage in answer.passages if passage.rank == rank), None)
    if rank is not None and chosen is None:
        raise CitewellError(f"the answer has no passage {rank}")
    return Feedback(
        # The filters beside it, too: in words, they are part of the question.
        question=" ".join([answer.asked, *map(str, answer.filters)]) if answer.filters else answer.question,
        history=context_of(history),
        snapshot=answer.snapshot,
        verdict=verdict,
        passages=tuple(passage.at for passage in answer.passages),
        rank=rank,
        place=Place.of(chosen.document, chosen.highlights[0]) if chosen else None,
        quote=chosen.marks[0].of(chosen.text) if chosen else None,
    )


class FeedbackStore:
    """The feedback on one index. Safe for several threads and processes.

    Args:
        folder: The state folder (`StateFolder`); it is created with the first feedback.
    """

    def __init__(self, folder: Path) -> None:
        self._state = StateFolder(folder)
        self._file = self._state.feedback

    def add(self, feedback: Feedback, *, answer: str | None = None) -> int:
        """Store feedback; return its id.

        Args:
            feedback: The feedback.
            answer: A unique name of the answer: new feedback on the same answer, or the same passage of it, replaces the old.

        Raises:
            FeedbackError: The file cannot be written.
            FeedbackFullError: Too much feedback waits for review.
        """
        place = feedback.place
        row = (
            datetime.now(UTC).isoformat(),
            feedback.question,
            _TURNS.dump_json(feedback.history).decode(),
            feedback.snapshot,
            feedback.verdict,
            *((place.document, place.start, place.end) if place else (None, None, None)),
            feedback.quote,
            _PLACES.dump_json(feedback.passages).decode(),
            answer,
            feedback.rank or _ABOUT_ALL,
        )
        with self._open() as connection:
            added = connection.execute(
                "INSERT OR REPLACE INTO feedback (said, question, history, snapshot, verdict, document, start, end, quote,"
                " passages, answer, part) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            waiting, size = connection.execute(
                f"SELECT count(*), sum({_SIZE}) FROM feedback WHERE decision IS NULL"  # noqa: S608 - no user input
            ).fetchone()
            if waiting > MOST_PENDING or size > MOST_BYTES:
                # Raised inside the transaction, which is rolled back.
                raise self._too_much()
        return int(added.lastrowid or 0)

    def withdraw(self, answer: str, rank: int | None = None) -> bool:
        """Delete feedback on an answer, or on one passage of it, unless it was reviewed; return whether it was deleted."""
        if not self._file.is_file():
            return False
        with self._open() as connection:
            gone = connection.execute(
                "DELETE FROM feedback WHERE answer = ? AND part = ? AND decision IS NULL", (answer, rank or _ABOUT_ALL)
            )
        return gone.rowcount > 0

    def pending(self) -> list[Feedback]:
        """Return the feedback that was not reviewed yet, oldest first."""
        return self._where("decision IS NULL")

    def right_passages(self) -> list[Feedback]:
        """Return the feedback that marks a right passage and was not rejected, oldest first."""
        return self._where("verdict = 'right passage' AND decision IS NOT 'rejected'")

    def decide(self, feedback: Feedback, decision: Decision) -> None:
        """Record the decision on feedback."""
        with self._open() as connection:
            connection.execute("UPDATE feedback SET decision = ? WHERE id = ?", (decision, feedback.id))

    def _where(self, condition: str) -> list[Feedback]:
        if not self._file.is_file():
            return []
        with self._open() as connection:
            rows = connection.execute(
                "SELECT id, said, question, history, snapshot, verdict, document, start, end, quote, passages, part"  # noqa: S608
                f" FROM feedback WHERE {condition} ORDER BY id"
            ).fetchall()
        return [_feedback(row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._make()
            with closing(sqlite3.connect(self._file, timeout=10)) as connection, connection:
                connection.executescript(_SCHEMA)
                yield connection
        except StateError as error:
            raise FeedbackError(error.message, command=error.command, hint=error.hint) from error
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(
                f"the feedback in {self._file} cannot be used: {error}",
                hint="give this user read and write access, or choose another folder with --state DIR",
            ) from error

    def _too_much(self) -> FeedbackFullError:
        return FeedbackFullError(
            "too much feedback waits for review, so no more is accepted",
            hint=f"review it: citewell questions from-feedback SET --state {shlex.quote(str(self._state.path))}",
        )

    def _make(self) -> None:
        """Create the file, readable only by its owner; SQLite gives its other files the same permissions."""
        self._state.create()
        try:
            open_private(self._file).close()
        except FileExistsError:
            if self._file.is_file() and stat.S_IMODE(self._file.stat().st_mode) & 0o077:
                make_private(self._file)


def _feedback(row: tuple[int, str, str, str, str, Verdict, str | None, int, int, str | None, str, int]) -> Feedback:
    name, said, question, history, snapshot, verdict, document, start, end, quote, passages, part = row
    return Feedback(
        question=question,
        history=_TURNS.validate_json(history),
        snapshot=snapshot,
        verdict=verdict,
        passages=_PLACES.validate_json(passages),
        rank=part or None,
        place=Place(document=document, start=start, end=end) if document is not None else None,
        quote=quote,
        said=datetime.fromisoformat(said),
        id=name,
    )
