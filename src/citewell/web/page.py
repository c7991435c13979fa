"""The page: one Gradio component whose questions go to the assistant and come back as escaped HTML.

The conversation exists only in the browser. The server stores none: each request carries the earlier turns. Each question
has its own element that waits for its answer, so concurrent questions cannot mix.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Mount

from citewell.assistant import Assistant
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.rendering.tokens import TOKENS_CSS
from citewell.state.opening import state_beside
from citewell.state.storage import State
from citewell.web.assets import BRIDGE, ICON, STYLES, asset
from citewell.web.chat.chat import Chat, first_text
from citewell.web.chat.filters import PageFilters
from citewell.web.chat.finding import PageFinder
from citewell.web.chat.requests import (
    AskRequest,
    BeginRequest,
    ExpectedRequest,
    FeedbackRequest,
    FiltersRequest,
    FindRequest,
    LikeRequest,
    ShowRequest,
    WithinRequest,
)
from citewell.web.desk import Desk
from citewell.web.documents.maintainer import Maintainer
from citewell.web.documents.panel import MaintainerPanel, MaintainRequest
from citewell.web.documents.table import DocumentTable, TableRequest
from citewell.web.faults import render_away
from citewell.web.functions import Function, function, function_routes, in_thread
from citewell.web.language.catalogues import languages
from citewell.web.language.current import noop, speaking
from citewell.web.middleware.languages import FRAME, Framed
from citewell.web.options import ServerOptions
from citewell.web.quality.judge import Judge
from citewell.web.quality.panel import JudgePanel, JudgeRequest
from citewell.web.scripts import head
from citewell.web.templates import render
from citewell.web.toolkit import blocks, gr

# How often Gradio looks whether an event waits.
_LOOKING_SECONDS = 1.0


def make_page(desk: Desk, maintainer: Maintainer | None, options: ServerOptions, state: State) -> FastAPI:
    """Make the page as an application of its own, with the functions that its script calls.

    Args:
        desk: Answers the questions.
        maintainer: Maintains the index; None for a page that is public.
        options: Those of the server.
        state: Where feedback and runs are stored.
    """
    judge = Judge(desk.assistant, options.questions, state) if maintainer else None
    functions = page_functions(desk, maintainer, judge, state, originals=options.originals)
    page, component = create_page(functions)
    frames = page_frames(
        desk.assistant,
        may_maintain=maintainer is not None,
        may_judge=judge is not None,
        accounts=options.accounts is not None,
    )
    app = FastAPI(openapi_url=None)
    app.include_router(function_routes(functions, component))
    return _mounted(app, page, frames)


def page_functions(
    desk: Desk,
    maintainer: Maintainer | None = None,
    quality: Judge | None = None,
    state: State | None = None,
    *,
    originals: bool = False,
) -> list[Function]:
    """Create the functions that the page's script can call.

    Args:
        desk: Answers the questions.
        maintainer: Maintains the index; None disables the "Documents" panel.
        quality: Runs the evaluations; None disables the "Quality" panel.
        state: Where feedback is stored; default: beside the index.
        originals: Whether the files of documents can be downloaded.
    """
    feedback = FeedbackStore((state or state_beside(desk.assistant.index.path)).feedback)
    server = Chat(desk, feedback, originals=originals)
    finder = PageFinder(desk, originals=originals)
    functions = [
        function("begin", BeginRequest, server.begin, noop("a start request; reload it")),
        function("ask", AskRequest, server.ask, noop("a question; reload it and ask again")),
        function("filters", FiltersRequest, PageFilters(desk).filters, noop("a choice of filters; reload it")),
        function("why", ExpectedRequest, server.why, noop("a place; reload it and ask again")),
        function("like", LikeRequest, server.like, noop("a passage; reload it and ask again")),
        function("show", ShowRequest, server.show, noop("a place; reload it and ask again")),
        function("find", FindRequest, finder.find, noop("words to find; reload it and try again")),
        function("within", WithinRequest, finder.within, noop("words to find in a document; reload it and try again")),
        function("say", FeedbackRequest, server.say, noop("feedback; reload it and ask again")),
    ]
    if maintainer:
        act = in_thread(MaintainerPanel(maintainer).act)
        functions.append(function("maintain", MaintainRequest, act, noop("an action; reload it and try again")))
        table = in_thread(DocumentTable(desk.assistant).show)
        functions.append(
            function("table", TableRequest, table, noop("documents of the table; reload it and try again"))
        )
    if quality:
        judge = in_thread(JudgePanel(quality).act)
        functions.append(function("judge", JudgeRequest, judge, noop("an action; reload it and try again")))
    return functions


def create_page(functions: Sequence[Function]) -> tuple[gr.Blocks, int]:
    """Create the chat page.

    Args:
        functions: The functions that its script can call.

    Returns:
        The page, without its frame, and the id of the component that its functions belong to.
    """
    with blocks(title="Citewell", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        component = gr.HTML(
            value=None,
            html_template=FRAME,
            js_on_load=asset(BRIDGE),
            server_functions=list(functions),
            apply_default_css=False,
            elem_id="citewell",
        )
    # The page has no events. Gradio's queue waits for some, and looks a thousand times a second: 5 % of a core.
    page._queue.sleep_when_free = page._queue.progress_update_sleep_when_free = _LOOKING_SECONDS
    return page, component._id


def _mounted(app: FastAPI, page: gr.Blocks, frames: Mapping[str, bytes]) -> FastAPI:
    """Mount the page in an application, with its frame in each language."""
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        css=TOKENS_CSS + asset(*STYLES),
        head=head(),
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        show_error=False,
        ssr_mode=False,
        favicon_path=ICON,
    )
    for route in mounted.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI) and not route.path:
            # Inside of Gradio's own middleware, which compresses the page.
            route.app.user_middleware.append(Middleware(Framed, frames=frames))
    return mounted


def page_frames(
    assistant: Assistant, *, may_maintain: bool = False, may_judge: bool = False, accounts: bool = False
) -> dict[str, bytes]:
    """Return the frame of the page in each language for the settings that Gradio puts into the page.

    Args:
        assistant: Answers the questions.
        may_maintain: Whether the "Documents" panel is available.
        may_judge: Whether the "Quality" panel is available.
        accounts: Whether users sign in; the account then decides which panels they see.
    """
    # All users get the same page; with accounts, its script asks the server who is signed in.
    may_maintain = may_maintain and not accounts
    frames = {}
    for tag in languages():
        with speaking(tag):
            frames[tag] = _in_script(
                render(
                    "page.html",
                    tag=tag,
                    messages=languages()[tag].script_messages,
                    away=render_away(),
                    welcome=first_text(assistant, may_add=may_maintain),
                    longest=assistant.settings.searching.question_characters,
                    accounts=accounts,
                    may_maintain=may_maintain,
                    may_judge=may_judge and not accounts,
                )
            )
    return frames


def _in_script(html: str) -> bytes:
    """Return HTML as JSON in a script. Gradio reads it as one of its own templates, so template characters are escaped."""
    inert = html.translate({ord(character): f"&#{ord(character)};" for character in "$@{}\\`"})
    return json.dumps(inert).translate({ord(each): f"\\u{ord(each):04x}" for each in "<>&'"}).encode()
