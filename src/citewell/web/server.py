"""The server: the page and the API in one application, in a separate thread."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from citewell.assistant import Assistant
from citewell.errors import AccountsError, CitewellError, QuestionError, UsageError
from citewell.web import logs
from citewell.web.capacity import Limits
from citewell.web.connections import MOST_HEADER_BYTES, connections
from citewell.web.middleware.addresses import is_loopback
from citewell.web.options import ServerOptions

if TYPE_CHECKING:
    from fastapi import FastAPI

    from citewell.web.later import Later


_STARTING_SECONDS = 60
_ENDING_SECONDS = 10
# Connections that the system queues for us; more would exceed the number that may be open.
_BACKLOG = 128


class Server:
    """A server that runs until it is closed.

    Args:
        assistant: Who answers.
        options: The options; None is the defaults.
        fields: Fields of `ServerOptions` by name that override those of ``options``.

    Raises:
        UsageError: Others could reach the address without permission; or it is public, and there are accounts, too; or there
            is no such question set.
        AccountsError: The accounts are missing, out of reach, damaged, or empty.
        CitewellError: The address is in use.
    """

    def __init__(self, assistant: Assistant, options: ServerOptions | None = None, **fields: Any) -> None:  # noqa: ANN401
        options = replace(options or ServerOptions(), **fields)
        _check_access(options)
        _check_questions(options.questions)
        listening = _listen(options.host, options.port)
        # Importing it takes long; invalid options are reported before.
        from citewell.web.application import create_app

        assistant.warm_up()
        host = f"[{options.host}]" if ":" in options.host else options.host
        self.url = f"http://{host}:{listening.getsockname()[1]}/"
        limits = replace(options.limits or Limits(), proxies=options.proxies)
        app = create_app(assistant, options)
        self._server = _Uvicorn(_config(app, limits), app.state.later)
        # Not the thread itself: Python 3.11 and 3.12 take a thread for ended when Ctrl+C interrupts a wait for it.
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening,), daemon=True)
        self._thread.start()
        until = time.monotonic() + _STARTING_SECONDS
        while not self._server.started:
            if self._ended.is_set() or time.monotonic() > until:
                raise CitewellError("the server did not start; see its messages above")
            time.sleep(0.01)
        logs.event("server started", url=self.url, accounts=options.accounts is not None, public=options.public)

    def wait(self) -> None:
        """Wait until the server has ended."""
        # In steps, because no signal ends waiting without a limit on Windows.
        while not self._ended.wait(1):
            pass

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self.wait()
        self._thread.join()
        _join_workers()

    def _run(self, listening: socket.socket) -> None:
        try:
            self._server.run(sockets=[listening])
        finally:
            self._ended.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Uvicorn(uvicorn.Server):
    """A server that refuses the requests that wait for the page before it waits for unanswered requests.

    Args:
        config: Its configuration.
        later: What requests wait for.
    """

    def __init__(self, config: uvicorn.Config, later: Iterable[Later]) -> None:
        super().__init__(config)
        self.later = later

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End it."""
        for part in self.later:
            part.release()
        await super().shutdown(sockets)


def _join_workers() -> None:
    """Wait for the threads that answered, which end after their server does.

    A process that ends meanwhile stops them where they are, and aborts if that is in OpenVINO, which forgets its request.
    """
    until = time.monotonic() + _ENDING_SECONDS
    for thread in threading.enumerate():
        loop = getattr(thread, "loop", None)
        if isinstance(loop, asyncio.AbstractEventLoop) and loop.is_closed():
            thread.join(max(0.0, until - time.monotonic()))


def _config(app: FastAPI, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=connections(limits),
        ws="none",
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        backlog=_BACKLOG,
        # Only trusted proxies may report the client's address; our middleware handles that.
        proxy_headers=False,
        # Its messages go to our log.
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def _check_access(options: ServerOptions) -> None:
    """Check that access is intended, and that names, proxies and the language are valid."""
    _ = options.own_language
    accounts, public, host = options.accounts, options.public, options.host
    names, proxies = sorted(options.own_names), options.proxies and options.trusted_proxies
    if public and options.questions:
        raise UsageError("a public page has no maintainers to run question sets", hint="omit --questions or --public")
    if accounts and public:
        raise UsageError(
            f"there are accounts in {accounts.place}, but --public would let everyone in without one",
            hint="omit --public, or move them away",
        )
    if accounts and not accounts.accounts():
        raise AccountsError(
            f"there are no accounts in {accounts.place}",
            command=accounts.add_command,
        )
    if (names or proxies) and not (accounts or public):
        where = f"--name {names[0]}" if names else f"--trusted-proxy {proxies[0]}"
        raise UsageError(
            f"with {where}, everyone behind a proxy could change the documents, because there are no accounts",
            hint="create accounts for your users, or let everyone read with --public",
            command="citewell user add NAME --role maintainer",
        )
    _check_host(host, accounts=accounts is not None, public=public)


def _check_questions(files: Sequence[Path]) -> None:
    """Check that there are the question sets; one that cannot be used is named, because it can be corrected meanwhile."""
    if not files:
        return
    from citewell.evaluation.questions.sets import read_questions

    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no question set {file}", hint="name an existing file, or omit --questions")
        try:
            read_questions(file)
        except QuestionError as error:
            warnings.warn(f"{error}; until then, it cannot be run under “Quality”", stacklevel=3)


def _check_host(host: str, *, accounts: bool, public: bool) -> None:
    if is_loopback(host):
        return
    if accounts:
        warnings.warn(
            f"on {host}, passwords and documents are sent unencrypted; put a TLS proxy in front", stacklevel=4
        )
    elif not public:
        raise UsageError(
            f"on {host}, everyone who can reach this machine could read the documents",
            hint="create accounts for your users, or let everyone read with --public",
            command="citewell user add NAME --role maintainer",
        )


def _listen(host: str, port: int) -> socket.socket:
    # Done first, so that a port in use is reported at once.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if it sees that the protocol is TCP; without it each answer waits 40 ms for the client.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # On Windows, SO_REUSEADDR would let two servers have one port.
    listening.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR), 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        command = f"citewell chat --port {port + 1 if port < 65535 else port - 1}"
        raise CitewellError(f"cannot listen on {host}:{port}; it may be in use", command=command) from error
    return listening
