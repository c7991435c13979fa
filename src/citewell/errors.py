"""What can go wrong, as a small tree. Every message says what happened, to what, and the command that mends it.

CitewellError
├── UsageError              the caller asked for something that cannot be (exit status 2)
│   ├── QuestionError       an empty or overlong question, or a broken line of a batch
│   └── SettingsError       a settings file with an unknown key or a bad value
├── BusyError               more is asked at once than can be answered
├── BelowLimitError         an evaluation did not reach what it was held to
├── AccountsError           the file of accounts is missing or damaged
├── FeedbackError           the file of feedback cannot be used
│   └── FeedbackFullError   so much waits for a decision that no more is taken
├── StateError              the folder of what people wrote cannot be used
├── TooManyError            too much was asked at once
├── ReadingError            one file could not be read; a build lists it and goes on
│   └── UnavailableError    the system does not hand it out just now; an index keeps what it has of it
├── EncoderError            a model is missing, damaged, or cannot run
└── IndexFaultError         the index cannot be used as it is
    ├── IndexMissingError   there is none
    ├── IndexDamagedError   a file of it is missing or not what the manifest says
    ├── IndexUnreadableError  this user may not read it, or has no place for what opening it takes
    ├── IndexMismatchError  it was made with another encoder, other settings or another format
    ├── IndexBusyError      another process is writing it
    └── HeldBackError       it would lose more than nobody has asked for
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


def fix_in_words(command: str | None, hint: str | None) -> str | None:
    """Return what fixes something in one line: the hint, then the command; None where there is neither."""
    return "; ".join(each for each in (hint, command and f"fix: {command}") if each) or None


def fix_in_json(command: str | None, hint: str | None) -> str | None:
    """Return the same as programs read it under ``mend``, the name that it has in JSON since the first version."""
    return "; ".join(each for each in (hint, command) if each) or None


class CitewellError(Exception):
    """Anything Citewell can explain.

    Args:
        message: What happened, and to which file or field.
        command: The command that fixes it, to be copied as it is, where there is one.
        hint: What to do, in words: instead of a command, or before it.
    """

    exit_status = 1

    def __init__(self, message: str, *, command: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.command = command
        self.hint = hint

    def __str__(self) -> str:
        return "; ".join([self.message, *([self.fix] if self.fix else [])])

    @property
    def fix(self) -> str | None:
        """The hint and the command in one line; None where there is neither."""
        return fix_in_words(self.command, self.hint)


class UsageError(CitewellError):
    """The caller asked for something that cannot be."""

    exit_status = 2


class QuestionError(UsageError):
    """A question is empty or too long, or a line of a batch is not a question."""


class SettingsError(UsageError):
    """A settings file has an unknown key or a bad value."""


class BusyError(CitewellError):
    """More is asked at once than can be answered; it is worth asking again."""

    # A question is answered within milliseconds, so that there is room again soon.
    seconds = 2


class BelowLimitError(CitewellError):
    """A figure of an evaluation is lower than it was said that it must be."""


class AccountsError(CitewellError):
    """The file of accounts is missing, damaged, or cannot be read or written."""


class FeedbackError(CitewellError):
    """The file that keeps what readers said cannot be read or written."""


class FeedbackFullError(FeedbackError):
    """So much feedback waits for a decision that no more is taken."""


class StateError(CitewellError):
    """The folder of what people wrote cannot be read or written."""


class TooManyError(CitewellError):
    """Too much was asked at once.

    Args:
        message: What there was too much of.
        seconds: How long to wait before the next.
    """

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class ReadingError(CitewellError):
    """One file could not be read; ``message`` is the reason, without the file's name.

    Args:
        message: The reason.
        digest: The SHA-256 of the bytes that were read, where they were.
        again: Whether the same bytes may be read another time: it was memory or time that did not do.
    """

    def __init__(self, message: str, *, digest: str | None = None, again: bool = False) -> None:
        super().__init__(message)
        self.digest = digest
        self.again = again


class UnavailableError(ReadingError):
    """The system does not hand out a file just now, which tells nothing of what is in it.

    Args:
        error: What the system said.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot be read: {error.strerror}")
        self.gone = isinstance(error, FileNotFoundError | NotADirectoryError)


class EncoderError(CitewellError):
    """A model is missing, damaged, or cannot run."""


class IndexFaultError(CitewellError):
    """The index cannot be used as it is."""


class IndexMissingError(IndexFaultError):
    """There is no index in this folder."""


class IndexDamagedError(IndexFaultError):
    """A file of the index is missing, or is not what its manifest says."""


class IndexUnreadableError(IndexFaultError):
    """The index cannot be read by this user, or there is no place to put what opening it takes."""


class IndexMismatchError(IndexFaultError):
    """The index was made with another encoder, other settings or another format."""


class IndexBusyError(IndexFaultError):
    """Another process is writing this index."""


class HeldBackError(IndexFaultError):
    """An index would lose more documents than an unattended build may take out of it.

    Args:
        message: What it would lose, and by what that was noticed.
        lost: The paths of the documents.
        command: The command that takes them out all the same.
    """

    def __init__(self, message: str, *, lost: tuple[str, ...], command: str) -> None:
        super().__init__(message, command=command)
        self.lost = lost


def first_fault(where: str, error: ValidationError) -> str:
    """Say what the first thing is that is wrong with a content, and where: the place, the field, and what it should be."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}{', ' + field if field else ''}: {said}"
