"""The server: the page and what programs ask for, in one application, from a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
import warnings
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from citewell.assistant import Assistant
from citewell.errors import AccountsError, CitewellError, UsageError
from citewell.web import logs
from citewell.web.connections import MOST_HEADER_BYTES, Limits, connections
from citewell.web.middleware.addresses import is_loopback
from citewell.web.options import ServerOptions

if TYPE_CHECKING:
    from fastapi import FastAPI


_STARTING_SECONDS = 60
# What the system may keep for us that has connected; more at a time would be more than we may have open.
_BACKLOG = 128


class Server:
    """A server that runs until it is closed.

    Args:
        assistant: Who answers.
        options: How it is served; None is the defaults.
        fields: Fields of `ServerOptions` by name, in place of those of ``options``.

    Raises:
        UsageError: Others could reach the address, and it was not said that they may; or it was, and there are accounts, too.
        AccountsError: The file of accounts is missing, damaged, or holds none.
        CitewellError: The address is not free.
    """

    def __init__(self, assistant: Assistant, options: ServerOptions | None = None, **fields: Any) -> None:  # noqa: ANN401
        options = replace(options or ServerOptions(), **fields)
        _check_access(options)
        listening = _listen(options.host, options.port)
        # Gradio takes seconds to import, which nobody waits for whose options are refused.
        from citewell.web.application import create_app

        assistant.warm_up()
        host = f"[{options.host}]" if ":" in options.host else options.host
        self.url = f"http://{host}:{listening.getsockname()[1]}/"
        limits = replace(options.limits or Limits(), proxies=options.proxies)
        self._server = uvicorn.Server(_config(create_app(assistant, options), limits))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + _STARTING_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise CitewellError("the server did not start; its messages above say why")
            time.sleep(0.01)
        logs.event("server started", url=self.url, accounts=options.accounts is not None, public=options.public)

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


def _config(app: FastAPI, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=connections(limits),
        ws="none",
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        backlog=_BACKLOG,
        # Who connects does not say from where; proxies that are trusted do.
        proxy_headers=False,
        # Its messages go where all others do.
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def _check_access(options: ServerOptions) -> None:
    """Check that nobody is let in by mistake, and that names and proxies can be read."""
    accounts, public, host = options.accounts, options.public, options.host
    names, proxies = sorted(options.own_names), options.proxies and options.trusted_proxies
    if public and options.questions:
        raise UsageError("a public page has nobody who may run question sets", hint="leave --questions or --public out")
    if accounts and public:
        raise UsageError(
            f"there are accounts in {accounts.file}, and --public would let everyone in without one",
            hint="leave --public out; or move that file away",
        )
    if accounts and not accounts.accounts():
        raise AccountsError(
            f"there are no accounts in {accounts.file}",
            command=f"citewell user add NAME --role maintainer --accounts {accounts.file}",
        )
    if (names or proxies) and not (accounts or public):
        where = f"--name {names[0]}" if names else f"--trusted-proxy {proxies[0]}"
        raise UsageError(
            f"with {where}, everyone whom a proxy lets in could read and change the documents, because there are no accounts",
            hint=f"give those who may an account; to let everyone read: citewell chat {where} --public",
            command="citewell user add NAME --role maintainer",
        )
    _check_host(host, accounts=accounts is not None, public=public)


def _check_host(host: str, *, accounts: bool, public: bool) -> None:
    if is_loopback(host):
        return
    if accounts:
        warnings.warn(
            f"on {host}, passwords and documents travel unencrypted; put a proxy that speaks TLS in front", stacklevel=3
        )
    elif not public:
        raise UsageError(
            f"on {host} everyone who can reach this machine could read the documents",
            hint=f"give those who may an account; to let everyone read: citewell chat --host {host} --public",
            command="citewell user add NAME --role maintainer",
        )


def _listen(host: str, port: int) -> socket.socket:
    # Before anything is loaded, so that a taken port is told at once.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) where it sees that this is TCP; else each answer waits 40 ms for the other side.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        command = f"citewell chat --port {port + 1 if port < 65535 else port - 1}"
        raise CitewellError(f"nothing can listen on {host}:{port}; it may be in use", command=command) from error
    return listening
