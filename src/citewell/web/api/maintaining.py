"""The HTTP API for maintainers: add and remove documents, and rebuild the index."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import APIRouter, Request
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from citewell.errors import CitewellError
from citewell.web.api.responses import NO_DOCUMENT, NO_QUESTION, NOT_HELD, ONLY_MAINTAINERS, DocumentPath
from citewell.web.api.schema import Put, RebuildState, Removed
from citewell.web.documents.maintainer import MOST_BYTES, Maintainer
from citewell.web.documents.preview import render_seen

# Uploads below this path are counted while they arrive.
UPLOADS = (("PUT", "/api/documents/"), ("PUT", "/api/archives/"), ("POST", "/api/previews/"))
# Characters of the text in a preview.
MOST_PREVIEWED = 2_000
_IN_MEMORY = 4_000_000


def maintaining_routes(maintainer: Maintainer) -> APIRouter:
    """Create the routes for maintainers.

    Args:
        maintainer: Changes the documents and the index.
    """
    router = APIRouter()
    router.include_router(_curating(maintainer))
    router.include_router(_looking(maintainer))
    router.include_router(_rebuilding(maintainer))
    return router


def _curating(maintainer: Maintainer) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.put("/documents/{path:path}", summary="Add a document to the corpus", responses=NO_DOCUMENT)
    async def put(path: DocumentPath, request: Request, *, replace: bool = False) -> Put:
        """Add the request body as a file to the corpus; a replaced file is kept. It can be found after the next build.

        If the corpus has the same file at this path, nothing changes, and `unchanged` is true.
        """
        async with _received(path, request) as content:
            placed = await run_in_threadpool(maintainer.put, path, content, replace=replace)
        return Put.of(placed)

    @router.delete(
        "/documents/{path:path}", summary="Remove a document from the corpus", responses=NOT_HELD | NO_DOCUMENT
    )
    async def remove(path: DocumentPath) -> Removed:
        """Remove a file from the corpus; it is kept beside the index. Questions find it until the next build."""
        kept = await run_in_threadpool(maintainer.remove, path)
        return Removed(path=path, kept=str(kept))

    return router


@asynccontextmanager
async def _received(path: str, request: Request) -> AsyncIterator[BinaryIO]:
    """Store the body of a request temporarily.

    Raises:
        HTTPException: It is too long.
        CitewellError: There is no space for it.
    """
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
                    f"{path} cannot be stored temporarily: {error.strerror}",
                    hint="free space in the temporary folder, or set TMPDIR to another",
                ) from error
        content.seek(0)
        yield cast("BinaryIO", content)


def _looking(maintainer: Maintainer) -> APIRouter:
    """Create the routes that take many documents at once, and that look at one before it is taken."""
    router = APIRouter(prefix="/api")

    @router.put("/archives/{path:path}", summary="Add the documents of a ZIP archive", responses=NO_DOCUMENT)
    async def unpack(path: DocumentPath, request: Request, *, replace: bool = False) -> StreamingResponse:
        """Add the files of a ZIP archive, the request body, to a folder of its name: one JSON object a line for each file.

        It has `path`, `outcome` ("added", "refused" or "left out"), `title`, `reason`, and `exists`: whether it was refused
        because another document has its name.
        """
        async with _received(path, request) as content:
            coming = maintainer.unpack(path, await run_in_threadpool(content.read), replace=replace)
        # An archive that is refused is one error, not a line.
        first = await run_in_threadpool(lambda: [*islice(coming, 1)])
        lines = (f"{json.dumps(asdict(each))}\n" for each in chain(first, coming))
        return StreamingResponse(iterate_in_threadpool(lines), media_type="application/x-ndjson")

    @router.post("/previews/{path:path}", summary="See what Citewell reads in a file", responses=NO_DOCUMENT)
    async def preview(path: DocumentPath, request: Request) -> Response:
        """Return what Citewell sees of a file, the request body, as `citewell show --json` does; nothing is added."""
        async with _received(path, request) as content:
            seen = await run_in_threadpool(maintainer.preview, path, content)
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(render_seen(seen))
        return JSONResponse(seen.to_json() | {"text": seen.text[:MOST_PREVIEWED]})

    return router


def _rebuilding(maintainer: Maintainer) -> APIRouter:
    router = APIRouter(prefix="/api/rebuild")

    @router.post("", status_code=202, summary="Update the index", responses=ONLY_MAINTAINERS | NO_QUESTION)
    async def begin(*, confirm: bool = False) -> RebuildState:
        """Start a rebuild, unless one is running, and return its progress. Poll with GET until it has ended.

        A rebuild is held back if it would remove more than half of the documents, or all of a folder that is now empty;
        `confirm` rebuilds anyway.
        """
        await run_in_threadpool(maintainer.rebuild, guarded=not confirm)
        return RebuildState.of(maintainer.rebuilding)

    @router.get("", summary="Get the progress of a rebuild", responses=ONLY_MAINTAINERS)
    async def state() -> RebuildState:
        """Return the progress of the rebuild, or the result of the last one."""
        return RebuildState.of(maintainer.rebuilding)

    @router.delete("", summary="Cancel a rebuild", responses=ONLY_MAINTAINERS)
    async def cancel() -> RebuildState:
        """Stop the rebuild at its next step; the index is unchanged."""
        maintainer.cancel()
        return RebuildState.of(maintainer.rebuilding)

    return router
