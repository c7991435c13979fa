"""Pictures of pages and in documents, and the files themselves, over HTTP.

A request names a document of the index, never a file. What is sent of a file has the digest that was indexed.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from citewell.corpus.reading import Picture, SourceFile, Wanted, picture
from citewell.errors import ChangedError, ReadingError, UnavailableError, UsageError
from citewell.index.changes import drifted
from citewell.index.known_files import options_of
from citewell.index.originals import original, picture_beside
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentSummary
from citewell.web import logs
from citewell.web.api.responses import NO_QUESTION, NOT_HELD, READ
from citewell.web.api.schema import MOST_NAME, Fault
from citewell.web.api.service import NotHeldError
from citewell.web.chat.figures import figures_of, not_shown, part_of
from citewell.web.desk import Desk

# A picture is made in one of these, so that few are kept of each page.
RESOLUTIONS = (96, 144, 216, 288)
_MOST_PAGE = 1_000_000
_MOST_FIGURE = 10_000
# Of pictures in memory: some 300 pages.
_CACHED_BYTES = 64_000_000
# A larger file is not sent.
_LARGEST_ORIGINAL = 1_000_000_000
_IN_MEMORY = 4_000_000
_CHUNK = 1 << 20
_DRIFTED = {
    "changed": "has changed since it was indexed",
    "gone": "is no longer in the corpus",
    "unreadable": "cannot be read at the moment",
}
# A picture of a private document stays in no cache of a browser.
_UNKEPT = {"Cache-Control": "no-store"}
_CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"model": Fault, "description": "The file is no longer the one that was indexed."}
}
_Document = Annotated[str, Query(max_length=MOST_NAME, description="The path, as in the list of documents.")]


class Pictures:
    """Makes pictures of the documents of the index, and keeps those that were asked for last.

    Args:
        desk: Where requests wait for their turn and are counted.
        most: How many bytes of pictures are kept.
    """

    def __init__(self, desk: Desk, most: int = _CACHED_BYTES) -> None:
        self._desk = desk
        self._most = most
        self._lock = threading.Lock()
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Picture] = OrderedDict()

    async def page(self, path: str, number: int, dpi: int) -> Picture:
        """Return the picture of a page.

        Args:
            path: The document.
            number: The number of the page, from 1.
            dpi: Dots an inch, at least; a very large page has fewer.

        Raises:
            NotHeldError: The index has no such document.
            ChangedError: Its file is no longer the one that was indexed.
            ReadingError: It has no such page, or that cannot be shown.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
        """

        def make() -> Picture:
            snapshot, document = self._held(path)
            resolution = next((each for each in RESOLUTIONS if each >= dpi), RESOLUTIONS[-1])
            wanted = Wanted(document.file_digest, number, resolution, inside=path if document.container else "")
            return self._made(snapshot, document, wanted)

        return await self._desk.show(make)

    async def figure(self, path: str, nth: int) -> Picture:
        """Return a picture beside a document's text.

        Args:
            path: The document.
            nth: Which, from 0, in the order of the text.

        Raises:
            NotHeldError: The index has no such document, or that has no such picture.
            ChangedError: Its file is no longer the one that was indexed.
            ReadingError: The picture cannot be shown, or is of a kind that is not.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
        """

        def make() -> Picture:
            snapshot, summary = self._held(path)
            document = snapshot.catalogue.document(path)
            figures = figures_of(document)
            if nth >= len(figures):
                raise NotHeldError(f"{path} has no such picture")
            reason = not_shown(document, figures[nth])
            if reason:
                raise ReadingError(f"a picture of {path} {reason}")
            part = part_of(document, figures[nth])
            if part is None:
                return self._beside(snapshot, summary, figures[nth].reference)
            inside = path if summary.container else ""
            return self._made(snapshot, summary, Wanted(summary.file_digest, part=part, inside=inside))

        return await self._desk.show(make)

    def _held(self, path: str) -> tuple[Snapshot, DocumentSummary]:
        return held(self._desk, path)

    def _made(self, snapshot: Snapshot, document: DocumentSummary, wanted: Wanted) -> Picture:
        """Return a picture of a document's file, which is the one that was indexed."""
        source = unchanged(snapshot, document)
        kept = self._known(wanted)
        if kept is None:
            kept = _picture(source, wanted, snapshot)
            self._keep(wanted, kept)
        return kept

    def _beside(self, snapshot: Snapshot, document: DocumentSummary, reference: str) -> Picture:
        unchanged(snapshot, document)
        try:
            source = picture_beside(Path(snapshot.manifest.corpus), document, reference)
        except ReadingError as error:
            raise ReadingError(f"a picture of {document.path} {error.message}") from error
        return _picture(source, Wanted(), snapshot)

    def _known(self, wanted: Wanted) -> Picture | None:
        with self._lock:
            if wanted in self._kept:
                self._kept.move_to_end(wanted)
            return self._kept.get(wanted)

    def _keep(self, wanted: Wanted, made: Picture) -> None:
        with self._lock:
            if wanted not in self._kept:
                self._kept[wanted] = made
                self._bytes += len(made.data)
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.data)


def held(desk: Desk, path: str) -> tuple[Snapshot, DocumentSummary]:
    """Return the current snapshot, and a document of it.

    Raises:
        NotHeldError: It has no such document.
    """
    snapshot = desk.assistant.snapshot
    for document in snapshot.catalogue.documents([path]):
        return snapshot, document
    raise NotHeldError(f"the index has no document {path!r}", command="citewell status")


def unchanged(snapshot: Snapshot, document: DocumentSummary) -> SourceFile:
    """Return the file of a document, as far as the file system says that it is the one that was indexed.

    Raises:
        ChangedError: It is not.
    """
    corpus = Path(snapshot.manifest.corpus)
    try:
        found = original(corpus, document)
    except ChangedError as error:
        raise ChangedError(f"{document.file} {error.message}") from error
    drift = drifted(corpus, [document]).get(document.path)
    if drift:
        raise ChangedError(f"{document.file} {_DRIFTED[drift]}")
    return found


def _picture(source: SourceFile, wanted: Wanted, snapshot: Snapshot) -> Picture:
    try:
        return picture(source, wanted, options_of(snapshot.manifest.reading))
    except ChangedError as error:
        raise ChangedError(f"{source.path} {error.message}") from error
    except ReadingError as error:
        raise ReadingError(f"{source.path} {error.message}") from error


def picture_routes(pictures: Pictures) -> APIRouter:
    """Create the routes of the pictures."""
    router = APIRouter(prefix="/api")
    responses = NOT_HELD | NO_QUESTION | READ | _CHANGED

    @router.get("/page-image", summary="Show a page", response_class=Response, responses=responses)
    async def page(
        document: _Document,
        page: Annotated[int, Query(ge=1, le=_MOST_PAGE, description="The number of the page, from 1.")],
        dpi: Annotated[int, Query(ge=1, le=RESOLUTIONS[-1], description="Dots an inch, at least.")] = 144,
    ) -> Response:
        """Return the picture of a page of a PDF as WebP, if the file is still the one that was indexed.

        The header `Page-Size` has the sides of the page in tenths of a point, and `Page-Count` the number of pages.
        """
        made = await pictures.page(document, page, dpi)
        sides = {"Page-Size": f"{made.page_width} {made.page_height}", "Page-Count": str(made.pages)}
        return Response(made.data, media_type="image/webp", headers=sides | _UNKEPT)

    @router.get("/figure", summary="Show a picture in a document", response_class=Response, responses=responses)
    async def figure(
        document: _Document,
        figure: Annotated[int, Query(ge=0, le=_MOST_FIGURE, description="Which, from 0, in the order of the text.")],
    ) -> Response:
        """Return a picture beside the text of a document as WebP, if the file is still the one that was indexed."""
        made = await pictures.figure(document, figure)
        return Response(made.data, media_type="image/webp", headers=_UNKEPT)

    return router


def original_routes(desk: Desk) -> APIRouter:
    """Create the route of the files themselves, where they may be downloaded."""
    router = APIRouter(prefix="/api")

    @router.get(
        "/original",
        summary="Download the file of a document",
        response_class=StreamingResponse,
        responses=NOT_HELD | NO_QUESTION | READ | _CHANGED,
    )
    async def download(document: _Document) -> Response:
        """Return the file of a document, byte for byte as it was indexed; of an attachment, the file that it is in."""

        def copy() -> tuple[str, IO[bytes]]:
            snapshot, found = held(desk, document)
            source = unchanged(snapshot, found)
            desk.weigh(min(source.file.stat().st_size, _LARGEST_ORIGINAL))
            return Path(source.path).name, _copied(source, found.file_digest)

        name, content = await desk.show(copy)
        logs.event("original downloaded", document=document)
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return StreamingResponse(_chunks(content), media_type="application/octet-stream", headers=named | _UNKEPT)

    return router


def _copied(source: SourceFile, digest: str) -> IO[bytes]:
    """Copy a file, so that what is sent is what was compared.

    Raises:
        ChangedError: Its digest is another.
        ReadingError: It is too large, or cannot be read.
    """
    found = hashlib.sha256()
    with ExitStack() as until_copied:
        copy = until_copied.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY))
        try:
            stream = until_copied.enter_context(source.file.open("rb"))
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
                copy.write(chunk)
                if copy.tell() > _LARGEST_ORIGINAL:
                    raise UsageError(f"{source.path} is too large to be sent")
        except OSError as error:
            raise UnavailableError(error) from error
        if found.hexdigest() != digest:
            raise ChangedError(f"{source.path} {_DRIFTED['changed']}")
        stream.close()
        until_copied.pop_all()
    copy.seek(0)
    return copy


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while chunk := content.read(_CHUNK):
            yield chunk
