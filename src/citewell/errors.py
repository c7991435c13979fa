"""The errors, as a small tree. Every message says what happened, to what, and how to fix it.

CitewellError
├── UsageError              the request is invalid (exit status 2)
│   ├── QuestionError       an empty or overlong question, or an invalid line of a batch
│   └── SettingsError       a settings file with an unknown key or a bad value
├── BusyError               the server is busy
├── BelowLimitError         an evaluation is below the required minimum
├── AccountsError           the accounts are missing, damaged, or out of reach
├── FeedbackError           the feedback cannot be used
│   └── FeedbackFullError   too much feedback waits for review
├── StateError              user data cannot be used, in their folder or their database
├── TooManyError            a rate limit was exceeded
├── ReadingError            one file could not be read; a build lists it and continues
│   ├── UnavailableError    the file is temporarily unavailable; an index keeps its last version
│   └── ChangedError        the file is not the one that was indexed
├── EncoderError            a model is missing, damaged, or cannot run
└── IndexFaultError         the index cannot be used
    ├── IndexMissingError   there is no index
    ├── IndexDamagedError   a file of it is missing or does not match the manifest
    ├── IndexUnreadableError  this user may not read it, there is no space for temporary files, or its database is away
    ├── IndexMismatchError  it was built with another encoder, other settings or another format
    ├── IndexBusyError      another process is writing it
    └── HeldBackError       the rebuild would remove too many documents without confirmation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


# After how many seconds a database that does not respond may: until a standby has taken the place of a lost primary.
AWAY_SECONDS = 3


def fix_in_words(command: str | None, hint: str | None) -> str | None:
    """Return the fix in one line: the hint, then the command; None without either."""
    return "; ".join(each for each in (hint, command and f"fix: {command}") if each) or None


def fix_in_json(command: str | None, hint: str | None) -> str | None:
    """Return the fix for the JSON key ``mend``, which keeps its name for existing clients."""
    return "; ".join(each for each in (hint, command) if each) or None


class CitewellError(Exception):
    """An error that Citewell can explain.

    Args:
        message: What happened, and to which file or field.
        command: The command that fixes it, ready to copy.
        hint: What to do, in words: instead of a command, or before it.
        seconds: After how many seconds the same request may succeed, if nothing but time is needed.
    """

    exit_status = 1
    seconds: int | None = None

    def __init__(
        self, message: str, *, command: str | None = None, hint: str | None = None, seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.command = command
        self.hint = hint
        if seconds is not None:
            self.seconds = seconds

    def __str__(self) -> str:
        return "; ".join([self.message, *([self.fix] if self.fix else [])])

    @property
    def fix(self) -> str | None:
        """The hint and the command in one line; None without either."""
        return fix_in_words(self.command, self.hint)


class UsageError(CitewellError):
    """The request is invalid."""

    exit_status = 2


class QuestionError(UsageError):
    """A question is empty or too long, or a line of a batch is not a question."""


class SettingsError(UsageError):
    """A settings file has an unknown key or a bad value."""


class BusyError(CitewellError):
    """The server is busy; the request can be repeated."""

    # Questions are answered within milliseconds, so the queue has room again soon.
    seconds = 2


class BelowLimitError(CitewellError):
    """A measure of an evaluation is below the required minimum."""


class AccountsError(CitewellError):
    """The accounts are missing, damaged, or cannot be read or written."""


class FeedbackError(CitewellError):
    """The feedback cannot be read or written."""


class FeedbackFullError(FeedbackError):
    """Too much feedback waits for review, so no more is accepted."""


class StateError(CitewellError):
    """User data cannot be read or written, in their folder or their database."""


class TooManyError(CitewellError):
    """A rate limit was exceeded.

    Args:
        message: Which limit.
        seconds: How long to wait before the next request.
    """

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message, seconds=seconds)


class ReadingError(CitewellError):
    """One file could not be read; ``message`` is the reason, without the file's name.

    Args:
        message: The reason.
        digest: The SHA-256 of the bytes, if they were read.
        retry: Whether to try the same bytes again: memory or time ran out.
        lacks: The program without which it cannot be read ("ocr" or "soffice"); when that is there, it is tried again.
    """

    def __init__(self, message: str, *, digest: str | None = None, retry: bool = False, lacks: str = "") -> None:
        super().__init__(message)
        self.digest = digest
        self.retry = retry
        self.lacks = lacks


class UnavailableError(ReadingError):
    """A file is temporarily unavailable; its content is unknown.

    Args:
        error: The system's error.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot be read: {error.strerror}")
        self.gone = isinstance(error, FileNotFoundError | NotADirectoryError)


class ChangedError(ReadingError):
    """A file is not the one that was indexed, so nothing is shown of it.

    Args:
        message: What happened to it.
    """

    def __init__(self, message: str = "has changed since it was indexed") -> None:
        super().__init__(message)


class EncoderError(CitewellError):
    """A model is missing, damaged, or cannot run."""


class IndexFaultError(CitewellError):
    """The index cannot be used."""


class IndexMissingError(IndexFaultError):
    """There is no index in this folder.

    Args:
        message: Which folder.
        command: The command that builds it.
        hint: What to do, in words.
        is_first: Whether there has been none before.
    """

    def __init__(
        self, message: str, *, command: str | None = None, hint: str | None = None, is_first: bool = False
    ) -> None:
        super().__init__(message, command=command, hint=hint)
        self.is_first = is_first


class IndexDamagedError(IndexFaultError):
    """A file of the index is missing, or does not match its manifest."""


class IndexUnreadableError(IndexFaultError):
    """The index cannot be read by this user, or now: there is no space for temporary files, or its database is away."""


class IndexMismatchError(IndexFaultError):
    """The index was built with another encoder, other settings or another format."""


class IndexBusyError(IndexFaultError):
    """Another process is writing this index."""


class HeldBackError(IndexFaultError):
    """A rebuild would remove more documents than it may without confirmation.

    Args:
        message: What it would remove, and how that was noticed.
        lost: The paths of the documents.
        command: The command that rebuilds anyway.
    """

    def __init__(self, message: str, *, lost: tuple[str, ...], command: str) -> None:
        super().__init__(message, command=command)
        self.lost = lost


def first_fault(where: str, error: ValidationError) -> str:
    """Describe the first problem of a validation: where it is, the field, and what is expected."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}{', ' + field if field else ''}: {said}"
