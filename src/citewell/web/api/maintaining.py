"""The HTTP API for maintainers: add and remove documents, and rebuild the index."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from citewell.errors import CitewellError
from citewell.web.api.responses import NO_DOCUMENT, NO_QUESTION, NOT_HELD, ONLY_MAINTAINERS, DocumentPath
from citewell.web.api.schema import Put, RebuildState, Removed
from citewell.web.documents.maintainer import Maintainer

# No real text is longer; a longer file was uploaded by mistake.
MOST_BYTES = 64_000_000
# Uploads below this path are counted while they arrive.
UPLOADS = "/api/documents/"
_IN_MEMORY = 4_000_000


def maintaining_routes(maintainer: Maintainer) -> APIRouter:
    """Create the routes for maintainers.

    Args:
        maintainer: Changes the documents and the index.
    """
    router = APIRouter()
    router.include_router(_curating(maintainer))
    router.include_router(_rebuilding(maintainer))
    return router


def _curating(maintainer: Maintainer) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.put("/documents/{path:path}", summary="Add a document to the corpus", responses=NO_DOCUMENT)
    async def put(path: DocumentPath, request: Request, *, replace: bool = False) -> Put:
        """Add the request body as a file to the corpus; a replaced file is kept. It can be found after the next build."""
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
            document = await run_in_threadpool(maintainer.put, path, cast("BinaryIO", content), replace=replace)
        return Put(path=path, title=document.title, digest=document.digest, sections=document.sections)

    @router.delete(
        "/documents/{path:path}", summary="Remove a document from the corpus", responses=NOT_HELD | NO_DOCUMENT
    )
    async def remove(path: DocumentPath) -> Removed:
        """Remove a file from the corpus; it is kept beside the index. Questions find it until the next build."""
        kept = await run_in_threadpool(maintainer.remove, path)
        return Removed(path=path, kept=str(kept))

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
