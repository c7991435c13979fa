"""Places: how many connections there are at once, and how many of one address."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from citewell import Assistant
from citewell.web import Server
from citewell.web.capacity import Limits, Room
from citewell.web.connections import _Connection
from tests.support.connections import BEGUN, asked, connected, received, serving, told, working
from tests.support.servers import run_async


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
        told(answer, 503, "too many open connections")
        assert b"Retry-After: 5\r\n" in answer


@pytest.mark.promise("limits")
def test_one_address_does_not_take_all_places(assistant: Assistant) -> None:
    with serving(assistant, most=4) as url, connected(url, BEGUN) as one, connected(url, BEGUN) as two:
        for each in (one, two):
            working(each)
        with connected(url, BEGUN) as third:
            told(received(third), 503, "too many open connections")
        parts = urlsplit(url)
        place = (str(parts.hostname), int(parts.port or 80))
        with socket.create_connection(place, 30, source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert received(other).startswith(b"HTTP/1.1 200 ")


@pytest.mark.promise("limits")
def test_who_learns_that_there_is_no_room_makes_none_by_staying(assistant: Assistant) -> None:
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
        room, loop = Room(Limits(most=8, most_of_one=1)), asyncio.get_running_loop()
        return [
            room.enter(Working(each), loop)
            for each in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:1.2.3.4")
        ]

    assert run_async(entered) == [True, False, True, True]
