"""The HTTP API: questions, documents, and the state of the server; described by /openapi.json."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
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
    ChangedError,
    CitewellError,
    EncoderError,
    IndexFaultError,
    ReadingError,
    TooManyError,
    UsageError,
)
from citewell.found import Found
from citewell.search.explanation import Explanation
from citewell.search.similar import Similar
from citewell.web.api.completions import completion_routes
from citewell.web.api.maintaining import maintaining_routes
from citewell.web.api.pictures import Pictures, original_routes, picture_routes
from citewell.web.api.responses import ASKED, NO_QUESTION, NOT_HELD, READ, UNUSABLE, DocumentPath
from citewell.web.api.retrieval import retrieval_routes
from citewell.web.api.schema import Document, Documents, Expected, LikeRequest, Question, Search, State
from citewell.web.api.service import NotHeldError, Programs
from citewell.web.documents.maintainer import Maintainer
from citewell.web.faults import public_error
from citewell.web.problems import problem

_DOWNLOAD = {"Content-Disposition": 'attachment; filename="places.csv"'}

# The status of an error is that of the first matching class.
_STATUSES = {
    NotHeldError: 404,
    NoSuchDocumentError: 404,
    DocumentExistsError: 409,
    ChangedError: 409,
    ReadingError: 422,
    UsageError: 422,
    BusyError: 503,
    AccountsError: 503,
    TooManyError: 429,
    IndexFaultError: 503,
    EncoderError: 503,
    CitewellError: 500,
}


def add_api(app: FastAPI, programs: Programs, maintainer: Maintainer | None, *, originals: bool = False) -> None:
    """Add the API to an application, with errors as JSON.

    Args:
        app: The application.
        programs: The service that answers requests.
        maintainer: Changes documents, if visitors of this application may do that.
        originals: Whether the files of documents can be downloaded.
    """
    files = [original_routes(programs.desk)] if originals else []
    shown = picture_routes(Pictures(programs.desk))
    for router in (_asking(programs), _finding(programs), _reading(programs), shown, *files):
        app.include_router(router, tags=["asking"])
    for router in (completion_routes(programs), retrieval_routes(programs)):
        app.include_router(router, tags=["asking in the form of other APIs"])
    if maintainer:
        app.include_router(maintaining_routes(maintainer), tags=["maintaining"])
    app.include_router(_nothing_else())
    app.include_router(_watching(programs), tags=["watching"])
    app.add_exception_handler(CitewellError, _error_response)
    app.add_exception_handler(RequestValidationError, _error_response)
    app.add_exception_handler(HTTPException, _error_response)


def _asking(programs: Programs) -> APIRouter:
    router = APIRouter(prefix="/api")

    # Serialised by our own code, so that programs get exactly what `citewell ask --json` prints.
    @router.post("/ask", summary="Ask a question", response_model=Answer, responses=ASKED)
    async def ask(question: Question) -> Response:
        """Answer a question with quotations and their places, or report that the documents do not cover it.

        For rate limits, a question counts one more for each 20 passages, each 50 names in its scope, and each 12,000
        characters of its history.
        """
        return await programs.ask(question, _as_json)

    @router.post("/like", summary="Find passages like one", response_model=Similar, responses=ASKED)
    async def like(passage: LikeRequest) -> Response:
        """Return the passages most like one, with the places that say the same as that."""
        return await programs.like(passage, _as_json)

    @router.post("/why", summary="Explain why a place is not in an answer", response_model=Explanation, responses=ASKED)
    async def why(expected: Expected) -> Response:
        """Return the first reason why a place is not in the answer to a question, and what changes it.

        Up to 200 passages are looked at, so for rate limits it counts as 20 questions.
        """
        return await programs.why(expected, _as_json)

    return router


def _finding(programs: Programs) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.get("/find", summary="Find every place of some words", response_model=Found, responses=ASKED)
    async def find(search: Annotated[Search, Query()]) -> Response:
        """Find all places of words as they are written, counted by document, and return one page of them.

        Of one word or phrase, a place is each occurrence; of several, each paragraph that has them all. For rate limits, a
        request counts one more for each 20 places of the page and each 50 names in its scope.
        """
        return await programs.find(search, _as_json)

    @router.get("/find.csv", summary="Find every place, as a table", response_class=Response, responses=ASKED)
    async def table(search: Annotated[Search, Query()]) -> Response:
        """Return all places as CSV, with their offsets; no cell is a formula. Pages do not matter."""
        return Response(await programs.table(search), headers=_DOWNLOAD, media_type="text/csv; charset=utf-8")

    return router


def _reading(programs: Programs) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.get("/documents", summary="List the documents", response_model=Documents, responses=READ)
    async def documents() -> Response:
        """List the documents of the index, sorted by path."""
        return await programs.documents(_as_json)

    @router.get(
        "/documents/{path:path}",
        summary="Read a document",
        response_model=Document,
        responses=NOT_HELD | NO_QUESTION | READ,
    )
    async def document(path: DocumentPath) -> Response:
        """Return a document as indexed: its text, its title, and the places of its headings."""
        return await programs.document(path, _as_json)

    return router


def _as_json(shape: BaseModel) -> Response:
    # Serialised in the worker thread, because a long document takes a while.
    return Response(shape.model_dump_json(), media_type="application/json")


def _nothing_else() -> APIRouter:
    router = APIRouter(prefix="/api")

    # Unknown paths must not fall through to the page, which would answer with HTML.
    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(rest: str) -> None:
        raise HTTPException(404, f"/api/{rest} does not support this method or does not exist; see /openapi.json")

    return router


def _watching(programs: Programs) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz", summary="Liveness check")
    async def healthz() -> State:
        """Answer if the process is up; the index is not checked."""
        return State(status="up")

    @router.get("/readyz", summary="Readiness check", responses=UNUSABLE)
    async def readyz() -> State:
        """Answer a question and check the files of the index; errors come with the command that fixes them."""
        return await run_in_threadpool(programs.ready)

    @router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
    async def metrics() -> Response:
        """Questions by outcome, latency, active and waiting questions, and the age of the snapshot."""
        return Response(programs.desk.metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


async def _error_response(request: Request, error: Exception) -> JSONResponse:
    """Return an error as JSON with its status."""
    if isinstance(error, CitewellError):
        status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
        shown = public_error(error)
        response = problem(status, shown.message, shown.hint, command=shown.command)
        if error.seconds:
            response.headers["Retry-After"] = str(error.seconds)
        return response
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        request.state.invalid = first["loc"]
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, f"{where}: {first['msg']}", "see /openapi.json")
    if isinstance(error, HTTPException):
        return problem(error.status_code, error.detail)
    raise error
