"""The page: one Gradio component whose questions go to the assistant and come back as escaped HTML.

The conversation lives in the reader's own page. Each question waits in its own place for its own answer, so that questions
asked while others run cannot mix, and no reader's conversation is kept on the server: what was said before comes with each
question.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, TypeVar

# Before Gradio is imported: it would report starts and look for newer versions of itself.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
from pydantic import BaseModel, ValidationError

from citewell import logs
from citewell.answer import Answer, Scope
from citewell.conversation import Assistant
from citewell.document import Span
from citewell.errors import CitewellError
from citewell.feedback import FeedbackStore, about
from citewell.state import StateFolder
from citewell.web.assets import SCRIPTS, asset
from citewell.web.cards import answer_key, text_key
from citewell.web.faults import render_error, render_fault
from citewell.web.judge_panel import JudgePanel
from citewell.web.judging import Judge
from citewell.web.maintaining import Maintainer
from citewell.web.measuring import Desk
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

RequestType = TypeVar("RequestType", bound=BaseModel)

_EXAMPLES = 4
# More suggestions than this no one reads, and every one is sent with the page.
_MOST_PLACES = 500


def create_page(
    desk: Desk,
    maintainer: Maintainer | None = None,
    quality: Judge | None = None,
    state: StateFolder | None = None,
    *,
    accounts: bool = False,
) -> gr.Blocks:
    """Make the chat page.

    Args:
        desk: Where questions are taken.
        maintainer: Who looks after the index, where there are those who may do so; else the page cannot.
        quality: Who judges the index, likewise.
        state: Where what readers say is kept; None is beside the index.
        accounts: Whether who sees the page is signed in, and may do what the account may.
    """
    server = _Server(desk, FeedbackStore((state or StateFolder.beside(desk.assistant.index.path)).path))

    functions = [
        _function("begin", BeginRequest, server.begin, "a beginning; reload it"),
        _function("ask", AskRequest, server.ask, "a question; reload it and ask again"),
        _function("show", ShowRequest, server.show, "a place; reload it and ask again"),
        _function("say", FeedbackRequest, server.say, "an opinion; reload it and ask again"),
    ]
    if maintainer:
        act = MaintainerPanel(maintainer).act
        functions.append(_function("maintain", MaintainRequest, act, "a thing to do; reload it and try again"))
    if quality:
        act_on = JudgePanel(quality).act
        functions.append(_function("judge", JudgeRequest, act_on, "a thing to judge; reload it and try again"))
    with gr.Blocks(title="Citewell", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        gr.HTML(
            value=None,
            html_template=_shell(
                desk.assistant, may_maintain=maintainer is not None, may_judge=quality is not None, accounts=accounts
            ),
            js_on_load=asset(*SCRIPTS),
            server_functions=functions,
            apply_default_css=False,
            elem_id="citewell",
        )
    return page


class _Server:
    """What the page can ask for, as HTML."""

    def __init__(self, desk: Desk, feedback: FeedbackStore) -> None:
        self._desk = desk
        self._feedback = feedback
        self._assistant = desk.assistant

    def begin(self, shown: BeginRequest) -> str:
        """Say what can be asked, unless the page says so already."""
        if self._assistant.snapshot.manifest.name == shown.snapshot:
            return ""
        return _welcome(self._assistant)

    def ask(self, asked: AskRequest) -> str:
        """Answer a question, or a courtesy."""
        answer = self._answer(self._desk.ask, asked)
        if answer.reply:
            return render_reply(answer.reply, self._assistant.headings(_EXAMPLES))
        drifted = self._assistant.drifted({passage.document for passage in answer.passages})
        return render_answer(answer, drifted=drifted, place=asked.place.strip())

    def show(self, place: ShowRequest) -> str:
        """Show a quotation in its source, if it still stands there."""
        document, passage = self._assistant.document(place.path), Span(place.start, place.end)
        if text_key(passage.of(document.text)) != place.key:
            raise CitewellError("the document has changed since this was quoted; ask again to see it as it is now")
        logs.event("document opened", document=document.path)
        drifted = self._assistant.drifted({document.path}).get(document.path)
        return render_document(document, passage, [Span(start, end) for start, end in place.marks], drifted)

    def say(self, said: FeedbackRequest) -> str:
        """Keep what a reader says about an answer."""
        if said.verdict is None:
            if not self._feedback.withdraw(said.answer, said.rank):
                raise CitewellError("somebody has already decided on what you said, so that it cannot be taken back")
            logs.event("feedback", verdict=None, rank=said.rank)
            return render_noted("Taken back.")
        self._desk.count()
        # What the page shows is no witness for what was answered; but the same snapshot and settings answer the same.
        answer = self._answer(self._assistant.ask, said.asked)
        if answer_key(answer) != said.shown:
            raise CitewellError(
                "this is answered otherwise now, because the documents were indexed anew or the settings have changed since; "
                "ask again, then say it"
            )
        self._feedback.add(about(answer, said.asked.turns, said.verdict, said.rank), answer=said.answer)
        logs.event("feedback", verdict=said.verdict, rank=said.rank)
        return render_noted("Noted, thank you.")

    def _answer(self, ask: Callable[..., Answer], asked: AskRequest) -> Answer:
        scope = _scope(self._assistant, asked.place.strip())
        return ask(asked.question, top=PASSAGES, scope=scope, history=asked.turns)


def _function(
    name: str, kind: type[RequestType], do: Callable[[RequestType], str], no_such: str
) -> Callable[[dict[str, Any]], str]:
    """Return a function that the page can call by its name: it does what was asked for, or renders why it cannot be done."""

    # Gradio marks the functions that it is given, which it cannot do to methods.
    def function(request: dict[str, Any]) -> str:
        try:
            return do(kind.model_validate(request))
        except ValidationError:
            logs.refused("ValidationError", request=kind.__name__)
            return render_error(f"the page sent something that is not {no_such}")
        except CitewellError as error:
            # Only its kind: the message can hold what was asked.
            logs.refused(type(error).__name__, request=kind.__name__)
            return render_fault(error)

    function.__name__ = name
    return function


def _scope(assistant: Assistant, place: str) -> Scope:
    """Read a place as a document or, where it ends in a slash, as a folder."""
    if not place:
        return Scope()
    scope = Scope(documents=(place,)) if not place.endswith("/") else Scope(folders=(place,))
    assistant.check_scope(scope)
    return scope


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
