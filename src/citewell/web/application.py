"""Builds the application: the API, the page, and the middleware."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from citewell._version import __version__
from citewell.assistant import Assistant
from citewell.state.opening import state_beside
from citewell.state.storage import State
from citewell.web.api.completions import PATH as COMPLETIONS
from citewell.web.api.error_shapes import dify_error, openai_error
from citewell.web.api.maintaining import UPLOADS
from citewell.web.api.mcp_calls import PATH, Calls
from citewell.web.api.retrieval import PATH as RETRIEVAL
from citewell.web.api.routes import add_api
from citewell.web.api.schema import MOST_BYTES as QUESTION_BYTES
from citewell.web.api.service import Programs
from citewell.web.assets import PLOTLY_PATH
from citewell.web.auth.attempts import Attempts
from citewell.web.auth.gate import Gate
from citewell.web.auth.sessions import SessionCookie, Sessions
from citewell.web.auth.sign_in import MOST_BYTES as SIGN_IN_BYTES
from citewell.web.auth.sign_in import sign_in_routes
from citewell.web.auth.visitors import Rate
from citewell.web.desk import Desk
from citewell.web.documents.maintainer import Maintainer
from citewell.web.documents.rebuild_metrics import RebuildMeasures
from citewell.web.functions import FUNCTIONS
from citewell.web.language.current import noop
from citewell.web.later import MAKING, Later, running
from citewell.web.middleware.addresses import KnownNames, NoProxies, TrustedProxies
from citewell.web.middleware.body_limit import BodyLimit, PartLimit
from citewell.web.middleware.csrf import OwnPageOnly
from citewell.web.middleware.error_shapes import ErrorShapes
from citewell.web.middleware.head_limit import HeadLimit
from citewell.web.middleware.headers import SecurityHeaders
from citewell.web.middleware.languages import Speaking
from citewell.web.middleware.page_routes import PageRoutes
from citewell.web.middleware.request_log import RequestLog
from citewell.web.options import ServerOptions
from citewell.web.scripts import script_routes

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
        AccountsError: The accounts are missing, out of reach, or damaged.
    """
    options = options or ServerOptions()
    with MAKING:
        app, later = _assembled(assistant, options)
    if not options.page_later:
        for part in later:
            part.make()
    return app


def _assembled(assistant: Assistant, options: ServerOptions) -> tuple[FastAPI, Sequence[Later]]:
    public, accounts = options.public, options.accounts
    state = options.state or state_beside(assistant.index.path)
    caretaker = Maintainer(assistant.index, assistant.settings, state.folder)
    maintainer = None if public else caretaker
    watching = caretaker.watcher() if options.watch else nullcontext()
    most = options.questions_a_minute
    desk = Desk(
        assistant,
        rate=Rate(most, what="too many questions; try again", name="questions", state=state) if most else None,
        reading_rate=Rate(_READINGS * most, what="too many documents opened; try again", name="readings", state=state)
        if most
        else None,
    )
    caretaker.listeners.append(RebuildMeasures(desk.registry).count)
    programs = Programs(desk)
    later = page, tools = _later_page(desk, maintainer, options, state), _later_tools(programs)
    app = for_programs(programs, maintainer, watching, later, originals=options.originals)
    app.router.routes.append(Route(PATH, Calls(tools)))
    sessions = Sessions(accounts) if accounts else None
    if sessions:
        app.include_router(sign_in_routes(sessions, Attempts(state)))
    if maintainer:
        _add_plotly(app)
    _add_page(app, page)
    guard(app, options, sessions)
    return app, later


def _later_page(desk: Desk, maintainer: Maintainer | None, options: ServerOptions, state: State) -> Later:
    def make() -> FastAPI:
        # Gradio and what shows the panels take seconds to import.
        from citewell.web.page import make_page

        return make_page(desk, maintainer, options, state)

    return Later(make, failed=noop("the page could not be loaded"))


def _later_tools(programs: Programs) -> Later:
    def make() -> Starlette:
        # The SDK takes a second to import.
        from citewell.web.api.mcp import make_tools

        return make_tools(programs)

    return Later(make, failed=noop("the MCP server could not be loaded"))


def _add_page(app: FastAPI, page: Later) -> None:
    """Add the page to an application, with only those routes of Gradio that it needs."""
    app.include_router(script_routes())
    app.router.routes.append(Route(FUNCTIONS, page, methods=["POST"]))
    app.mount("/", PageRoutes(page))


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
    later: Sequence[Later],
    *,
    originals: bool = False,
) -> FastAPI:
    """Create an application with the API, which watches the corpus and runs its other parts while it runs."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with watching:
            async with running(later):
                yield

    # FastAPI's own documentation pages load scripts from other sites.
    app = FastAPI(
        title="Citewell",
        version=__version__,
        description="Ask your documents; every answer is a quotation.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.later = later
    add_api(app, programs, maintainer, originals=originals)
    return app


def _add_plotly(app: FastAPI) -> None:
    """Serve Plotly; the address contains its version, so it can be cached permanently."""

    @app.get(PLOTLY_PATH, include_in_schema=False)
    def plotly() -> Response:
        from plotly.offline import get_plotlyjs

        return Response(
            get_plotlyjs(),
            media_type="text/javascript",
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )
