"""The requests that programs can make, over HTTP or MCP."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from citewell import answer
from citewell.errors import UsageError
from citewell.found import Found, rows_of
from citewell.index.catalogue import Catalogue
from citewell.index.storage import Snapshot
from citewell.index.stored import DocumentSummary
from citewell.rendering.spreadsheet import csv_lines
from citewell.search.explanation import Explanation
from citewell.search.similar import Similar
from citewell.search.where import Where
from citewell.web.api.schema import (
    Document,
    Documents,
    DocumentsPage,
    Expected,
    LikeRequest,
    Listed,
    Question,
    Search,
    State,
)
from citewell.web.desk import Desk, cost_of
from citewell.web.explaining import explain

Result = TypeVar("Result")

# /readyz is open to everyone, so it must not cost an answer each time.
_ANSWERED_SECONDS = 10
# A table is made in memory, and nobody reads a longer one; of so many characters is a row.
_MOST_ROWS = 50_000
_ROW_CHARACTERS = 600


class NotHeldError(UsageError):
    """The index has no such document."""


class Programs:
    """Answers questions, returns documents, and checks readiness. Thread-safe.

    Args:
        desk: The queue of questions.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._assistant = desk.assistant
        self._asked: tuple[Snapshot | None, float] = (None, 0.0)

    async def ask(self, request: Question, render: Callable[[answer.Answer], Result]) -> Result:
        """Answer a question.

        Args:
            request: The question.
            render: Converts the answer to the response.

        Raises:
            UsageError: The question is invalid, or the scope names something that is not in the index.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """
        scope = request.scope.admitted()
        return await self.desk.ask(
            request.question,
            lambda answer, _: render(answer),
            top=request.top,
            scope=scope,
            history=request.turns(),
            correct=request.correct,
            words=request.words,
        )

    async def why(self, request: Expected, render: Callable[[Explanation], Result]) -> Result:
        """Explain why a place is not in an answer.

        Args:
            request: The question and the place.
            render: Converts the explanation to the response.

        Raises:
            UsageError: The question is invalid, or there is no such place.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """
        return await explain(
            self.desk,
            request.question,
            lambda snapshot: Where.read(request.at, request.quote, snapshot),
            lambda found, _: render(found),
            top=request.top,
            scope=request.scope.admitted(),
            history=request.turns(),
            correct=request.correct,
            words=request.words,
        )

    async def find(self, request: Search, render: Callable[[Found], Result]) -> Result:
        """Find all places of some words, and return one page of them.

        Args:
            request: The words.
            render: Converts the page to the response.

        Raises:
            UsageError: The query cannot be read, or the scope names something that is not in the index.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """
        scope = request.scope()

        def find() -> Result:
            finder = self._assistant.view().finder(scope)
            return render(finder.page(request.query, sort=request.sort, page=request.page, per_page=request.per_page))

        return await self.desk.answer(find, cost_of(request.per_page, scope, ()))

    async def table(self, request: Search) -> bytes:
        """Find all places of some words, and return them as CSV, in UTF-8 with the mark that spreadsheets need.

        Args:
            request: The words; all pages are meant.

        Raises:
            UsageError: As in ``find``, or the list is too long.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """

        def write() -> bytes:
            finder = self._assistant.view().finder(request.scope())
            total = finder.count(request.query)
            if total > _MOST_ROWS:
                raise UsageError(
                    f"there are {total:,} places; a table has at most {_MOST_ROWS:,}",
                    hint="add a word, choose a document, or use the command line: citewell find --csv",
                )
            self.desk.weigh(total * _ROW_CHARACTERS)
            lines = "".join(csv_lines(rows_of(finder.all(request.query))))
            return lines.encode("utf-8-sig", "surrogatepass")

        return await self.desk.read(write)

    async def like(self, request: LikeRequest, render: Callable[[Similar], Result]) -> Result:
        """Find the passages most like one.

        Args:
            request: The passage.
            render: Converts the passages to the response.

        Raises:
            UsageError: There is no such passage, or the scope names something that is not in the index.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """
        scope = request.scope.admitted()

        def find() -> Result:
            view = self._assistant.view()
            view.check_scope(scope)
            place = Where.read(request.at, request.quote, view.snapshot).first(view.snapshot)
            return render(view.similar(place, top=request.top, scope=scope))

        return await self.desk.answer(find, cost_of(request.top, scope, ()))

    async def documents(self, render: Callable[[Documents], Result]) -> Result:
        """List the documents of the index.

        Args:
            render: Converts the list to the response.

        Raises:
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """

        def read() -> Result:
            snapshot = self._assistant.snapshot
            catalogue = snapshot.catalogue
            listed = _listed(catalogue, catalogue.documents())
            manifest = snapshot.manifest
            return render(Documents(snapshot=manifest.name, examples=list(manifest.examples), documents=listed))

        return await self.desk.read(read)

    async def documents_page(self, page: int, per_page: int) -> DocumentsPage:
        """List one page of the documents of the index.

        Args:
            page: Which page, from 1; behind the last one, it is empty.
            per_page: How many documents a page has.

        Raises:
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """

        def read() -> DocumentsPage:
            snapshot = self._assistant.snapshot
            catalogue = snapshot.catalogue
            every = catalogue.documents()
            shown = every[(page - 1) * per_page : page * per_page]
            listed = _listed(catalogue, shown)
            return DocumentsPage(
                snapshot=snapshot.manifest.name, total=len(every), page=page, per_page=per_page, documents=listed
            )

        return await self.desk.read(read)

    async def document(self, path: str, render: Callable[[Document], Result]) -> Result:
        """Return a document as indexed. Only the index is read; the path never reaches the file system.

        Args:
            path: The path, as in the list of documents.
            render: Converts the document to the response.

        Raises:
            NotHeldError: The index has no document at this path.
            BusyError: The queue is full.
            TooManyError: This visitor has reached the rate limit.
            IndexFaultError: The index cannot be used.
        """

        def read() -> Result:
            snapshot = self._assistant.snapshot
            if not snapshot.catalogue.documents([path]):
                raise NotHeldError(f"the index has no document {path!r}", command="citewell status")
            document = snapshot.catalogue.document(path)
            self.desk.weigh(len(document.text))
            return render(Document.read(document, snapshot.catalogue.facts_of(path), snapshot.manifest.name))

        return await self.desk.read(read)

    def ready(self) -> State:
        """Check readiness; answers a question unless one was answered recently. Blocking.

        Raises:
            CitewellError: The index is missing or damaged, or does not match this encoder and these settings.
        """
        view = self._assistant.view()
        asked, when = self._asked
        if asked is not view.snapshot or time.monotonic() > when + _ANSWERED_SECONDS:
            view.ask("What is this about?", top=1)
            self._asked = (view.snapshot, time.monotonic())
        return State(status="ready", snapshot=view.manifest.name)


def _listed(catalogue: Catalogue, documents: Sequence[DocumentSummary]) -> list[Listed]:
    return [Listed.of(each, catalogue.facts_of(each.path)) for each in documents]
