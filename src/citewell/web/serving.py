"""The server: the page and what programs ask for, in one application, from a thread of its own."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from importlib.resources import files
from types import TracebackType
from typing import Self

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from citewell._version import __version__
from citewell.conversation import Assistant
from citewell.errors import CitewellError, UsageError
from citewell.web.api import add_api
from citewell.web.headers import SecurityHeaders
from citewell.web.maintaining import Maintainer
from citewell.web.measuring import Desk
from citewell.web.page import asset, create_page
from citewell.web.programs import Programs
from citewell.web.tools import add_tools, create_tools

_STARTING_SECONDS = 60


# The first character of an address of IPv6 is all that Starlette sees of it; no name on the internet can be one.
_OWN_NAMES = ["localhost", "127.0.0.1", "["]


def create_app(assistant: Assistant, *, public: bool = False, watch: bool = False) -> FastAPI:
    """Make the application: the page, over what programs ask for.

    Args:
        assistant: Who answers.
        public: Whether everyone may ask, and nobody look after the index; without it, only requests that name this machine are
            answered, so that no other site can pass for it in its user's browser (DNS rebinding).
        watch: Whether the index follows the corpus for as long as the application runs.

    Raises:
        UsageError: The corpus is to be watched and is not there.
    """
    caretaker = Maintainer(assistant.index, assistant.settings)
    maintainer = None if public else caretaker
    watching = caretaker.watcher() if watch else nullcontext()
    desk = Desk(assistant)
    app = _for_programs(Programs(desk), maintainer, watching, public=public)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        create_page(desk, maintainer),
        path="/",
        css=asset("page.css"),
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        show_error=False,
        ssr_mode=False,
        favicon_path=str(files("citewell.web").joinpath("icon.svg")),
    )
    if not public:
        mounted.add_middleware(TrustedHostMiddleware, allowed_hosts=_OWN_NAMES)
    mounted.add_middleware(SecurityHeaders)
    return mounted


def _for_programs(
    programs: Programs, maintainer: Maintainer | None, watching: AbstractContextManager[object], *, public: bool
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
    add_tools(app, tools, public=public)
    return app


class Server:
    """A server that runs until it is closed.

    Args:
        assistant: Who answers.
        host: The address to listen on.
        port: The port to listen on.
        public: Whether everyone who can reach the address may ask, and nobody look after the index; without it, only this
            machine is listened to.
        watch: Whether the index follows the corpus.

    Raises:
        UsageError: Others could reach the address, and it was not said that they may.
        CitewellError: The address is not free.
    """

    def __init__(
        self, assistant: Assistant, *, host: str, port: int, public: bool = False, watch: bool = False
    ) -> None:
        if not (public or is_loopback(host)):
            raise UsageError(
                f"on {host} everyone who can reach this machine could read the documents",
                mend=f"citewell chat --host {host} --public, if they may",
            )
        listening = _listen(host, port)
        assistant.warm_up()
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        config = uvicorn.Config(
            create_app(assistant, public=public, watch=watch), log_level="warning", access_log=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + _STARTING_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise CitewellError("the server did not start; its messages above say why")
            time.sleep(0.01)

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
