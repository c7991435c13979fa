"""What is answered to what cannot be done, and what those who may refuse a request share."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import Message, Receive

from citewell.errors import fix_in_json

# What the names of our cookies begin with.
COOKIE = "citewell-"


def problem(
    status: int,
    message: str,
    hint: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    command: str | None = None,
) -> JSONResponse:
    """Make the answer to what cannot be done.

    Args:
        status: The HTTP status.
        message: What is wrong.
        hint: What to do, in words.
        headers: What is sent with it.
        command: The command that fixes it.
    """
    return JSONResponse(described(message, command, hint), status, headers)


def described(message: str, command: str | None = None, hint: str | None = None) -> dict[str, str | None]:
    """Return a problem as JSON has it; ``mend`` is the hint and the command in one, as the first programs read it."""
    # What a caller has sent may hold half characters, which no JSON in UTF-8 can.
    clean = message.encode("utf-8", "backslashreplace").decode()
    return {"message": clean, "command": command, "hint": hint, "mend": fix_in_json(command, hint)}


def again(kept: list[Message], receive: Receive) -> Receive:
    """Return what receives some messages again, and then what comes after them."""
    waiting = iter(kept)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay
