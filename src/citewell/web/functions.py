"""What the page's script can call: each function by its name, which gets what it can read, or says what is wrong with it.

Gradio's script in the page calls them, and this answers in Gradio's place: it would keep a state for each name of a session
that anyone makes up, and take an unknown component for a fault of the server.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from citewell.errors import CitewellError
from citewell.web import logs
from citewell.web.faults import render_error, render_fault
from citewell.web.problems import problem

RequestType = TypeVar("RequestType", bound=BaseModel)
Function = Callable[[object], Awaitable[str]]

# Where Gradio's script in the page calls a function.
FUNCTIONS = "/gradio_api/component_server/"

_KIND = "application/json"

Name = Annotated[str, Field(max_length=1024)]
Position = Annotated[int, Field(ge=0)]


class PageRequest(BaseModel):
    """What the page sends to one of its functions; a member that is not known is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Call(BaseModel):
    """A call, as Gradio's script makes it. Of what it says, only the name and what is wanted matter here."""

    model_config = ConfigDict(frozen=True)

    component_id: int
    fn_name: str = Field(max_length=64)
    session_hash: str = Field(max_length=64)
    data: Any


def function(name: str, kind: type[RequestType], do: Callable[[RequestType], Awaitable[str]], no_such: str) -> Function:
    """Return a function that the page can call by its name: it does what was asked for, or renders why it cannot be done.

    Args:
        name: The name.
        kind: What the page sends.
        do: Does it, and returns HTML.
        no_such: What the page should have sent, in the words of the error.
    """

    async def called(request: object) -> str:
        try:
            return await do(kind.model_validate(request))
        except ValidationError:
            logs.refused("ValidationError", request=kind.__name__)
            return render_error(f"the page sent something that is not {no_such}")
        except CitewellError as error:
            # Only its kind: the message can hold what was asked.
            logs.refused(type(error).__name__, request=kind.__name__)
            return render_fault(error)

    called.__name__ = name
    return called


def in_thread(do: Callable[[RequestType], str]) -> Callable[[RequestType], Awaitable[str]]:
    """Return what does the same in a thread, so that others are answered meanwhile."""

    async def done(request: RequestType) -> str:
        return await anyio.to_thread.run_sync(do, request)

    return done


def function_routes(functions: Iterable[Function], component: int) -> APIRouter:
    """Make the route by which the page calls its functions.

    Args:
        functions: The functions.
        component: The number of the component that Gradio has for them.
    """
    router = APIRouter(include_in_schema=False)
    named = {each.__name__: each for each in functions}

    @router.post(FUNCTIONS)
    async def call(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
            return problem(404, "there is nothing here")
        try:
            wanted = _Call.model_validate(json.loads(await request.body()))
        except (ValueError, RecursionError):
            return problem(422, "this is no call of a function", "reload the page")
        called = named.get(wanted.fn_name)
        if called is None or wanted.component_id != component:
            return problem(404, "there is no such function", "reload the page")
        html = await called(wanted.data)
        # Half a character cannot be sent, but JSON can say which it is.
        return Response(json.dumps(html, ensure_ascii=False).encode("utf-8", "backslashreplace"), media_type=_KIND)

    return router
