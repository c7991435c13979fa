"""The operations of the chat: answer a question, show a source, save feedback; the results are HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from citewell.answer import Answer, FoundPassage, Place
from citewell.assistant import Assistant
from citewell.document import Fact, Span
from citewell.errors import CitewellError, IndexMissingError, UsageError
from citewell.evaluation.questions.feedback import FeedbackStore, Verdict, about
from citewell.index.stored import StoredDocument
from citewell.search.telling import query_of
from citewell.view import View
from citewell.web import logs
from citewell.web.auth.visitors import visitor
from citewell.web.chat.answers import (
    render_answer,
    render_empty,
    render_reply,
    render_saved,
    render_similar,
    render_welcome,
)
from citewell.web.chat.cards import answer_key, text_key
from citewell.web.chat.expected import expected_place, render_explanation
from citewell.web.chat.filters import render_unpassed
from citewell.web.chat.matched import matched
from citewell.web.chat.requests import (
    PASSAGES,
    AskRequest,
    BeginRequest,
    ExpectedRequest,
    FeedbackRequest,
    LikeRequest,
    ShowRequest,
)
from citewell.web.chat.source import render_document
from citewell.web.desk import Desk, cost_of
from citewell.web.explaining import explain
from citewell.web.faults import render_error
from citewell.web.language.current import gettext

# Nobody reads more suggestions, and all of them are sent with the page.
_MOST_PLACES = 500


class Chat:
    """The operations of the chat; each returns HTML.

    Args:
        desk: Where requests wait for their turn and are counted.
        feedback: Where feedback is stored.
        originals: Whether the files of documents can be downloaded.
    """

    def __init__(self, desk: Desk, feedback: FeedbackStore, *, originals: bool = False) -> None:
        self._desk = desk
        self._originals = originals
        self._feedback = feedback
        self._assistant = desk.assistant

    async def begin(self, shown: BeginRequest) -> str:
        """Return the welcome text, or "" if the page already shows the current one."""
        return await self._desk.read(partial(self._begin, shown, may_add=visitor().maintains))

    def _begin(self, shown: BeginRequest, *, may_add: bool) -> str:
        try:
            view = self._assistant.view()
        except IndexMissingError:
            if not self._assistant.index.is_awaited:
                raise
            return render_empty(may_add=may_add)
        return "" if view.manifest.name == shown.snapshot else welcome(view)

    async def ask(self, asked: AskRequest) -> str:
        """Answer a question, or reply to a greeting."""
        scope = asked.scope

        def render(answer: Answer, view: View) -> str:
            if answer.reply:
                return render_reply(answer.reply, view.manifest.examples)
            drifted = view.drifted({passage.document for passage in answer.passages})
            places = (
                query_of(answer, view.finder(replace(scope, filters=answer.filters)), view.snapshot.catalogue.languages)
                if answer.answered
                else None
            )
            return render_answer(
                answer,
                drifted=drifted,
                place=asked.place,
                places=places,
                matched=matched(answer, view.snapshot),
                facts=_facts(answer.passages, view),
            )

        try:
            return await self._desk.ask(
                asked.question,
                render,
                top=PASSAGES,
                scope=scope,
                history=asked.turns,
                correct=not asked.exact,
                words=not asked.own,
            )
        except UsageError as error:
            refused = error
        unpassed = await self._desk.read(lambda: render_unpassed(asked, refused, self._assistant.view().facts))
        if unpassed is None:
            raise refused
        return unpassed

    async def why(self, expected: ExpectedRequest) -> str:
        """Explain why a place is not in an answer."""
        asked = expected.asked
        try:
            return await explain(
                self._desk,
                asked.question,
                lambda snapshot: expected_place(snapshot, expected.document, expected.text),
                render_explanation,
                top=PASSAGES,
                scope=asked.scope,
                history=asked.turns,
                correct=not asked.exact,
                words=not asked.own,
            )
        except UsageError as error:
            return render_error(error.message, hint=error.hint)

    async def like(self, place: LikeRequest) -> str:
        """Show the passages most like a quotation."""
        return await self._desk.answer(partial(self._like, place))

    def _like(self, place: LikeRequest) -> str:
        view = self._assistant.view()
        self._quoted_document(view, place)
        similar = view.similar(Place(document=place.path, start=place.start, end=place.end), top=PASSAGES)
        logs.event("similar passages", document=place.path)
        drifted = view.drifted({passage.document for passage in similar.passages})
        return render_similar(similar, drifted, _facts(similar.passages, view))

    async def show(self, place: ShowRequest) -> str:
        """Show a quotation in its source, if the source still has it at that place."""
        return await self._desk.read(partial(self._show, place))

    def _show(self, place: ShowRequest) -> str:
        view = self._assistant.view()
        document, passage = self._quoted_document(view, place), Span(place.start, place.end)
        logs.event("document opened", document=document.path)
        drifted = view.drifted({document.path}).get(document.path)
        marks = [Span(start, end) for start, end in place.marks]
        layout = view.snapshot.catalogue.maps.of(document.path)
        return render_document(document, passage, marks, drifted, layout=layout, originals=self._originals)

    def _quoted_document(self, view: View, place: ShowRequest | LikeRequest) -> StoredDocument:
        """Return the document of a quotation, which it still has; reading it counts by its length.

        Raises:
            CitewellError: There is no such document, or it has another text there.
        """
        document = view.document(place.path)
        self._desk.weigh(len(document.text))
        if text_key(document.text[place.start : place.end]) != place.key:
            raise CitewellError(
                gettext("the document has changed since this was quoted; ask again to see the current version")
            )
        return document

    async def say(self, feedback: FeedbackRequest) -> str:
        """Save or withdraw the feedback of a reader."""
        if feedback.verdict is None:
            return await self._desk.read(partial(self._withdraw, feedback))
        # The content of the page is not trusted; the question is answered again and compared with it.
        cost = cost_of(PASSAGES, feedback.asked.scope, feedback.asked.turns)
        return await self._desk.answer(partial(self._save, feedback, feedback.verdict), cost)

    def _withdraw(self, feedback: FeedbackRequest) -> str:
        if not self._feedback.withdraw(feedback.answer, feedback.rank):
            raise CitewellError(gettext("this feedback was already reviewed and cannot be withdrawn"))
        logs.event("feedback", verdict=None, rank=feedback.rank)
        return render_saved(gettext("Feedback withdrawn."))

    def _save(self, feedback: FeedbackRequest, verdict: Verdict) -> str:
        asked, scope = feedback.asked, feedback.asked.scope
        view = self._assistant.view()
        view.check_scope(scope)
        answer = view.ask(
            asked.question,
            top=PASSAGES,
            scope=scope,
            history=asked.turns,
            correct=not asked.exact,
            words=not asked.own,
        )
        if answer_key(answer) != feedback.shown:
            raise CitewellError(
                gettext("the index or its settings have changed since this answer; ask again before rating it")
            )
        self._feedback.add(about(answer, asked.turns, verdict, feedback.rank), answer=feedback.answer)
        logs.event("feedback", verdict=verdict, rank=feedback.rank)
        return render_saved(gettext("Feedback saved. Thank you."))


def _facts(passages: Iterable[FoundPassage], view: View) -> dict[str, tuple[Fact, ...]]:
    """Return what is known about the documents of some passages."""
    return {path: view.snapshot.catalogue.facts_of(path) for path in {each.document for each in passages}}


def first_text(assistant: Assistant, *, may_add: bool) -> str:
    """Return the text before the first question: the welcome text, or how documents are added if there is no index yet."""
    try:
        return welcome(assistant.view())
    except IndexMissingError:
        return render_empty(may_add=may_add)


def welcome(view: View) -> str:
    """Return the welcome text: document titles, example questions, and the places that a search can be limited to."""
    documents = view.documents()
    paths = [each.path for each in documents]
    folders = sorted(
        {f"{folder}/" for path in paths for folder in map(str, PurePosixPath(path).parents) if folder != "."}
    )
    return render_welcome(
        [each.title for each in documents],
        view.manifest.examples,
        [*folders, *paths][:_MOST_PLACES],
        view.manifest.name,
    )
