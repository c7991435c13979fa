"""The page: one Gradio component whose questions go to the assistant and come back as escaped HTML.

The conversation lives in the reader's own page. Each question waits in its own place for its own answer, so that questions
asked while others run cannot mix, and no reader's conversation is kept on the server: what was said before comes with each
question.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath

from citewell.answer import Answer, Scope
from citewell.assistant import Assistant
from citewell.document import Span
from citewell.errors import CitewellError
from citewell.evaluation.questions.feedback import FeedbackStore, Verdict, about
from citewell.state.folder import StateFolder
from citewell.web import logs
from citewell.web.assets import SCRIPTS, asset
from citewell.web.cards import answer_key, text_key
from citewell.web.desk import Desk, cost_of
from citewell.web.functions import Function, function, in_thread
from citewell.web.judge_panel import JudgePanel
from citewell.web.judging import Judge
from citewell.web.maintaining import Maintainer
from citewell.web.panel import MaintainerPanel
from citewell.web.render import (
    render_answer,
    render_document,
    render_noted,
    render_reply,
    render_welcome,
)
from citewell.web.requests import (
    PASSAGES,
    AskRequest,
    BeginRequest,
    FeedbackRequest,
    JudgeRequest,
    MaintainRequest,
    ShowRequest,
)
from citewell.web.toolkit import gr

_EXAMPLES = 4
# More suggestions than this no one reads, and every one is sent with the page.
_MOST_PLACES = 500


def page_functions(
    desk: Desk,
    maintainer: Maintainer | None = None,
    quality: Judge | None = None,
    state: StateFolder | None = None,
) -> list[Function]:
    """Make what the page's script can call.

    Args:
        desk: Where questions are taken.
        maintainer: Who looks after the index, where there are those who may do so; else the page cannot.
        quality: Who judges the index, likewise.
        state: Where what readers say is kept; None is beside the index.
    """
    server = _Server(desk, FeedbackStore((state or StateFolder.beside(desk.assistant.index.path)).path))
    functions = [
        function("begin", BeginRequest, server.begin, "a beginning; reload it"),
        function("ask", AskRequest, server.ask, "a question; reload it and ask again"),
        function("show", ShowRequest, server.show, "a place; reload it and ask again"),
        function("say", FeedbackRequest, server.say, "an opinion; reload it and ask again"),
    ]
    if maintainer:
        act = in_thread(MaintainerPanel(maintainer).act)
        functions.append(function("maintain", MaintainRequest, act, "a thing to do; reload it and try again"))
    if quality:
        judge = in_thread(JudgePanel(quality).act)
        functions.append(function("judge", JudgeRequest, judge, "a thing to judge; reload it and try again"))
    return functions


def create_page(
    assistant: Assistant,
    functions: Sequence[Function],
    *,
    may_maintain: bool = False,
    may_judge: bool = False,
    accounts: bool = False,
) -> tuple[gr.Blocks, int]:
    """Make the chat page.

    Args:
        assistant: Who answers.
        functions: What its script can call.
        may_maintain: Whether there are those who may look after the index.
        may_judge: Whether there are those who may judge it.
        accounts: Whether who sees the page is signed in, and may do what the account may.

    Returns:
        The page, and the number of the component that its functions belong to.
    """
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        component = gr.HTML(
            value=None,
            html_template=_shell(assistant, may_maintain=may_maintain, may_judge=may_judge, accounts=accounts),
            js_on_load=asset(*SCRIPTS),
            server_functions=list(functions),
            apply_default_css=False,
            elem_id="citewell",
        )
    return page, component._id


class _Server:
    """What the page can ask for, as HTML."""

    def __init__(self, desk: Desk, feedback: FeedbackStore) -> None:
        self._desk = desk
        self._feedback = feedback
        self._assistant = desk.assistant

    async def begin(self, shown: BeginRequest) -> str:
        """Say what can be asked, unless the page says so already."""
        return await self._desk.read(partial(self._begun, shown))

    def _begun(self, shown: BeginRequest) -> str:
        if self._assistant.snapshot.manifest.name == shown.snapshot:
            return ""
        return _welcome(self._assistant)

    async def ask(self, asked: AskRequest) -> str:
        """Answer a question, or a courtesy."""
        place = asked.place.strip()

        def told(answer: Answer) -> str:
            if answer.reply:
                return render_reply(answer.reply, self._assistant.headings(_EXAMPLES))
            drifted = self._assistant.drifted({passage.document for passage in answer.passages})
            return render_answer(answer, drifted=drifted, place=place)

        return await self._desk.ask(asked.question, told, top=PASSAGES, scope=_scope(place), history=asked.turns)

    async def show(self, place: ShowRequest) -> str:
        """Show a quotation in its source, if it still stands there."""
        return await self._desk.read(partial(self._shown, place))

    def _shown(self, place: ShowRequest) -> str:
        document, passage = self._assistant.document(place.path), Span(place.start, place.end)
        self._desk.weigh(len(document.text))
        if text_key(passage.of(document.text)) != place.key:
            raise CitewellError("the document has changed since this was quoted; ask again to see it as it is now")
        logs.event("document opened", document=document.path)
        drifted = self._assistant.drifted({document.path}).get(document.path)
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
        self._assistant.check_scope(scope)
        answer = self._assistant.ask(asked.question, top=PASSAGES, scope=scope, history=asked.turns)
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


def _welcome(assistant: Assistant) -> str:
    """Return what the page says while nothing is asked: what the documents are about, examples, and where to look."""
    documents = assistant.documents()
    paths = [each.path for each in documents]
    folders = sorted(
        {f"{folder}/" for path in paths for folder in map(str, PurePosixPath(path).parents) if folder != "."}
    )
    return render_welcome(
        [each.title for each in documents],
        assistant.headings(_EXAMPLES),
        [*folders, *paths][:_MOST_PLACES],
        assistant.manifest.name,
    )


def _shell(assistant: Assistant, *, may_maintain: bool, may_judge: bool, accounts: bool) -> str:
    """Return the page's frame. Gradio reads it as a template, so what comes from the corpus must not look like one."""
    return (
        asset("page.html")
        .replace("@WELCOME", _inert(_welcome(assistant)))
        .replace("@LONGEST", str(assistant.settings.searching.question_characters))
        .replace("@ACCOUNTS", "data-accounts" if accounts else "")
        # One page is served to all; with accounts, its script asks who is signed in.
        .replace("@MAINTAIN", "" if may_maintain and not accounts else "hidden")
        .replace("@JUDGE", "" if may_judge and not accounts else "hidden")
    )


def _inert(html: str) -> str:
    """Write as entities the characters that Gradio's templates and our own placeholders are made of."""
    return html.translate({ord(character): f"&#{ord(character)};" for character in "$@{}\\`"})
