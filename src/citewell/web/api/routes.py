"""HTTP for programs: questions, documents, and how the server is; described by /openapi.json."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from citewell.answer import Answer
from citewell.corpus.curating import NotThereError, OccupiedError
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
from citewell.web.api.schema import Document, Documents, Fault, Put, Question, Removed, State
from citewell.web.api.service import NotHeldError, Programs
from citewell.web.documents.maintainer import Maintainer
from citewell.web.faults import told
from citewell.web.problems import problem

# The first that an error is one of says its status.
_STATUSES = {
    NotHeldError: 404,
    NotThereError: 404,
    OccupiedError: 409,
    ReadingError: 422,
    UsageError: 422,
    BusyError: 503,
    AccountsError: 503,
    TooManyError: 429,
    IndexFaultError: 503,
    EncoderError: 503,
    CitewellError: 500,
}
# No plain text that anyone wrote is longer; what is longer is another thing by mistake.
MOST_BYTES = 64_000_000
# Below this, what is put is counted as it comes.
UPLOADS = "/api/documents/"
_IN_MEMORY = 4_000_000
_DocumentPath = Annotated[str, Path(description="As the list of documents has it.")]
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
_READ: dict[int | str, dict[str, Any]] = _UNUSABLE | {
    429: {"model": Fault, "description": "This account or address has asked too much."}
}
_ASKED: dict[int | str, dict[str, Any]] = _NO_QUESTION | _READ
_NO_DOCUMENT: dict[int | str, dict[str, Any]] = _NO_QUESTION | {
    403: {"model": Fault, "description": "Only maintainers may."},
    409: {"model": Fault, "description": "There is a document of this name already."},
    413: {"model": Fault, "description": "The document is too long."},
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
        app.include_router(_curating(maintainer), tags=["maintaining"])
    app.include_router(_nothing_else())
    app.include_router(_watching(programs), tags=["watching"])
    app.add_exception_handler(CitewellError, _say)
    app.add_exception_handler(RequestValidationError, _say)
    app.add_exception_handler(HTTPException, _say)


def _asking(programs: Programs) -> APIRouter:
    router = APIRouter(prefix="/api")

    # The answer is sent as it is, so that programs get what `citewell ask --json` prints, to the letter.
    @router.post("/ask", summary="Ask a question", response_model=Answer, responses=_ASKED)
    async def ask(question: Question) -> Response:
        """Answer a question with quotations, each with its place; or say that the documents do not cover it.

        Where questions are limited, one counts once more for each 20 passages, each 50 names of its scope, and each 12,000
        characters of its history.
        """
        return await programs.ask(question, _as_json)

    @router.get("/documents", summary="List the documents", response_model=Documents, responses=_READ)
    async def documents() -> Response:
        """List what the index holds, in order of the paths."""
        return await programs.documents(_as_json)

    @router.get(
        "/documents/{path:path}",
        summary="Read a document",
        response_model=Document,
        responses=_NOT_HELD | _NO_QUESTION | _READ,
    )
    async def document(path: _DocumentPath) -> Response:
        """Return a document as it was indexed: its text, its title, and where its headings stand."""
        return await programs.document(path, _as_json)

    return router


def _as_json(shape: BaseModel) -> Response:
    # In the thread that has read it: a long document takes a while.
    return Response(shape.model_dump_json(), media_type="application/json")


def _curating(maintainer: Maintainer) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.put("/documents/{path:path}", summary="Put a document into the corpus", responses=_NO_DOCUMENT)
    async def put(path: _DocumentPath, request: Request, *, replace: bool = False) -> Put:
        """Put a file into the corpus, as the body of the request; what it replaces is kept. It is found once it is indexed."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
            size = 0
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise HTTPException(413, f"{path} has more than {MOST_BYTES // 1_000_000} MB")
                try:
                    await run_in_threadpool(content.write, part)
                except OSError as error:
                    raise CitewellError(
                        f"{path} cannot be kept until it is whole: {error.strerror}",
                        hint="make room in the folder for temporary files, or name another by TMPDIR",
                    ) from error
            content.seek(0)
            document = await run_in_threadpool(maintainer.put, path, cast("BinaryIO", content), replace=replace)
        return Put(path=path, title=document.title, digest=document.digest, sections=document.sections)

    @router.delete(
        "/documents/{path:path}", summary="Take a document out of the corpus", responses=_NOT_HELD | _NO_DOCUMENT
    )
    async def remove(path: _DocumentPath) -> Removed:
        """Take a file out of the corpus; it is kept beside the index. Questions find it until it is indexed anew."""
        kept = await run_in_threadpool(maintainer.remove, path)
        return Removed(path=path, kept=str(kept))

    return router


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
