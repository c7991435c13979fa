"""The server: the page and what programs ask for, in one application, from a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import uvicorn

from citewell.assistant import Assistant
from citewell.errors import AccountsError, CitewellError, UsageError
from citewell.state.folder import StateFolder
from citewell.web import logs
from citewell.web.connections import MOST_HEADER_BYTES, Limits, connections
from citewell.web.middleware.addresses import is_loopback, read_names, read_proxies

if TYPE_CHECKING:
    from fastapi import FastAPI

    from citewell.web.auth.accounts import AccountStore

_STARTING_SECONDS = 60
# What the system may keep for us that has connected; more at a time would be more than we may have open.
_BACKLOG = 128


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
        trusted_proxies: The proxies in front of it, as ``create_app`` takes them.
        rate: How many questions a minute each account or address may ask, as ``create_app`` takes it.
        questions: The question sets that those who look after the index can run.
        state: Where what people write is kept; None is beside the index.
        limits: What connections may do; None is what suits most. Its proxies are those that are trusted.

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
        trusted_proxies: Sequence[str] = (),
        rate: int | None = None,
        questions: Sequence[Path] = (),
        state: StateFolder | None = None,
        limits: Limits | None = None,
    ) -> None:
        proxies = read_proxies(trusted_proxies)
        _check_access(host, accounts, public=public, names=sorted(read_names(names)), proxies=trusted_proxies)
        if public and questions:
            raise UsageError(
                "a public page has nobody who may run question sets", hint="leave --questions or --public out"
            )
        listening = _listen(host, port)
        # Gradio takes seconds to import, for which nobody waits whose arguments are refused.
        from citewell.web.application import create_app

        assistant.warm_up()
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
        app = create_app(
            assistant,
            public=public,
            watch=watch,
            accounts=accounts,
            anywhere=not is_loopback(host),
            names=names,
            own=[host],
            trusted_proxies=trusted_proxies,
            rate=rate,
            questions=questions,
            state=state,
        )
        self._server = uvicorn.Server(_config(app, replace(limits or Limits(), proxies=proxies)))
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


def _check_access(
    host: str, accounts: AccountStore | None, *, public: bool, names: Sequence[str], proxies: Sequence[str]
) -> None:
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
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        command = f"citewell chat --port {port + 1 if port < 65535 else port - 1}"
        raise CitewellError(f"nothing can listen on {host}:{port}; it may be in use", command=command) from error
    return listening
