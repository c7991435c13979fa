"""HTTP for programs: questions, documents, and how the server is; described by /openapi.json."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from citewell.answer import Answer
from citewell.corpus.curating import DocumentExistsError, NoSuchDocumentError
from citewell.errors import (
    AccountsError,
    BusyError,
    CitewellError,
    EncoderError,
    IndexFaultError,
    ReadingError,
    TooManyError,
    UsageError,
)
from citewell.web.api.maintaining import maintaining_routes
from citewell.web.api.responses import ASKED, NO_QUESTION, NOT_HELD, READ, UNUSABLE, DocumentPath
from citewell.web.api.schema import Document, Documents, Question, State
from citewell.web.api.service import NotHeldError, Programs
from citewell.web.documents.maintainer import Maintainer
from citewell.web.faults import told
from citewell.web.problems import problem

# The first that an error is one of says its status.
_STATUSES = {
    NotHeldError: 404,
    NoSuchDocumentError: 404,
    DocumentExistsError: 409,
    ReadingError: 422,
    UsageError: 422,
    BusyError: 503,
    AccountsError: 503,
    TooManyError: 429,
    IndexFaultError: 503,
    EncoderError: 503,
    CitewellError: 500,
}


def add_api(app: FastAPI, programs: Programs, maintainer: Maintainer | None) -> None:
    """Add what programs ask for to an application, and have it say every error as JSON.

    Args:
        app: The application.
        programs: What they can ask for.
        maintainer: Who looks after the documents, where those who reach the application may put some in and take some out.
    """
    app.include_router(_asking(programs), tags=["asking"])
    if maintainer:
        app.include_router(maintaining_routes(maintainer), tags=["maintaining"])
    app.include_router(_nothing_else())
    app.include_router(_watching(programs), tags=["watching"])
    app.add_exception_handler(CitewellError, _say)
    app.add_exception_handler(RequestValidationError, _say)
    app.add_exception_handler(HTTPException, _say)


def _asking(programs: Programs) -> APIRouter:
    router = APIRouter(prefix="/api")

    # The answer is sent as it is, so that programs get what `citewell ask --json` prints, to the letter.
    @router.post("/ask", summary="Ask a question", response_model=Answer, responses=ASKED)
    async def ask(question: Question) -> Response:
        """Answer a question with quotations, each with its place; or say that the documents do not cover it.

        Where questions are limited, one counts once more for each 20 passages, each 50 names of its scope, and each 12,000
        characters of its history.
        """
        return await programs.ask(question, _as_json)

    @router.get("/documents", summary="List the documents", response_model=Documents, responses=READ)
    async def documents() -> Response:
        """List what the index holds, in order of the paths."""
        return await programs.documents(_as_json)

    @router.get(
        "/documents/{path:path}",
        summary="Read a document",
        response_model=Document,
        responses=NOT_HELD | NO_QUESTION | READ,
    )
    async def document(path: DocumentPath) -> Response:
        """Return a document as it was indexed: its text, its title, and where its headings stand."""
        return await programs.document(path, _as_json)

    return router


def _as_json(shape: BaseModel) -> Response:
    # In the thread that has read it: a long document takes a while.
    return Response(shape.model_dump_json(), media_type="application/json")


def _nothing_else() -> APIRouter:
    router = APIRouter(prefix="/api")

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

    @router.get("/readyz", summary="Can questions be answered?", responses=UNUSABLE)
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
        shown = told(error)
        said = problem(status, shown.message, shown.hint, command=shown.command)
        if isinstance(error, BusyError | TooManyError):
            said.headers["Retry-After"] = str(error.seconds)
        return said
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, f"{where}: {first['msg']}", "see /openapi.json")
    if isinstance(error, HTTPException):
        return problem(error.status_code, error.detail)
    raise error
