"""Connections: none is held by saying nothing, or by saying it too slowly."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from citewell import Assistant
from citewell.web import Server
from citewell.web.capacity import Limits, most_open
from citewell.web.quality.panel import PLOTLY
from tests.support.connections import QUESTION, asked, connected, received, serving, told, when_served, working


@pytest.mark.promise("limits")
def test_headers_that_are_never_finished_hold_nobody_up(assistant: Assistant) -> None:
    with serving(assistant, most=100, most_of_one=100, header_seconds=60) as url, ExitStack() as held:
        for _ in range(250):
            held.enter_context(connected(url, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"))
        assert asked(url) == 200


def test_as_many_as_a_process_may_open_hold_nobody_up(chat_url: str) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip("this process may not open as many")
    with ExitStack() as held:
        # For our ends of them; the server has begun with what it has.
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, hard))
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1060):
            held.enter_context(connected(chat_url, b"GET / HTTP/1.1\r\n"))
        assert asked(chat_url) == 200


def test_what_may_be_open_leaves_room_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for soft, most in ((1024, 768), (256, 128), (100_000, 1000), (resource.RLIM_INFINITY, 1000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _kind, soft=soft: (soft, soft))
        assert most_open() == most


def test_headers_have_to_come_in_time(assistant: Assistant) -> None:
    with serving(assistant, header_seconds=0.5) as url:
        with connected(url, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n") as begun:
            told(received(begun), 408, "the headers did not arrive in time")
        with connected(url) as silent:
            assert received(silent) == b""
        assert asked(url) == 200


def test_headers_that_drip_do_not_come_in_time(assistant: Assistant) -> None:
    with serving(assistant, header_seconds=0.5) as url, connected(url, b"GET / HTTP/1.1\r\n") as dripping:
        dripping.settimeout(0.05)
        answer = b""
        for _ in range(400):
            try:
                answer += dripping.recv(65_536)
                break
            except TimeoutError:
                dripping.sendall(b"X: y\r\n" if not answer else b"")
        told(answer, 408, "the headers did not arrive in time")


@pytest.mark.parametrize("path", ["api/ask", "mcp", "api/documents/a.txt"])
def test_a_body_has_to_come(assistant: Assistant, path: str) -> None:
    method = b"PUT" if path.startswith("api/documents") else b"POST"
    head = method + b" /" + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with serving(assistant, still_seconds=0.5, pace=1_000_000) as url:
        with connected(url, head + b'Content-Length: 1000\r\n\r\n{"question"') as begun:
            told(received(begun), 408, "the body did not arrive in time")
        assert asked(url) == 200


def test_who_does_not_read_is_let_go(assistant: Assistant) -> None:
    # Together much more than the system itself keeps for a connection.
    large = f"GET {PLOTLY} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() * 3
    with serving(assistant, most=3, most_of_one=3, still_seconds=2, pace=1_000_000) as url, ExitStack() as held:
        parts = urlsplit(url)
        for _ in range(3):
            deaf = held.enter_context(socket.socket())
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.settimeout(30)
            deaf.connect((str(parts.hostname), int(parts.port or 80)))
            deaf.sendall(large)
            assert deaf.recv(1) == b"H"
        # They hold all places until they are let go.
        statuses = when_served(url)
    assert statuses[0] == 503
    assert statuses[-1] == 200
    assert set(statuses[:-1]) == {503}


def test_a_body_that_goes_on_after_its_answer_holds_no_place(assistant: Assistant) -> None:
    head = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000000\r\n\r\n"
    with serving(assistant, most=1, most_of_one=1, header_seconds=60) as url, connected(url, head) as dripping:
        refused(dripping)
        dripping.sendall(b"x" * 10_000)
        assert asked(url) == 200
    with serving(assistant, header_seconds=0.5) as url, connected(url, head) as dripping:
        refused(dripping)
        with pytest.raises(ConnectionError):
            drip(dripping, 5000, 20)


def refused(connection: socket.socket) -> None:
    """It is answered that the body is too large, whole."""
    answer = b""
    while not answer.endswith(b"}"):
        answer += connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")


def drip(connection: socket.socket, pace: int, seconds: float, last: bytes = b"") -> None:
    """Send spaces at some bytes a second, and what comes last, unless an answer comes before."""
    began, sent = time.monotonic(), 0
    connection.settimeout(0.05)
    while (now := time.monotonic()) < began + seconds:
        due = int((now - began) * pace) - sent
        connection.sendall(b" " * due)
        sent += due
        try:
            if not connection.recv(1, socket.MSG_PEEK):
                raise ConnectionResetError
            break
        except TimeoutError:
            continue
    else:
        connection.sendall(b" " * (int(seconds * pace) - sent) + last)
    connection.settimeout(30)


@pytest.mark.parametrize(("pace", "seconds", "status"), [(2000, 4, 200), (500, 20, 408)], ids=["twice", "half"])
def test_a_body_may_take_long_but_not_come_too_slowly(
    assistant: Assistant, pace: int, seconds: int, status: int
) -> None:
    length = pace * seconds + len(QUESTION)
    head = f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    with serving(assistant, still_seconds=1, pace=1000) as url, connected(url, head.encode()) as slow:
        drip(slow, pace, seconds, QUESTION)
        assert slow.recv(65_536).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_batch_of_calls_is_one_however_it_comes(assistant: Assistant) -> None:
    head = b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: 4\r\nConnection: close\r\n\r\n"
    with serving(assistant) as url, connected(url, head + b" ") as begun:
        working(begun)
        begun.sendall(b"[ ]")
        assert b"batches are not supported" in received(begun)


def test_what_comes_at_once_buys_no_hours(assistant: Assistant) -> None:
    head = b"PUT /api/documents/a.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2000000\r\n\r\n"
    with serving(assistant, still_seconds=0.5, pace=1000) as url, connected(url, head) as begun:
        working(begun)
        begun.sendall(b"x" * 1_000_000)
        told(received(begun), 408, "the body did not arrive in time")


def test_a_server_ends_though_somebody_is_still_connected(assistant: Assistant) -> None:
    server = Server(assistant, host="127.0.0.1", port=0, limits=Limits())
    with connected(server.url, b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000) as refused, connected(server.url) as silent:
        assert refused.recv(65_536).startswith(b"HTTP/1.1 431 ")
        server.close()
        assert received(silent) == b""
