"""What an application is put together from: what programs ask for, the page, and those who may refuse a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager

import gradio as gr
from fastapi import FastAPI
from plotly.offline import get_plotlyjs
from starlette.responses import Response
from starlette.routing import Mount

from citewell._version import __version__
from citewell.accounts import AccountStore
from citewell.credentials import Role
from citewell.web.access import Gate, SessionCookie, Sessions
from citewell.web.addresses import KnownNames, NoProxies
from citewell.web.api import UPLOADS, add_api
from citewell.web.assets import ICON, STYLES, asset
from citewell.web.guarding import FUNCTIONS, BodyLimit, HeadLimit, OwnPageOnly, PageRoutes, PartLimit
from citewell.web.headers import SecurityHeaders
from citewell.web.judge_panel import PLOTLY
from citewell.web.maintaining import Maintainer
from citewell.web.programs import Programs
from citewell.web.request_log import RequestLog
from citewell.web.sign_in import MOST_BYTES as SIGN_IN_BYTES
from citewell.web.tools import PATH, add_tools, create_tools
from citewell.web.wire import MOST_BYTES as QUESTION_BYTES

# Paths where JSON is taken, and where more or less may be sent than elsewhere.
_JSON = ("/api/ask", PATH, FUNCTIONS)
_BODIES = {"/sign-in": SIGN_IN_BYTES, **dict.fromkeys(_JSON, QUESTION_BYTES)}


def with_page(app: FastAPI, page: gr.Blocks) -> FastAPI:
    """Add the page to an application, and of Gradio only what the page needs."""
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        css=asset(*STYLES),
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
