"""Errors on the page: what each kind of user may read of an error, and its HTML, with the fix or the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from citewell.errors import (
    AWAY_SECONDS,
    AccountsError,
    BusyError,
    CitewellError,
    EncoderError,
    FeedbackError,
    FeedbackFullError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    IndexUnreadableError,
    TooManyError,
)
from citewell.web.auth.visitors import visitor
from citewell.web.language.core import said
from citewell.web.language.current import gettext, noop
from citewell.web.templates import render


@dataclass(frozen=True, slots=True)
class _State:
    """What a fault means, for every user. Only maintainers see the message itself, because it can name files."""

    name: str
    title: str
    words: str


_SERVER_FAULTS: dict[type[CitewellError], _State] = {
    IndexMissingError: _State(
        "missing", noop("There is no index"), noop("Questions cannot be answered until the index is built.")
    ),
    IndexDamagedError: _State(
        "damaged", noop("The index is damaged"), noop("Questions cannot be answered until the index is repaired.")
    ),
    IndexMismatchError: _State(
        "damaged",
        noop("The index does not match these settings"),
        noop("It was built with another encoder or other settings. Questions cannot be answered until it is rebuilt."),
    ),
    IndexUnreadableError: _State(
        "damaged",
        noop("The index cannot be read"),
        noop("Questions cannot be answered until the server has permission to read it."),
    ),
    EncoderError: _State("damaged", noop("The encoder cannot be used"), noop("Its files are missing or damaged.")),
    FeedbackFullError: _State(
        "damaged", noop("The feedback was not saved"), noop("Too much feedback waits for review.")
    ),
    FeedbackError: _State("damaged", noop("The feedback was not saved"), noop("The feedback database cannot be used.")),
    AccountsError: _State("damaged", noop("Nobody can sign in"), noop("The accounts cannot be used.")),
}
_BUSY = _State("busy", noop("The server is busy"), noop("Your question is kept and will be sent again automatically."))
_AWAY = _State(
    "busy", noop("The database does not respond"), noop("Your question is kept and will be sent again automatically.")
)
_TOO_MANY = _State("busy", noop("Too many requests"), noop("This request will be sent again automatically."))
# The template adds the full stop.
_ASK_ADMINISTRATOR = noop("An administrator has to fix this. Your question is kept")

_HERE = noop("build it with the button below")
_AGAIN = noop("build it again under “Manage the documents”")
_FIRST = noop("add documents, or try it with the example")


def public_error(error: CitewellError) -> CitewellError:
    """Return an error as an API client may read it.

    Args:
        error: The error; the details of a server fault are for maintainers only.
    """
    state = _AWAY if _is_away(error) else _server_fault(error)
    if state is None or visitor().maintains:
        return error
    hint = f"try again in {error.seconds} seconds" if error.seconds else "an administrator has to fix this"
    return CitewellError(f"{state.title[:1].lower()}{state.title[1:]}", hint=hint)


def render_error(message: str, command: str | None = None, hint: str | None = None) -> Markup:
    """Render an error message and its fix."""
    return render("shared/error.html", message=said(message), command=command, hint=said(hint or ""))


def render_failed(error: CitewellError) -> Markup:
    """Render why an operation of a maintainer failed."""
    return render_error(error.message, error.command, error.hint)


def render_away() -> Markup:
    """Render that what the server needs does not respond, for the page to show when it finds that out itself."""
    return _render(_AWAY, retry_after=AWAY_SECONDS)


def render_fault(error: CitewellError, *, here: bool = False) -> Markup:
    """Render an error: a server fault as a panel, anything else as its message.

    Args:
        error: The error; only maintainers see commands, and the details of a server fault.
        here: Whether it is shown on the "Documents" panel, which needs no link to itself.
    """
    if isinstance(error, BusyError):
        return _render(_BUSY, retry_after=error.seconds)
    if isinstance(error, TooManyError):
        return _render(_TOO_MANY, error.message, retry_after=error.seconds)
    maintains = visitor().maintains
    if _is_away(error):
        message, hint = (error.message, error.hint) if maintains else ("", None)
        return _render(_AWAY, message, hint=hint, retry_after=error.seconds)
    state = _server_fault(error)
    if state is None:
        return render_error(error.message, *((error.command, error.hint) if maintains else (None, None)))
    if not maintains:
        return _render(state, gettext(_ASK_ADMINISTRATOR))
    if isinstance(error, IndexMissingError):
        # The page has buttons for what the command does.
        hint = _HERE if here else _FIRST if error.is_first else _AGAIN
        return _render(
            state, error.message, hint=gettext(hint), leads="" if here else "first" if error.is_first else "documents"
        )
    return _render(state, error.message, command=error.command, hint=error.hint, leads="" if here else "documents")


def _is_away(error: CitewellError) -> bool:
    """Return whether what the server needs does not respond now; to be busy, or asked too often, is no such thing."""
    return error.seconds is not None and not isinstance(error, BusyError | TooManyError)


def _server_fault(error: CitewellError) -> _State | None:
    return next((state for kind, state in _SERVER_FAULTS.items() if isinstance(error, kind)), None)


def _render(
    state: _State,
    message: str = "",
    *,
    command: str | None = None,
    hint: str | None = None,
    retry_after: int | None = None,
    leads: Literal["", "documents", "first"] = "",
) -> Markup:
    """Render a state with its buttons; the page also retries automatically after ``retry_after`` seconds.

    ``leads`` is where its buttons lead: to "Documents", or, as there has been no index yet, to adding the first.
    """
    return render(
        "shared/fault.html",
        state=state,
        message=said(message),
        command=command,
        hint=said(hint or ""),
        retry_after=retry_after,
        leads=leads,
    )
