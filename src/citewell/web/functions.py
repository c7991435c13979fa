"""The functions that the page's script can call by name; each receives validated data or reports what is invalid.

Gradio's script in the page calls them, and this module answers instead of Gradio, which would store a state for each session
name that a client makes up, and report an unknown component as a server error.
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
from citewell.web.language.current import gettext
from citewell.web.problems import problem

RequestType = TypeVar("RequestType", bound=BaseModel)
Function = Callable[[object], Awaitable[str]]

# The path that Gradio's script calls.
FUNCTIONS = "/gradio_api/component_server/"

_KIND = "application/json"

Name = Annotated[str, Field(max_length=1024)]
Position = Annotated[int, Field(ge=0)]


class PageRequest(BaseModel):
    """The data that the page sends to a function; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Call(BaseModel):
    """A call by Gradio's script. Only the function's name, the component and the data matter here."""

    model_config = ConfigDict(frozen=True)

    component_id: int
    fn_name: str = Field(max_length=64)
    session_hash: str = Field(max_length=64)
    data: Any


def function(name: str, kind: type[RequestType], do: Callable[[RequestType], Awaitable[str]], no_such: str) -> Function:
    """Return a function that the page can call by name: it does the work, or renders an error.

    Args:
        name: The name.
        kind: The type of the request.
        do: Does the work and returns HTML.
        no_such: What the page should have sent, and what to do, for the error message; a message of the catalogues.
    """

    async def called(request: object) -> str:
        try:
            return await do(kind.model_validate(request))
        except ValidationError:
            logs.refused("ValidationError", request=kind.__name__)
            return render_error(gettext("the page sent something that is not %(wanted)s", wanted=gettext(no_such)))
        except CitewellError as error:
            # Only the type: the message can contain the question.
            logs.refused(type(error).__name__, request=kind.__name__)
            return render_fault(error)

    called.__name__ = name
    return called


def in_thread(do: Callable[[RequestType], str]) -> Callable[[RequestType], Awaitable[str]]:
    """Return a function that does the same in a thread, so that other requests are not blocked."""

    async def done(request: RequestType) -> str:
        return await anyio.to_thread.run_sync(do, request)

    return done


def function_routes(functions: Iterable[Function], component: int) -> APIRouter:
    """Create the route by which the page calls its functions.

    Args:
        functions: The functions.
        component: The id of Gradio's component for them.
    """
    router = APIRouter(include_in_schema=False)
    named = {each.__name__: each for each in functions}

    @router.post(FUNCTIONS)
    async def call(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
            return problem(404, "not found")
        try:
            call = _Call.model_validate(json.loads(await request.body()))
        except (ValueError, RecursionError):
            return problem(422, "this is not a function call", "reload the page")
        called = named.get(call.fn_name)
        if called is None or call.component_id != component:
            return problem(404, "there is no such function", "reload the page")
        html = await called(call.data)
        # Lone surrogates cannot be encoded, so they are escaped.
        return Response(json.dumps(html, ensure_ascii=False).encode("utf-8", "backslashreplace"), media_type=_KIND)

    return router
