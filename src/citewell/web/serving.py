"""The server: the page and what programs ask for, in one application, from a thread of its own."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

import gradio as gr
import uvicorn
from fastapi import FastAPI
from limits import RateLimitItemPerMinute
from plotly.offline import get_plotlyjs
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import Mount

from citewell import logs
from citewell._version import __version__
from citewell.accounts import AccountStore
from citewell.conversation import Assistant
from citewell.credentials import Role
from citewell.errors import AccountsError, CitewellError, UsageError
from citewell.state import StateFolder
from citewell.web.access import Gate, SessionCookie, Sessions
from citewell.web.api import UPLOADS, add_api
from citewell.web.assets import ICON, STYLES, asset
from citewell.web.guarding import BodyLimit, OwnPageOnly, PageRoutes
from citewell.web.headers import SecurityHeaders
from citewell.web.judge_panel import PLOTLY
from citewell.web.judging import Judge
from citewell.web.maintaining import Maintainer
from citewell.web.measuring import Desk
from citewell.web.page import create_page
from citewell.web.programs import Programs
from citewell.web.rebuild_measures import RebuildMeasures
from citewell.web.request_log import RequestLog
from citewell.web.sign_in import sign_in_routes
from citewell.web.tools import add_tools, create_tools
from citewell.web.visitors import Rate

_STARTING_SECONDS = 60
# Questions a minute of one account or address, where others can ask.
RATE = 60

# The first character of an address of IPv6 is all that Starlette sees of it; no name on the internet can be one.
_OWN_NAMES = ["localhost", "127.0.0.1", "["]


def create_app(
    assistant: Assistant,
    *,
    public: bool = False,
    watch: bool = False,
    accounts: AccountStore | None = None,
    anywhere: bool = False,
    names: Sequence[str] = (),
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
        rate: How many questions a minute each account or address may ask; 0 is any number, None is 60 where others can ask.
        questions: The question sets that those who look after the index can run.
        state: Where what people write is kept; None is beside the index.

    Raises:
        UsageError: The corpus is to be watched and is not there.
        AccountsError: The file of accounts is missing or damaged.
    """
    state = state or StateFolder.beside(assistant.index.path)
    caretaker = Maintainer(assistant.index, assistant.settings, state)
    maintainer = None if public else caretaker
    judge = None if public else Judge(assistant, questions, state)
    watching = caretaker.watcher() if watch else nullcontext()
    most = (RATE if public or accounts else 0) if rate is None else rate
    asking = Rate(RateLimitItemPerMinute(most), what="too many questions at once; ask again") if most else None
    desk = Desk(assistant, rate=asking)
    caretaker.listeners.append(RebuildMeasures(desk.registry).count)
    app = _for_programs(Programs(desk), maintainer, watching)
    sessions = Sessions(accounts) if accounts else None
    if sessions:
        app.include_router(sign_in_routes(sessions))
    if judge:
        _add_plotly(app)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        create_page(desk, maintainer, judge, state, accounts=accounts is not None),
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
    everyone: Role = "reader" if public else "maintainer"
    _guard(mounted, accounts, sessions, everyone=everyone, names=names, any_name=public or anywhere)
    return mounted


def _guard(
    app: FastAPI,
    accounts: AccountStore | None,
    sessions: Sessions | None,
    *,
    everyone: Role,
    names: Sequence[str],
    any_name: bool,
) -> None:
    """Have every request pass those who may refuse it; the last that is added sees it first."""
    app.add_middleware(Gate, sessions=sessions, everyone=everyone)
    if accounts:
        app.add_middleware(SessionCookie, key=accounts.key())
    app.add_middleware(OwnPageOnly, names=names)
    app.add_middleware(BodyLimit, uploads=UPLOADS)
    if names or not any_name:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*_OWN_NAMES, *names])
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders)


def _for_programs(
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


def _add_plotly(app: FastAPI) -> None:
    """Serve the library that draws the charts; its address has its version, so that it never changes."""

    @app.get(PLOTLY.partition("?")[0], include_in_schema=False)
    def plotly() -> Response:
        return Response(
            get_plotlyjs(),
            media_type="text/javascript",
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )


class Server:
    """A server that runs until it is closed.

    Args:
        assistant: Who answers.
        host: The address to listen on.
        port: The port to listen on; 0 is any that is free, and ``url`` says which.
        public: Whether everyone who can reach the address may ask, and nobody look after the index; without it and without
            accounts, only this machine is listened to.
        watch: Whether the index follows the corpus.
        accounts: Who may ask, and who look after the index; None is everyone.
        names: The names that requests may give this server, as ``create_app`` takes them.
        rate: How many questions a minute each account or address may ask, as ``create_app`` takes it.
        questions: The question sets that those who look after the index can run.
        state: Where what people write is kept; None is beside the index.

    Raises:
        UsageError: Others could reach the address, and it was not said that they may; or it was, and there are accounts, too.
        AccountsError: The file of accounts is missing, damaged, or holds none.
        CitewellError: The address is not free.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        host: str,
        port: int,
        public: bool = False,
        watch: bool = False,
        accounts: AccountStore | None = None,
        names: Sequence[str] = (),
        rate: int | None = None,
        questions: Sequence[Path] = (),
        state: StateFolder | None = None,
    ) -> None:
        _check_access(host, accounts, public=public)
        if public and questions:
            raise UsageError(
                "a public page has nobody who may run question sets", mend="leave --questions or --public out"
            )
        listening = _listen(host, port)
        assistant.warm_up()
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        anywhere = not is_loopback(host)
        app = create_app(
            assistant,
            public=public,
            watch=watch,
            accounts=accounts,
            anywhere=anywhere,
            names=names,
            rate=rate,
            questions=questions,
            state=state,
        )
        # Its messages go where all others do.
        config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, server_header=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + _STARTING_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise CitewellError("the server did not start; its messages above say why")
            time.sleep(0.01)
        logs.event("server started", url=self.url, accounts=accounts is not None, public=public)

    def wait(self) -> None:
        """Return when the server has ended."""
        while self._thread.is_alive():
            self._thread.join(1)

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def is_loopback(host: str) -> bool:
    """Say whether an address is heard by this machine alone, whatever name it goes by."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(address[0]).is_loopback for *_, address in found)


def _check_access(host: str, accounts: AccountStore | None, *, public: bool) -> None:
    if accounts and public:
        raise UsageError(
            f"there are accounts in {accounts.file}, and --public would let everyone in without one",
            mend="leave --public out; or move that file away",
        )
    if accounts and not accounts.accounts():
        raise AccountsError(
            f"there are no accounts in {accounts.file}",
            mend=f"citewell user add NAME --role maintainer --accounts {accounts.file}",
        )
    if is_loopback(host):
        return
    if accounts:
        warnings.warn(
            f"on {host}, passwords and documents travel unencrypted; put a proxy that speaks TLS in front", stacklevel=3
        )
    elif not public:
        raise UsageError(
            f"on {host} everyone who can reach this machine could read the documents",
            mend=f"citewell user add NAME --role maintainer, for those who may; or citewell chat --host {host} --public",
        )


def _listen(host: str, port: int) -> socket.socket:
    # Before anything is loaded, so that a taken port is told at once.
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        mend = f"citewell chat --port {port + 1 if port < 65535 else port - 1}"
        raise CitewellError(f"nothing can listen on {host}:{port}; it may be in use", mend=mend) from error
    return listening
