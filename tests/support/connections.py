"""Connections to a real server, byte by byte."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from citewell import Assistant
from citewell.web import Server
from citewell.web.capacity import Limits
from citewell.web.middleware.headers import HEADERS

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


def working(connection: socket.socket) -> None:
    """The server has what was sent, and answers nothing yet."""
    connection.settimeout(0.2)
    with pytest.raises(TimeoutError):
        connection.recv(1)
    connection.settimeout(30)
