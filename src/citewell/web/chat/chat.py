"""What a reader can ask the page for: a question answered, a source shown, an opinion kept; all of it as HTML."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath

from citewell.answer import Answer, Scope
from citewell.assistant import View
from citewell.document import Span
from citewell.errors import CitewellError
from citewell.evaluation.questions.feedback import FeedbackStore, Verdict, about
from citewell.web import logs
from citewell.web.chat.answers import (
    render_answer,
    render_document,
    render_noted,
    render_reply,
    render_welcome,
)
from citewell.web.chat.cards import answer_key, text_key
from citewell.web.chat.requests import (
    PASSAGES,
    AskRequest,
    BeginRequest,
    FeedbackRequest,
    ShowRequest,
)
from citewell.web.desk import Desk, cost_of

_EXAMPLES = 4
# More suggestions than this no one reads, and every one is sent with the page.
_MOST_PLACES = 500


class Chat:
    """What the page can ask for, as HTML."""

    def __init__(self, desk: Desk, feedback: FeedbackStore) -> None:
        self._desk = desk
        self._feedback = feedback
        self._assistant = desk.assistant

    async def begin(self, shown: BeginRequest) -> str:
        """Say what can be asked, unless the page says so already."""
        return await self._desk.read(partial(self._begun, shown))

    def _begun(self, shown: BeginRequest) -> str:
        view = self._assistant.view()
        return "" if view.manifest.name == shown.snapshot else welcome(view)

    async def ask(self, asked: AskRequest) -> str:
        """Answer a question, or a courtesy."""
        place = asked.place.strip()

        def render(answer: Answer, view: View) -> str:
            if answer.reply:
                return render_reply(answer.reply, view.headings(_EXAMPLES))
            drifted = view.drifted({passage.document for passage in answer.passages})
            return render_answer(answer, drifted=drifted, place=place)

        return await self._desk.ask(asked.question, render, top=PASSAGES, scope=_scope(place), history=asked.turns)

    async def show(self, place: ShowRequest) -> str:
        """Show a quotation in its source, if it still stands there."""
        return await self._desk.read(partial(self._shown, place))

    def _shown(self, place: ShowRequest) -> str:
        view = self._assistant.view()
        document, passage = view.document(place.path), Span(place.start, place.end)
        self._desk.weigh(len(document.text))
        if text_key(passage.of(document.text)) != place.key:
            raise CitewellError("the document has changed since this was quoted; ask again to see it as it is now")
        logs.event("document opened", document=document.path)
        drifted = view.drifted({document.path}).get(document.path)
        return render_document(document, passage, [Span(start, end) for start, end in place.marks], drifted)

    async def say(self, said: FeedbackRequest) -> str:
        """Keep what a reader says about an answer, or that it is taken back."""
        if said.verdict is None:
            return await self._desk.read(partial(self._taken_back, said))
        # What the page shows is no witness for what was answered; but the same snapshot and settings answer the same.
        cost = cost_of(PASSAGES, _scope(said.asked.place.strip()), said.asked.turns)
        return await self._desk.answer(partial(self._noted, said, said.verdict), cost)

    def _taken_back(self, said: FeedbackRequest) -> str:
        if not self._feedback.withdraw(said.answer, said.rank):
            raise CitewellError("somebody has already decided on what you said, so that it cannot be taken back")
        logs.event("feedback", verdict=None, rank=said.rank)
        return render_noted("Taken back.")

    def _noted(self, said: FeedbackRequest, verdict: Verdict) -> str:
        asked, scope = said.asked, _scope(said.asked.place.strip())
        view = self._assistant.view()
        view.check_scope(scope)
        answer = view.ask(asked.question, top=PASSAGES, scope=scope, history=asked.turns)
        if answer_key(answer) != said.shown:
            raise CitewellError(
                "this is answered otherwise now, because the documents were indexed anew or the settings have changed since; "
                "ask again, then say it"
            )
        self._feedback.add(about(answer, asked.turns, verdict, said.rank), answer=said.answer)
        logs.event("feedback", verdict=verdict, rank=said.rank)
        return render_noted("Noted, thank you.")


def _scope(place: str) -> Scope:
    """Read a place as a document or, where it ends in a slash, as a folder."""
    if not place:
        return Scope()
    return Scope(folders=(place,)) if place.endswith("/") else Scope(documents=(place,))


def welcome(view: View) -> str:
    """Return what the page says while nothing is asked: what the documents are about, examples, and where to look."""
    documents = view.documents()
    paths = [each.path for each in documents]
    folders = sorted(
        {f"{folder}/" for path in paths for folder in map(str, PurePosixPath(path).parents) if folder != "."}
    )
    return render_welcome(
        [each.title for each in documents],
        view.headings(_EXAMPLES),
        [*folders, *paths][:_MOST_PLACES],
        view.manifest.name,
    )
