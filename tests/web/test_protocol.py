"""HTTP as it is spoken: what is no request, long heads, and requests one after another."""

from __future__ import annotations

import pytest

from citewell import Assistant
from citewell.web.connections import MOST_HEADER_BYTES
from tests.support.connections import QUESTION, connected, received, serving, told


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b"nonsense\r\n\r\n", 400, "Invalid HTTP request"),
        (b"GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n", 400, "Invalid HTTP request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "Invalid HTTP request"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, 431, "the headers are too long"),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n", 431, "the headers are too long"),
        (b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 3000, 431, "too many headers"),
    ],
    ids=["nonsense", "no header", "TLS", "long header", "long path", "many headers"],
)
def test_what_is_no_request_is_reported_with_the_headers_of_all_answers(
    assistant: Assistant, sent: bytes, status: int, words: str
) -> None:
    with serving(assistant) as url, connected(url, sent) as connection:
        told(received(connection), status, words)


def test_heads_are_read_up_to_their_limit(assistant: Assistant) -> None:
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
