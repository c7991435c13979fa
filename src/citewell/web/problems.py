"""What is answered to what cannot be done, and what those who may refuse a request share."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import Message, Receive

# What the names of our cookies begin with.
COOKIE = "citewell-"


def problem(
    status: int, message: str, mend: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Make the answer to what cannot be done: what is wrong, and what mends it."""
    return JSONResponse({"message": message, "mend": mend}, status, headers)


def again(kept: list[Message], receive: Receive) -> Receive:
    """Return what receives some messages again, and then what comes after them."""
    waiting = iter(kept)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay
