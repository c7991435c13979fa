"""Connections: that none is held by saying nothing, and what is answered before the application sees a request."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from citewell import Assistant
from citewell.web import Server
from citewell.web.connections import MOST_HEADER_BYTES, Limits, _Connection, _most_open, _Room
from citewell.web.middleware.headers import HEADERS
from citewell.web.quality.panel import PLOTLY
from tests.conftest import run_async

QUESTION = json.dumps({"question": "What are the challenges of international cooperation?"}).encode()

BEGUN = b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"


@contextmanager
def serving(assistant: Assistant, **limits: float) -> Iterator[str]:
    """A real server whose connections keep to other limits."""
    with Server(assistant, host="127.0.0.1", port=0, limits=Limits(**limits)) as server:  # type: ignore[arg-type]
        yield server.url


@contextmanager
def connected(url: str, sent: bytes = b"") -> Iterator[socket.socket]:
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=30) as connection:
        connection.sendall(sent)
        yield connection


def received(connection: socket.socket) -> bytes:
    """Return all that comes until the server ends the connection."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def asked(url: str) -> int:
    """Ask as another visitor does, and return the status."""
    request = urllib.request.Request(f"{url}api/ask", QUESTION, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return int(response.status)


def told(answer: bytes, status: int, words: str) -> None:
    """It is an answer with this status, these words, and the headers that all answers have."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert headers["Connection"] == "close"
    assert int(headers["Content-Length"]) == len(body)
    assert words in json.loads(body)["message"]


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
        assert _most_open() == most


def test_headers_have_to_come_in_time(assistant: Assistant) -> None:
    with serving(assistant, header_seconds=0.5) as url:
        with connected(url, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n") as begun:
            told(received(begun), 408, "the headers did not come")
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
        told(answer, 408, "the headers did not come")


@pytest.mark.parametrize("path", ["api/ask", "mcp", "api/documents/a.txt"])
def test_a_body_has_to_come(assistant: Assistant, path: str) -> None:
    method = b"PUT" if path.startswith("api/documents") else b"POST"
    head = method + b" /" + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with serving(assistant, still_seconds=0.5, pace=1_000_000) as url:
        with connected(url, head + b'Content-Length: 1000\r\n\r\n{"question"') as begun:
            told(received(begun), 408, "the body did not come")
        assert asked(url) == 200


def test_whoever_does_not_read_is_let_go(assistant: Assistant) -> None:
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


def when_served(url: str) -> list[int]:
    """Ask again for as long as there is no room; return what came of it each time."""
    statuses: list[int] = []
    until = time.monotonic() + 30
    while 200 not in statuses and time.monotonic() < until:
        try:
            statuses.append(asked(url))
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()
    return statuses


def test_where_all_places_are_in_use_it_is_said_that_there_is_none(assistant: Assistant) -> None:
    head = (
        b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    with serving(assistant, most=1, most_of_one=1) as url, connected(url, head + b"{") as working:
        working.settimeout(0.2)
        with pytest.raises(TimeoutError):
            working.recv(1)
        with connected(url, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as other:
            answer = received(other)
        told(answer, 503, "more connections are open than can be served")
        assert b"Retry-After: 5\r\n" in answer


@pytest.mark.promise("limits")
def test_one_address_does_not_take_all_places(assistant: Assistant) -> None:
    with serving(assistant, most=4) as url, connected(url, BEGUN) as one, connected(url, BEGUN) as two:
        for each in (one, two):
            working(each)
        with connected(url, BEGUN) as third:
            told(received(third), 503, "more connections are open than can be served")
        parts = urlsplit(url)
        place = (str(parts.hostname), int(parts.port or 80))
        with socket.create_connection(place, 30, source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert received(other).startswith(b"HTTP/1.1 200 ")


@pytest.mark.promise("limits")
def test_who_is_told_that_there_is_no_room_makes_none_by_staying(assistant: Assistant) -> None:
    with serving(assistant, most=8, header_seconds=60) as url, ExitStack() as held:
        for number in range(50):
            each = held.enter_context(connected(url, BEGUN))
            if number < 4:
                working(each)
            else:
                assert each.recv(65_536).startswith(b"HTTP/1.1 503 ")
        parts = urlsplit(url)
        place = (str(parts.hostname), int(parts.port or 80))
        with socket.create_connection(place, 30, source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert received(other).startswith(b"HTTP/1.1 200 ")


def working(connection: socket.socket) -> None:
    """The server has what was sent, and answers nothing yet."""
    connection.settimeout(0.2)
    with pytest.raises(TimeoutError):
        connection.recv(1)
    connection.settimeout(30)


def test_a_proxy_that_is_trusted_has_more_places_than_one_address(assistant: Assistant) -> None:
    limits = Limits(most=8, most_of_one=1)
    proxies = ["127.0.0.1"]
    with (
        Server(assistant, host="127.0.0.1", port=0, public=True, trusted_proxies=proxies, limits=limits) as server,
        ExitStack() as held,
    ):
        for _ in range(4):
            working(held.enter_context(connected(server.url, BEGUN)))
        assert asked(server.url) == 200


def test_a_network_of_ipv6_is_one_address() -> None:
    class Working(_Connection):
        """One that asks for something."""

        def __init__(self, address: str) -> None:
            self.client = (address, 1)

        asks_nothing = False

    async def entered() -> list[bool]:
        room, loop = _Room(Limits(most=8, most_of_one=1)), asyncio.get_running_loop()
        return [
            room.enter(Working(each), loop)
            for each in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:1.2.3.4")
        ]

    assert run_async(entered) == [True, False, True, True]


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
        assert b"there are no batches" in received(begun)


def test_what_comes_at_once_buys_no_hours(assistant: Assistant) -> None:
    head = b"PUT /api/documents/a.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2000000\r\n\r\n"
    with serving(assistant, still_seconds=0.5, pace=1000) as url, connected(url, head) as begun:
        working(begun)
        begun.sendall(b"x" * 1_000_000)
        told(received(begun), 408, "the body did not come")


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b"nonsense\r\n\r\n", 400, "Invalid HTTP request"),
        (b"GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n", 400, "Invalid HTTP request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "Invalid HTTP request"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, 431, "the headers are too long"),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n", 431, "the headers are too long"),
        (b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 3000, 431, "there are too many headers"),
    ],
    ids=["nonsense", "no header", "TLS", "long header", "long path", "many headers"],
)
def test_what_is_no_request_is_told_so_with_the_headers_of_all_answers(
    assistant: Assistant, sent: bytes, status: int, words: str
) -> None:
    with serving(assistant) as url, connected(url, sent) as connection:
        told(received(connection), status, words)


def test_heads_are_taken_up_to_their_limit(assistant: Assistant) -> None:
    with serving(assistant) as url:
        for lines, status in ((90, 200), (120, 431)):
            many = "".join(f"X-{number}: y\r\n" for number in range(lines))
            with connected(url, f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n{many}\r\n".encode()) as connection:
                assert connection.recv(65_536).startswith(f"HTTP/1.1 {status} ".encode())
        long = b"x" * (MOST_HEADER_BYTES - 100)
        with connected(url, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + long + b"\r\n\r\n") as connection:
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_question_with_many_lines_is_no_head_of_many_lines(assistant: Assistant) -> None:
    body = b"\n" * 3000 + QUESTION
    head = f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with serving(assistant) as url:
        for _ in range(2):
            with connected(url, f"{head}\r\nConnection: close\r\n\r\n".encode() + body) as connection:
                assert received(connection).startswith(b"HTTP/1.1 200 ")


def test_requests_one_after_another_are_answered_on_one_connection(assistant: Assistant) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with serving(assistant) as url, connected(url, one * 5 + last) as connection:
        assert received(connection).count(b"HTTP/1.1 200 ") == 6


def test_nothing_else_is_spoken(assistant: Assistant) -> None:
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n"
    with (
        serving(assistant) as url,
        connected(url, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + upgrade + b"\r\n") as it,
    ):
        assert it.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_a_server_ends_though_somebody_is_still_connected(assistant: Assistant) -> None:
    server = Server(assistant, host="127.0.0.1", port=0, limits=Limits())
    with connected(server.url, b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000) as refused, connected(server.url) as silent:
        assert refused.recv(65_536).startswith(b"HTTP/1.1 431 ")
        server.close()
        assert received(silent) == b""
