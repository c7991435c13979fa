"""The table of all documents in the "Documents" panel, and what Citewell sees of one of them."""

from __future__ import annotations

from typing import Annotated

from markupsafe import Markup
from pydantic import Field

from citewell.assistant import Assistant
from citewell.building.seeing import seen_in_index
from citewell.errors import CitewellError, UsageError
from citewell.index.library import Column, Library
from citewell.index.storage import Snapshot
from citewell.web.auth.visitors import visitor
from citewell.web.documents.preview import render_seen
from citewell.web.functions import Name, PageRequest
from citewell.web.language.current import gettext, noop
from citewell.web.templates import render

_MOST_PAGE = 1 << 40
# The headings of the columns, with whether the largest comes first when they are pressed.
COLUMNS: dict[Column, tuple[str, bool]] = {
    "path": (noop("Document"), False),
    "kind": (noop("Type"), False),
    "pages": (noop("Pages"), True),
    "words": (noop("Words"), True),
    "date": (noop("Date"), True),
    "warnings": (noop("Warnings"), True),
}


class TableRequest(PageRequest):
    """Which documents are shown in the table; or, with ``seen``, one of them."""

    search: str = Field(default="", max_length=200)
    sort: Column = "path"
    descending: bool = False
    page: Annotated[int, Field(ge=1, le=_MOST_PAGE)] = 1
    seen: Name | None = None


class DocumentTable:
    """The table of the documents that questions find now.

    Args:
        assistant: The assistant, which has the snapshot open.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._library: Library | None = None

    def show(self, request: TableRequest) -> str:
        """Return a page of the table, or what is seen of one document.

        Raises:
            CitewellError: The visitor may not see it, or the index cannot be used.
        """
        if not visitor().maintains:
            raise CitewellError(gettext("only maintainers can manage the documents"))
        library = self._of(self._assistant.snapshot)
        if request.seen is None:
            return render_table(library, request)
        known = library.snapshot.catalogue.documents([request.seen])
        if not known:
            raise UsageError(f"the index no longer has a document {request.seen!r}", hint="reload the table")
        seen = seen_in_index(library.snapshot, request.seen)
        return render_seen(seen, indexed=True, removable=not any(each.container for each in known))

    def _of(self, snapshot: Snapshot) -> Library:
        library = self._library
        if library is None or library.snapshot is not snapshot:
            self._library = library = Library(snapshot)
        return library


def render_table(library: Library, request: TableRequest) -> Markup:
    """Render a page of the table.

    Args:
        library: The documents.
        request: Which of them, and in which order.
    """
    found = library.page(search=request.search, sort=request.sort, descending=request.descending, page=request.page)
    return render("documents/table.html", found=found, columns=COLUMNS, asked=request)
