"""Builds the application: the API, the page, and the middleware."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from fastapi import FastAPI
from plotly.offline import get_plotlyjs
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Mount

from citewell._version import __version__
from citewell.assistant import Assistant
from citewell.rendering.tokens import TOKENS_CSS
from citewell.state.folder import StateFolder
from citewell.web.api.completions import PATH as COMPLETIONS
from citewell.web.api.error_shapes import dify_error, openai_error
from citewell.web.api.maintaining import UPLOADS
from citewell.web.api.mcp import PATH, add_tools, create_tools
from citewell.web.api.retrieval import PATH as RETRIEVAL
from citewell.web.api.routes import add_api
from citewell.web.api.schema import MOST_BYTES as QUESTION_BYTES
from citewell.web.api.service import Programs
from citewell.web.assets import ICON, STYLES, asset
from citewell.web.auth.gate import Gate
from citewell.web.auth.sessions import SessionCookie, Sessions
from citewell.web.auth.sign_in import MOST_BYTES as SIGN_IN_BYTES
from citewell.web.auth.sign_in import sign_in_routes
from citewell.web.auth.visitors import Rate
from citewell.web.desk import Desk
from citewell.web.documents.maintainer import Maintainer
from citewell.web.documents.rebuild_metrics import RebuildMeasures
from citewell.web.functions import FUNCTIONS, function_routes
from citewell.web.middleware.addresses import KnownNames, NoProxies, TrustedProxies
from citewell.web.middleware.body_limit import BodyLimit, PartLimit
from citewell.web.middleware.csrf import OwnPageOnly
from citewell.web.middleware.error_shapes import ErrorShapes
from citewell.web.middleware.head_limit import HeadLimit
from citewell.web.middleware.headers import SecurityHeaders
from citewell.web.middleware.languages import Framed, Speaking
from citewell.web.middleware.page_routes import PageRoutes
from citewell.web.middleware.request_log import RequestLog
from citewell.web.options import ServerOptions
from citewell.web.page import create_page, page_frames, page_functions
from citewell.web.quality.judge import Judge
from citewell.web.quality.panel import PLOTLY
from citewell.web.scripts import head, script_routes
from citewell.web.toolkit import gr

# Paths that take JSON, and other maximum body sizes.
_JSON = ("/api/ask", COMPLETIONS, RETRIEVAL, PATH, FUNCTIONS)
_BODIES = {"/sign-in": SIGN_IN_BYTES, **dict.fromkeys(_JSON, QUESTION_BYTES)}

# Errors on the paths of other APIs.
_SHAPES = {"/v1/": openai_error, RETRIEVAL: dify_error}

# Each question comes with a read, and readers open more documents.
_READINGS = 5


def create_app(assistant: Assistant, options: ServerOptions | None = None) -> FastAPI:
    """Create the application: the page and the API.

    Args:
        assistant: The assistant.
        options: The options; None is the defaults.

    Raises:
        UsageError: The corpus is to be watched and does not exist; or a name or a proxy is invalid.
        AccountsError: The accounts file is missing or damaged.
    """
    options = options or ServerOptions()
    public, accounts = options.public, options.accounts
    state = options.state or StateFolder.beside(assistant.index.path)
    caretaker = Maintainer(assistant.index, assistant.settings, state)
    maintainer = None if public else caretaker
    judge = None if public else Judge(assistant, options.questions, state)
    watching = caretaker.watcher() if options.watch else nullcontext()
    most = options.questions_a_minute
    desk = Desk(
        assistant,
        rate=Rate(most, what="too many questions; try again") if most else None,
        reading_rate=Rate(_READINGS * most, what="too many documents opened; try again") if most else None,
    )
    caretaker.listeners.append(RebuildMeasures(desk.registry).count)
    app = for_programs(Programs(desk), maintainer, watching, originals=options.originals)
    sessions = Sessions(accounts) if accounts else None
    if sessions:
        app.include_router(sign_in_routes(sessions))
    if judge:
        add_plotly(app)
    functions = page_functions(desk, maintainer, judge, state, originals=options.originals)
    page, component = create_page(functions)
    frames = page_frames(
        assistant,
        may_maintain=maintainer is not None,
        may_judge=judge is not None,
        accounts=accounts is not None,
    )
    app.include_router(function_routes(functions, component))
    mounted = with_page(app, page, frames)
    guard(mounted, options, sessions)
    return mounted


def with_page(app: FastAPI, page: gr.Blocks, frames: Mapping[str, bytes]) -> FastAPI:
    """Add the page to an application, with its frame in each language, and only those routes of Gradio that it needs."""
    app.include_router(script_routes())
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
            route.app = PageRoutes(route.app)
    return mounted


def guard(app: FastAPI, options: ServerOptions, sessions: Sessions | None) -> None:
    """Add the middleware; the one added last sees a request first."""
    accounts, public = options.accounts, options.public
    app.add_middleware(PartLimit, paths=_JSON)
    app.add_middleware(Gate, sessions=sessions, everyone=options.everyone)
    if accounts:
        app.add_middleware(SessionCookie, key=accounts.key())
    app.add_middleware(OwnPageOnly, names=options.own_names)
    app.add_middleware(BodyLimit, of_path=_BODIES, uploads=UPLOADS)
    if not (public or accounts):
        app.add_middleware(NoProxies)
    if (known := options.known_names) is not None:
        app.add_middleware(KnownNames, names=known)
    app.add_middleware(Speaking, always=options.own_language)
    app.add_middleware(HeadLimit)
    app.add_middleware(RequestLog)
    # Outside of the log, because that answers unexpected errors.
    app.add_middleware(ErrorShapes, shapes=_SHAPES)
    app.add_middleware(SecurityHeaders)
    if options.proxies or accounts or public:
        app.add_middleware(TrustedProxies, proxies=options.proxies)


def for_programs(
    programs: Programs,
    maintainer: Maintainer | None,
    watching: AbstractContextManager[object],
    *,
    originals: bool = False,
) -> FastAPI:
    """Create an application with the API, which watches the corpus while it runs."""
    tools = create_tools(programs)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        async with tools.session_manager.run():
            with watching:
                yield

    # FastAPI's own documentation pages load scripts from other sites.
    app = FastAPI(
        title="Citewell",
        version=__version__,
        description="Ask your documents; every answer is a quotation.",
        lifespan=running,
        docs_url=None,
        redoc_url=None,
    )
    add_api(app, programs, maintainer, originals=originals)
    add_tools(app, tools)
    return app


def add_plotly(app: FastAPI) -> None:
    """Serve Plotly; the address contains its version, so it can be cached permanently."""

    @app.get(PLOTLY.partition("?")[0], include_in_schema=False)
    def plotly() -> Response:
        return Response(
            get_plotlyjs(),
            media_type="text/javascript",
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )
