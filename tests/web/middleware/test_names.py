"""Names and addresses at which the server answers."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from contextlib import nullcontext
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.errors import UsageError
from citewell.web import Server
from citewell.web.middleware.addresses import KnownNames, read_names
from tests.support.applications import HOME, ask, made


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:7860", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("LocalHost:80", True),
        ("localhost.", True),
        ("[::1]", True),
        ("[::1]:7860", True),
        ("[0:0:0:0:0:0:0:1]:7860", True),
        ("[::ffff:127.0.0.1]", True),
        ("docs.example", True),
        ("DOCS.example.:443", True),
        ("[2001:db8::1]", True),
        ("2001:db8::1", False),
        ("::1", False),
        ("[2001:db8::2]", False),
        ("[::1", False),
        ("[::1]x", False),
        ("[localhost]", False),
        ("localhost.evil.example", False),
        ("localhost..", False),
        ("evil.example", False),
        ("docs.example@evil.example", False),
        ("docs.example:x", False),
        ("docs.example:443:80", False),
        ("192.0.2.1", False),
        ("", False),
        ("x" * 300, False),
    ],
)
def test_which_names_are_its_own(host: str, known: bool) -> None:  # noqa: FBT001 - pytest names it
    app = KnownNames(PlainTextResponse("done"), read_names(["Docs.Example", "[2001:DB8::1]"]))
    answered = TestClient(app, HOME).get("/", headers={"Host": host})
    assert answered.status_code == (200 if known else 400)
    if not known:
        assert set(answered.json()) == {"message", "command", "hint", "mend"}


@pytest.mark.parametrize(
    "wrong", ["https://docs.example", "docs.example:443", "*", "*.example", "", "a b", "a..b", "-"]
)
def test_what_is_no_name_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match="is not a host name"):
        read_names([wrong])


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://[x]", "://", "http://\u00c5[\u00c5"])
@pytest.mark.promise("own-page-only")
def test_an_origin_that_is_none_is_another_site(assistant: Assistant, origin: str) -> None:
    client = TestClient(made(assistant), HOME)
    assert ask(client, Origin=origin.encode("latin-1")).status_code == 403  # type: ignore[arg-type]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["::1", "127.1.2.3", "localhost"])
def test_it_answers_at_the_address_that_it_says(assistant: Assistant, host: str) -> None:
    if host == "::1" and not _has_ipv6():
        pytest.skip("this machine has no IPv6")
    options: dict[str, Any] = {"host": host, "port": 0}
    with Server(assistant, **options) if host != "127.1.2.3" or _can_bind(host) else nullcontext() as server:
        if server is None:
            pytest.skip("this machine has one loopback address only")
        with urllib.request.urlopen(f"{server.url}api/documents") as response:
            assert response.status == 200
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(server.url, headers={"Host": "[2001:db8::5]"}))


def _can_bind(host: str) -> bool:
    try:
        with socket.socket() as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True
