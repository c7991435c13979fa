"""Error responses, and helpers shared by the middleware."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import Message, Receive

from citewell.errors import fix_in_json

# The prefix of our cookies' names.
COOKIE = "citewell-"


def problem(
    status: int,
    message: str,
    hint: str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    command: str | None = None,
) -> JSONResponse:
    """Create an error response.

    Args:
        status: The HTTP status.
        message: The error.
        hint: The fix, in words.
        headers: Additional headers.
        command: The command that fixes it.
    """
    return JSONResponse(described(message, command, hint), status, headers)


def described(message: str, command: str | None = None, hint: str | None = None) -> dict[str, str | None]:
    """Return an error as JSON; ``mend`` combines the hint and the command, for older clients."""
    # The message may contain lone surrogates from a request, which UTF-8 cannot encode.
    clean = message.encode("utf-8", "backslashreplace").decode()
    return {"message": clean, "command": command, "hint": hint, "mend": fix_in_json(command, hint)}


def replay(kept: list[Message], receive: Receive) -> Receive:
    """Return a receiver that repeats some messages before the following ones."""
    waiting = iter(kept)

    async def next_message() -> Message:
        for message in waiting:
            return message
        return await receive()

    return next_message
