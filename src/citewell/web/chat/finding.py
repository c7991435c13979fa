"""Every place of some words, on the page: the list, and a document with its places marked."""

from __future__ import annotations

import json
from functools import partial
from typing import get_args
from urllib.parse import urlencode

from citewell.answer import Scope
from citewell.document import Span
from citewell.errors import UsageError
from citewell.found import Found, Sort
from citewell.view import View
from citewell.web import logs
from citewell.web.chat.cards import pieces
from citewell.web.chat.requests import FindRequest, WithinRequest, as_request
from citewell.web.chat.source import render_document
from citewell.web.desk import Desk
from citewell.web.faults import render_error
from citewell.web.language.core import said
from citewell.web.language.current import gettext
from citewell.web.templates import render, sentence

_PER_PAGE = 20
# Of the list of documents; each can be searched alone.
_MOST_DOCUMENTS = 100
# More marks make a page slow, and nobody steps through them.
_MOST_MARKED = 5000


class PageFinder:
    """Finds for the page; each operation returns HTML.

    Args:
        desk: The queue of requests.
        originals: Whether the files of documents can be downloaded.
    """

    def __init__(self, desk: Desk, *, originals: bool = False) -> None:
        self._desk = desk
        self._originals = originals

    async def find(self, request: FindRequest) -> str:
        """List one page of all places."""
        if not request.query.strip():
            return _panel(request)
        return await self._desk.answer(partial(self._find, request))

    def _find(self, request: FindRequest) -> str:
        view = self._desk.assistant.view()
        try:
            finder = view.finder(request.scope)
            found = finder.page(request.query, sort=request.sort, page=request.page, per_page=_PER_PAGE)
        except UsageError as error:
            return _panel(request, error=render_error(error.message, hint=error.hint))
        logs.event("places found", places=found.total)
        return _panel(request, found)

    async def within(self, request: WithinRequest) -> str:
        """Show a document with the places of some words marked."""
        return await self._desk.read(partial(self._within, request))

    def _within(self, request: WithinRequest) -> str:
        view = self._desk.assistant.view()
        document = view.document(request.path)
        self._desk.weigh(len(document.text))
        drifted = view.drifted({document.path}).get(document.path)
        layout = view.snapshot.catalogue.maps.of(document.path)
        show = partial(render_document, document, drifted=drifted, layout=layout, originals=self._originals)
        if not request.query.strip():
            logs.event("document opened", document=document.path)
            return show(None, [])
        try:
            found = _places(view, request)
        except UsageError as error:
            return show(None, [], query=request.query, says=sentence(said(error.message)))
        here = next((each for each in found.places if each.start == request.start), next(iter(found.places), None))
        marks = [mark for place in found.places for mark in place.marks]
        logs.event("document opened", document=document.path)
        return show(
            Span(here.text_start, here.text_start + len(here.text)) if here else None,
            marks,
            stops={place.marks[0].start: place is here for place in found.places},
            query=request.query,
            says=_says(found),
        )


def _places(view: View, request: WithinRequest) -> Found:
    finder = view.finder(Scope(documents=(request.path,)))
    return finder.page(request.query, sort="place", page=1, per_page=_MOST_MARKED)


def _says(found: Found) -> str:
    if not found.total:
        return gettext("No places in this document.")
    if found.pages == 1:
        return ""
    return gettext("The first %(most)s of %(total)s places are marked.", most=_MOST_MARKED, total=found.total)


def _without(request: FindRequest, written: str) -> str:
    """Return the request without a filter that is chosen; empty for one that is typed, which is removed in the field."""
    others = [each for each in request.filters if each != written]
    return as_request(request.query, request.place, request.sort, 1, others) if others != request.filters else ""


def _panel(request: FindRequest, found: Found | None = None, error: str = "") -> str:
    """Render the panel: the form, and below it what was found or why it cannot be looked for."""
    chosen = request.filters
    scope = {"folder": [], "document": [], "filter": chosen}
    if request.place:
        scope["folder" if request.place.endswith("/") else "document"] = [request.place]
    asked = partial(as_request, request.query, request.place, filters=chosen)
    return render(
        "chat/find.html",
        request=request,
        found=found,
        error=error,
        filters=[(each, _without(request, each)) for each in (map(str, found.filters) if found else chosen)],
        chosen=json.dumps(chosen, ensure_ascii=False),
        everywhere=as_request(request.query, "", request.sort, filters=chosen),
        sorts={sort: asked(sort) for sort in get_args(Sort)},
        table="/api/find.csv?" + urlencode({"query": request.query, **scope}, doseq=True),
        inside=[
            (each, as_request(request.query, each.document, request.sort, filters=chosen))
            for each in (found.documents[:_MOST_DOCUMENTS] if found else ())
        ],
        places=[
            (
                each,
                pieces(each.text, Span(0, len(each.text)), each.shown),
                json.dumps({"path": each.document, "query": request.query, "start": each.start}, ensure_ascii=False),
            )
            for each in (found.places if found else ())
        ],
        before=asked(request.sort, request.page - 1),
        after=asked(request.sort, request.page + 1),
    )
