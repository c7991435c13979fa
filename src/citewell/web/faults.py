"""What an error says to whom, and how the page shows it: what it means, what becomes of the question, and the way on."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from citewell.errors import (
    AccountsError,
    BusyError,
    CitewellError,
    EncoderError,
    FeedbackError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreadableError,
    TooManyError,
)
from citewell.web.auth.visitors import visitor
from citewell.web.templates import render


@dataclass(frozen=True, slots=True)
class _State:
    """What something that went wrong means; only maintainers read more, because that names places on the machine."""

    name: str
    title: str
    words: str


_INSIDES = {
    IndexMissingError: _State(
        "missing", "There is no index to search", "Nothing can be quoted until the documents are indexed."
    ),
    IndexDamagedError: _State(
        "damaged", "The index is damaged", "Nothing is searched until it is mended, so that nothing wrong is quoted."
    ),
    IndexMismatchError: _State(
        "damaged",
        "The index was made otherwise",
        "It was made with another encoder or other settings, and is not searched until that is mended.",
    ),
    IndexUnreadableError: _State(
        "damaged", "The index cannot be read", "Nothing can be quoted until whoever runs the server may read it."
    ),
    EncoderError: _State("damaged", "Questions cannot be read", "The encoder is missing or damaged."),
    FeedbackError: _State("damaged", "This cannot be kept", "The place where opinions are kept cannot be used."),
    AccountsError: _State("damaged", "Nobody can be let in", "The file of accounts cannot be used."),
}
_BUSY = _State("busy", "Many are asking just now", "Your question waits its turn here, and is asked again by itself.")
_TOO_MANY = _State("busy", "That was a lot at once", "It is asked again by itself when there is room.")
# Its full stop comes with the template's.
_OTHERS_MEND = "Whoever looks after the documents can mend it. What you asked is kept here"


def told(error: CitewellError) -> CitewellError:
    """Return what a program is told of an error.

    Args:
        error: The error; of the machine's insides only maintainers are told.
    """
    state = _of_insides(error)
    if state is None or visitor().maintains:
        return error
    return CitewellError(f"{state.title[:1].lower()}{state.title[1:]}", hint="an administrator has to fix this")


def render_error(message: str, command: str | None = None, hint: str | None = None) -> Markup:
    """Render what went wrong, in the words of the error, and what fixes it."""
    return render("shared/error.html", message=message, command=command, hint=hint)


def render_failed(error: CitewellError) -> Markup:
    """Render why something that a maintainer began came to nothing."""
    return render_error(error.message, error.command, error.hint)


def render_fault(error: CitewellError, *, here: bool = False) -> Markup:
    """Render an error: a state of the server as one, and anything else as what it says.

    Args:
        error: The error; of the machine's insides, and of commands, only maintainers read.
        here: Whether it is shown where it can be mended, so that no way there is needed.
    """
    if isinstance(error, BusyError):
        return _render(_BUSY, again=error.seconds)
    if isinstance(error, TooManyError):
        return _render(_TOO_MANY, error.message, again=error.seconds)
    state = _of_insides(error)
    maintains = visitor().maintains
    if state is None:
        return render_error(error.message, *((error.command, error.hint) if maintains else (None, None)))
    if not maintains:
        return _render(state, _OTHERS_MEND)
    return _render(state, error.message, command=error.command, hint=error.hint, way=not here)


def _of_insides(error: CitewellError) -> _State | None:
    return next((state for kind, state in _INSIDES.items() if isinstance(error, kind)), None)


def _render(
    state: _State,
    message: str = "",
    *,
    command: str | None = None,
    hint: str | None = None,
    again: int | None = None,
    way: bool = False,
) -> Markup:
    """Render a state; the page asks again after some seconds where ``again`` says so, and at a press of the button."""
    return render("shared/fault.html", state=state, message=message, command=command, hint=hint, again=again, way=way)
