"""HTTP for programs that look after the documents: put them in, take them out, and rebuild the index."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from citewell.errors import (
    CitewellError,
)
from citewell.web.api.responses import NO_DOCUMENT, NO_QUESTION, NOT_HELD, ONLY_MAINTAINERS, DocumentPath
from citewell.web.api.schema import Put, RebuildState, Removed
from citewell.web.documents.maintainer import Maintainer

# No plain text that anyone wrote is longer; what is longer is another thing by mistake.
MOST_BYTES = 64_000_000
# Below this, what is put is counted as it comes.
UPLOADS = "/api/documents/"
_IN_MEMORY = 4_000_000


def maintaining_routes(maintainer: Maintainer) -> APIRouter:
    """Make the routes for maintainers' programs.

    Args:
        maintainer: Who looks after the documents.
    """
    router = APIRouter()
    router.include_router(_curating(maintainer))
    router.include_router(_rebuilding(maintainer))
    return router


def _curating(maintainer: Maintainer) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.put("/documents/{path:path}", summary="Put a document into the corpus", responses=NO_DOCUMENT)
    async def put(path: DocumentPath, request: Request, *, replace: bool = False) -> Put:
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
        "/documents/{path:path}", summary="Take a document out of the corpus", responses=NOT_HELD | NO_DOCUMENT
    )
    async def remove(path: DocumentPath) -> Removed:
        """Take a file out of the corpus; it is kept beside the index. Questions find it until it is indexed anew."""
        kept = await run_in_threadpool(maintainer.remove, path)
        return Removed(path=path, kept=str(kept))

    return router


def _rebuilding(maintainer: Maintainer) -> APIRouter:
    router = APIRouter(prefix="/api/rebuild")

    @router.post("", status_code=202, summary="Bring the index up to date", responses=ONLY_MAINTAINERS | NO_QUESTION)
    async def begin(*, confirm: bool = False) -> RebuildState:
        """Start a rebuild, unless one is running; either way, tell how far it is. Ask again with GET until it has ended.

        It is held back where it would remove more than half of the documents, or all of a folder that is there and empty;
        with `confirm` it does so all the same.
        """
        await run_in_threadpool(maintainer.rebuild, guarded=not confirm)
        return RebuildState.of(maintainer.rebuilding)

    @router.get("", summary="Tell how far a rebuild is", responses=ONLY_MAINTAINERS)
    async def state() -> RebuildState:
        """Return how the rebuild goes, or how the last one ended."""
        return RebuildState.of(maintainer.rebuilding)

    @router.delete("", summary="Cancel a rebuild", responses=ONLY_MAINTAINERS)
    async def cancel() -> RebuildState:
        """Have the rebuild end at its next step; the index stays as it was."""
        maintainer.cancel()
        return RebuildState.of(maintainer.rebuilding)

    return router
