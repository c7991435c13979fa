"""The page: one Gradio component whose questions go to the assistant and come back as escaped HTML.

The conversation lives in the reader's own page. Each question waits in its own place for its own answer, so that questions
asked while others run cannot mix, and no reader's conversation is kept on the server: what was said before comes with each
question.
"""

from __future__ import annotations

from collections.abc import Sequence

from citewell.assistant import Assistant
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import StateFolder
from citewell.web.assets import BRIDGE, asset
from citewell.web.chat.chat import Chat, welcome
from citewell.web.chat.requests import AskRequest, BeginRequest, FeedbackRequest, ShowRequest
from citewell.web.desk import Desk
from citewell.web.documents.maintainer import Maintainer
from citewell.web.documents.panel import MaintainerPanel, MaintainRequest
from citewell.web.functions import Function, function, in_thread
from citewell.web.quality.judge import Judge
from citewell.web.quality.panel import JudgePanel, JudgeRequest
from citewell.web.templates import render
from citewell.web.toolkit import gr


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
    server = Chat(desk, FeedbackStore((state or StateFolder.beside(desk.assistant.index.path)).path))
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
            js_on_load=asset(BRIDGE),
            server_functions=list(functions),
            apply_default_css=False,
            elem_id="citewell",
        )
    return page, component._id


def _shell(assistant: Assistant, *, may_maintain: bool, may_judge: bool, accounts: bool) -> str:
    """Return the page's frame. Gradio reads it as a template of its own, which nothing in it may look like."""
    return _inert(
        render(
            "page.html",
            welcome=welcome(assistant.view()),
            longest=assistant.settings.searching.question_characters,
            accounts=accounts,
            # One page is served to all; with accounts, its script asks who is signed in.
            may_maintain=may_maintain and not accounts,
            may_judge=may_judge and not accounts,
        )
    )


def _inert(html: str) -> str:
    """Write as entities the characters that Gradio's templates are made of."""
    return html.translate({ord(character): f"&#{ord(character)};" for character in "$@{}\\`"})
