"""HTTP for programs: questions, documents, and how the server is; described by /openapi.json."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from citewell.errors import BusyError, CitewellError, EncoderError, IndexFaultError, UsageError
from citewell.web.programs import NotHeldError, Programs
from citewell.web.wire import Answer, Document, Documents, Fault, Question, State

# The first that an error is one of says its status.
_STATUSES = {
    NotHeldError: 404,
    UsageError: 422,
    BusyError: 503,
    IndexFaultError: 503,
    EncoderError: 503,
    CitewellError: 500,
}
_RETRY_SECONDS = 1
_UNUSABLE: dict[int | str, dict[str, Any]] = {
    503: {"model": Fault, "description": "The index cannot be used, or too much is asked."}
}
_NOT_HELD: dict[int | str, dict[str, Any]] = {404: {"model": Fault, "description": "The index holds no such document."}}
_NO_QUESTION: dict[int | str, dict[str, Any]] = {
    422: {
        "model": Fault,
        "description": "What was sent is not what is described here, or names what the index does not hold.",
    }
}


def add_api(app: FastAPI, programs: Programs) -> None:
    """Add what programs ask for to an application, and have it say every error as JSON.

    Args:
        app: The application.
        programs: What they can ask for.
    """
    app.include_router(_asking(programs), tags=["asking"])
    app.include_router(_watching(programs), tags=["watching"])
    app.add_exception_handler(CitewellError, _say)
    app.add_exception_handler(RequestValidationError, _say)
    app.add_exception_handler(HTTPException, _say)


def _asking(programs: Programs) -> APIRouter:
    router = APIRouter(prefix="/api")

    # The answer is sent as it is, so that programs get what `citewell ask --json` prints, to the letter.
    @router.post("/ask", summary="Ask a question", response_model=Answer, responses=_NO_QUESTION | _UNUSABLE)
    async def ask(question: Question) -> JSONResponse:
        """Answer a question with quotations, each with its place; or say that the documents do not cover it."""
        answer = await run_in_threadpool(programs.ask, question)
        return JSONResponse(answer.to_json())

    @router.get("/documents", summary="List the documents", responses=_UNUSABLE)
    async def documents() -> Documents:
        """List what the index holds, in order of the paths."""
        return await run_in_threadpool(programs.documents)

    @router.get("/documents/{path:path}", summary="Read a document", responses=_NOT_HELD | _NO_QUESTION | _UNUSABLE)
    async def document(path: Annotated[str, Path(description="As the list has it.")]) -> Document:
        """Return a document as it was indexed: its text, its title, and where its headings stand."""
        return await run_in_threadpool(programs.document, path)

    # What is not here must not fall through to the page, which would answer with HTML.
    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(rest: str) -> None:
        raise HTTPException(404, f"there is nothing at /api/{rest} for this method; /openapi.json says what there is")

    return router


def _watching(programs: Programs) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz", summary="Is the server up?")
    async def healthz() -> State:
        """Answer as soon as the process does; the index is not looked at."""
        return State(status="up")

    @router.get("/readyz", summary="Can questions be answered?", responses=_UNUSABLE)
    async def readyz() -> State:
        """Answer a question and look at the files of the index; what is wrong is said with the command that mends it."""
        return await run_in_threadpool(programs.ready)

    @router.get("/metrics", summary="Measures for Prometheus", response_class=Response)
    async def metrics() -> Response:
        """Questions by outcome, how long they took, how many are in work and wait, and how old the snapshot is."""
        return Response(programs.desk.metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


async def _say(request: Request, error: Exception) -> JSONResponse:
    """Say what went wrong as JSON, with the right status."""
    del request
    if isinstance(error, CitewellError):
        status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
        said = _fault(status, error.message, error.mend)
        if isinstance(error, BusyError):
            said.headers["Retry-After"] = str(_RETRY_SECONDS)
        return said
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _fault(422, f"{where}: {first['msg']}", "see /openapi.json")
    if isinstance(error, HTTPException):
        return _fault(error.status_code, error.detail, None)
    raise error


def _fault(status: int, message: str, mend: str | None) -> JSONResponse:
    # What a caller has sent may hold half characters, which no JSON in UTF-8 can.
    clean = message.encode("utf-8", "backslashreplace").decode()
    return JSONResponse(Fault(message=clean, mend=mend).model_dump(), status_code=status)
