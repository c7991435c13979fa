"""What an application is put together from: what programs ask for, the page, and those who may refuse a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI
from plotly.offline import get_plotlyjs
from starlette.responses import Response
from starlette.routing import Mount

from citewell._version import __version__
from citewell.assistant import Assistant
from citewell.state.folder import StateFolder
from citewell.web.api.mcp import PATH, add_tools, create_tools
from citewell.web.api.routes import UPLOADS, add_api
from citewell.web.api.schema import MOST_BYTES as QUESTION_BYTES
from citewell.web.api.service import Programs
from citewell.web.assets import ICON, STYLES, asset
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.credentials import Role
from citewell.web.auth.gate import Gate
from citewell.web.auth.sessions import SessionCookie, Sessions
from citewell.web.auth.sign_in import MOST_BYTES as SIGN_IN_BYTES
from citewell.web.auth.sign_in import sign_in_routes
from citewell.web.auth.visitors import Rate
from citewell.web.desk import Desk
from citewell.web.documents.maintainer import Maintainer
from citewell.web.documents.rebuild_metrics import RebuildMeasures
from citewell.web.functions import FUNCTIONS, function_routes
from citewell.web.middleware.addresses import KnownNames, NoProxies, TrustedProxies, read_names, read_proxies
from citewell.web.middleware.body_limit import BodyLimit, PartLimit
from citewell.web.middleware.csrf import OwnPageOnly
from citewell.web.middleware.head_limit import HeadLimit
from citewell.web.middleware.headers import SecurityHeaders
from citewell.web.middleware.page_routes import PageRoutes
from citewell.web.middleware.request_log import RequestLog
from citewell.web.page import create_page, page_functions
from citewell.web.quality.judge import Judge
from citewell.web.quality.panel import PLOTLY
from citewell.web.scripts import head, script_routes
from citewell.web.toolkit import gr

# Paths where JSON is taken, and where more or less may be sent than elsewhere.
_JSON = ("/api/ask", PATH, FUNCTIONS)
_BODIES = {"/sign-in": SIGN_IN_BYTES, **dict.fromkeys(_JSON, QUESTION_BYTES)}

# Questions a minute of one account or address, where others can ask.
RATE = 60

# Reading is one of them for each question, and some more.
_READINGS = 5


def create_app(
    assistant: Assistant,
    *,
    public: bool = False,
    watch: bool = False,
    accounts: AccountStore | None = None,
    anywhere: bool = False,
    names: Sequence[str] = (),
    own: Sequence[str] = (),
    trusted_proxies: Sequence[str] = (),
    rate: int | None = None,
    questions: Sequence[Path] = (),
    state: StateFolder | None = None,
) -> FastAPI:
    """Make the application: the page, over what programs ask for.

    Args:
        assistant: Who answers.
        public: Whether everyone may ask, and nobody look after the index.
        watch: Whether the index follows the corpus for as long as the application runs.
        accounts: Who may ask, and who look after the index; None is everyone.
        anywhere: Whether requests may give this server any name, as they may where it is public; else only those of this
            machine, so that no other site can pass for it in its user's browser (DNS rebinding).
        names: Names that requests may give it besides; where there are any, ``anywhere`` and ``public`` allow no others.
        own: What else it is called on this machine.
        trusted_proxies: The addresses or networks of proxies in front of it, which say who asks them.
        rate: How many questions a minute each account or address may ask; 0 is any number, None is 60 where others can ask.
        questions: The question sets that those who look after the index can run.
        state: Where what people write is kept; None is beside the index.

    Raises:
        UsageError: The corpus is to be watched and is not there; or a name or a proxy is none.
        AccountsError: The file of accounts is missing or damaged.
    """
    state = state or StateFolder.beside(assistant.index.path)
    caretaker = Maintainer(assistant.index, assistant.settings, state)
    maintainer = None if public else caretaker
    judge = None if public else Judge(assistant, questions, state)
    watching = caretaker.watcher() if watch else nullcontext()
    most = (RATE if public or accounts else 0) if rate is None else rate
    desk = Desk(
        assistant,
        rate=Rate(most, what="too many questions at once; ask again") if most else None,
        reading_rate=Rate(_READINGS * most, what="too much is read at once; go on") if most else None,
    )
    caretaker.listeners.append(RebuildMeasures(desk.registry).count)
    app = for_programs(Programs(desk), maintainer, watching)
    sessions = Sessions(accounts) if accounts else None
    if sessions:
        app.include_router(sign_in_routes(sessions))
    if judge:
        add_plotly(app)
    functions = page_functions(desk, maintainer, judge, state)
    page, component = create_page(
        assistant,
        functions,
        may_maintain=maintainer is not None,
        may_judge=judge is not None,
        accounts=accounts is not None,
    )
    app.include_router(function_routes(functions, component))
    mounted = with_page(app, page)
    known = None if (public or anywhere) and not names else read_names([*names, *own])
    everyone: Role = "reader" if public else "maintainer"
    guard(mounted, accounts, sessions, everyone=everyone, names=read_names(names), known=known)
    if trusted_proxies or accounts or public:
        mounted.add_middleware(TrustedProxies, proxies=read_proxies(trusted_proxies))
    return mounted


def with_page(app: FastAPI, page: gr.Blocks) -> FastAPI:
    """Add the page to an application, and of Gradio only what the page needs."""
    app.include_router(script_routes())
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        css=asset(*STYLES),
        head=head(),
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        show_error=False,
        ssr_mode=False,
        favicon_path=ICON,
    )
    for route in mounted.routes:
        if isinstance(route, Mount) and not route.path:
            route.app = PageRoutes(route.app)
    return mounted


def guard(
    app: FastAPI,
    accounts: AccountStore | None,
    sessions: Sessions | None,
    *,
    everyone: Role,
    names: frozenset[str],
    known: frozenset[str] | None,
) -> None:
    """Have every request pass those who may refuse it; the last that is added sees it first."""
    app.add_middleware(PartLimit, paths=_JSON)
    app.add_middleware(Gate, sessions=sessions, everyone=everyone)
    if accounts:
        app.add_middleware(SessionCookie, key=accounts.key())
    app.add_middleware(OwnPageOnly, names=names)
    app.add_middleware(BodyLimit, of_path=_BODIES, uploads=UPLOADS)
    if everyone == "maintainer" and not accounts:
        app.add_middleware(NoProxies)
    if known is not None:
        app.add_middleware(KnownNames, names=known)
    app.add_middleware(HeadLimit)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders)


def for_programs(
    programs: Programs, maintainer: Maintainer | None, watching: AbstractContextManager[object]
) -> FastAPI:
    """Make an application of what programs ask for, which watches while it runs."""
    tools = create_tools(programs)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            with watching:
                yield

    # The pages that FastAPI has for its own description load their scripts from elsewhere.
    app = FastAPI(
        title="Citewell",
        version=__version__,
        description="Ask your documents; every answer is a quotation.",
        lifespan=running,
        docs_url=None,
        redoc_url=None,
    )
    add_api(app, programs, maintainer)
    add_tools(app, tools)
    return app


def add_plotly(app: FastAPI) -> None:
    """Serve the library that draws the charts; its address has its version, so that it never changes."""

    @app.get(PLOTLY.partition("?")[0], include_in_schema=False)
    def plotly() -> Response:
        return Response(
            get_plotlyjs(),
            media_type="text/javascript",
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )
