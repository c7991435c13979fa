"""Who connects: no proxy is believed that is not trusted, and none lets strangers in by mistake."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from citewell import Assistant
from citewell.errors import UsageError
from citewell.web import Server
from citewell.web.auth.accounts import AccountStore
from citewell.web.middleware.addresses import TrustedProxies, read_proxies
from tests.support.accounts import OTHER, PHRASE, QUICK
from tests.support.applications import HOME, QUESTION, ask, made, sign_in
from tests.support.commands import citewell


def test_a_proxy_that_is_not_trusted_is_reported_once(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("ada", "reader", PHRASE)
    warned: list[tuple[str, Any]] = []
    monkeypatch.setattr("citewell.web.logs.warned", lambda name, **facts: warned.append((name, facts["command"])))
    told = ("a proxy seems to be in front", "citewell chat --trusted-proxy 10.0.0.1")
    for more in ({"public": True}, {"accounts": store}, {"public": True, "trusted_proxies": ["10.9.9.9"]}):
        warned.clear()
        app = made(assistant, **more)
        for address in ("10.0.0.1", "10.0.0.2"):
            client = TestClient(app, HOME, client=(address, 1))
            client.get("/healthz")
            client.get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"})
        assert warned == [told]
    warned.clear()
    app = made(assistant, public=True, trusted_proxies=["10.0.0.1"])
    TestClient(app, HOME, client=("10.0.0.1", 1)).get("/healthz", headers={"X-Forwarded-For": "192.0.2.1"})
    assert warned == []


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """Say who asks, and how."""
    request = Request(scope)
    address = request.client.host if request.client else ""
    await PlainTextResponse(f"{address} {request.url.scheme}")(scope, receive, send)


def seen(proxies: list[str], client: str, *headers: tuple[str, str]) -> str:
    app = TrustedProxies(who, read_proxies(proxies))
    return TestClient(app, HOME, client=(client, 5)).get("/", headers=list(headers)).text


@pytest.mark.parametrize(
    ("hops", "address"),
    [
        (["192.0.2.1"], "192.0.2.1"),
        (["192.0.2.1:4711"], "192.0.2.1"),
        (["6.6.6.6, 192.0.2.1"], "192.0.2.1"),
        (["6.6.6.6", "192.0.2.1"], "192.0.2.1"),
        (["6.6.6.6, 192.0.2.1, 10.9.9.9"], "192.0.2.1"),
        (["6.6.6.6, 192.0.2.1", "10.9.9.9,10.1.1.1"], "192.0.2.1"),
        (["10.3.3.3, 10.9.9.9"], "10.3.3.3"),
        (["2001:db8::1"], "2001:db8::1"),
        (["[2001:db8::1]:443"], "2001:db8::1"),
        (["::ffff:192.0.2.1"], "192.0.2.1"),
        (["6.6.6.6, nobody"], "10.0.0.1"),
        (["6.6.6.6, nobody, 10.9.9.9"], "10.9.9.9"),
        (["6.6.6.6, "], "10.0.0.1"),
        (["[2001:db8::1"], "2001:db8::1"),
        (["6.6.6.6" + ", 10.9.9.9" * 500], "10.9.9.9"),
        ([], "10.0.0.1"),
    ],
)
@pytest.mark.parametrize("client", ["10.0.0.1", "::ffff:10.0.0.1"])
def test_a_trusted_proxy_says_who_asks(hops: list[str], address: str, client: str) -> None:
    headers = [("X-Forwarded-For", each) for each in hops]
    assert seen(["10.0.0.0/8", "2001:db8:f::1"], client, *headers) == f"{address} http"


@pytest.mark.parametrize("client", ["192.0.2.9", "127.0.0.1", "::1", "2001:db8:f::2", "testclient"])
def test_nobody_else_says_who_asks(client: str) -> None:
    headers = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https")]
    assert seen(["10.0.0.0/8", "2001:db8:f::1"], client, *headers) == f"{client} http"


@pytest.mark.parametrize(
    ("said", "scheme"),
    [(["https"], "https"), (["HTTP, HTTPS "], "https"), (["https", "http"], "http"), (["wss"], "http"), ([""], "http")],
)
def test_a_trusted_proxy_says_how_it_was_asked(said: list[str], scheme: str) -> None:
    assert seen(["10.0.0.1"], "10.0.0.1", *(("X-Forwarded-Proto", each) for each in said)) == f"10.0.0.1 {scheme}"


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.0/33", "10.0.0.1/8", "*", "", "10.0.0.1:80", "unix:/x"])
def test_what_is_no_address_of_a_proxy_is_refused(wrong: str, bundled_index: Path) -> None:
    with pytest.raises(UsageError, match="is not an address or network"):
        read_proxies(["10.0.0.1", wrong])
    if wrong == "*":
        refused = citewell("chat", "--index", bundled_index, "--trusted-proxy", wrong, "--public", "--port", "7996")
        assert refused.returncode == 2
        assert "--trusted-proxy 10.0.0.2" in refused.stderr


@pytest.mark.promise("limits")
def test_who_connects_does_not_choose_the_address_they_are_counted_by(assistant: Assistant, tmp_path: Path) -> None:
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("ada", "maintainer", PHRASE)
    for options, counted in (({}, True), ({"trusted_proxies": ["10.0.0.1"]}, False)):
        app = made(assistant, accounts=store, **options)
        client = TestClient(app, HOME, follow_redirects=False, client=("10.0.0.1", 5))
        wrong = [
            client.post(
                "/sign-in", data={"name": "ada", "password": OTHER}, headers={"X-Forwarded-For": f"6.6.6.{nth}"}
            )
            for nth in range(11)
        ]
        assert (wrong[-1].status_code == 429) is counted


def test_over_a_real_connection_no_header_says_who_asks(assistant: Assistant) -> None:
    statuses = []
    with Server(assistant, host="127.0.0.1", port=0, public=True, rate=2) as server:
        for nth in range(3):
            headers = {"Content-Type": "application/json", "X-Forwarded-For": f"6.6.6.{nth}"}
            request = urllib.request.Request(
                f"{server.url}api/ask", json.dumps({"question": QUESTION}).encode(), headers
            )
            try:
                with urllib.request.urlopen(request) as response:
                    statuses.append(response.status)
            except urllib.error.HTTPError as error:
                statuses.append(error.code)
    assert statuses == [200, 200, 429]


@pytest.fixture(scope="module")
def own(assistant: Assistant) -> FastAPI:
    """The application of somebody's own machine."""
    return made(assistant)


@pytest.fixture(scope="module")
def public(assistant: Assistant) -> FastAPI:
    """The application for everyone."""
    return made(assistant, public=True)


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
        "Forwarded",
        "X-Real-IP",
        "Via",
        "CF-Connecting-IP",
        "True-Client-IP",
    ],
)
@pytest.mark.promise("closed-by-default")
def test_without_accounts_nothing_is_done_that_a_proxy_forwards(own: FastAPI, public: FastAPI, header: str) -> None:
    client = TestClient(own, HOME)
    for method, path in (("PUT", "/api/documents/x.md"), ("GET", "/metrics"), ("GET", "/"), ("GET", "/api/documents")):
        refused = client.request(method, path, headers={header: "127.0.0.1"})
        assert refused.status_code == 403
        assert "citewell user add" in refused.json()["mend"]
        assert "--public" in refused.json()["mend"]
    assert client.get("/healthz", headers={header: "127.0.0.1"}).status_code == 200
    assert client.get("/api/documents").status_code == 200
    assert TestClient(public, HOME).get("/api/documents", headers={header: "x"}).status_code == 200


def test_with_accounts_a_proxy_may_forward(assistant: Assistant, tmp_path: Path) -> None:
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("ada", "maintainer", PHRASE)
    client = TestClient(made(assistant, accounts=store), HOME, follow_redirects=False, headers={"X-Forwarded-For": "x"})
    assert sign_in(client).status_code == 303
    assert ask(client).status_code == 200


@pytest.mark.promise("closed-by-default")
def test_what_is_forwarded_as_nginx_does_by_default_is_refused(assistant: Assistant) -> None:
    with Server(assistant, host="127.0.0.1", port=0) as server:
        place = server.url.removeprefix("http://").rstrip("/").split(":")
        for version, status in (("1.0", b"403"), ("1.1", b"200")):
            with socket.create_connection((place[0], int(place[1]))) as connection:
                connection.sendall(f"GET /metrics HTTP/{version}\r\nHost: 127.0.0.1\r\n\r\n".encode())
                assert connection.recv(65_536).split()[1] == status


@pytest.mark.parametrize("option", [("--name", "docs.example.org"), ("--trusted-proxy", "10.0.0.1")])
@pytest.mark.promise("closed-by-default")
def test_what_is_meant_for_a_proxy_needs_accounts_or_is_public(assistant: Assistant, option: tuple[str, str]) -> None:
    given: dict[str, Any] = {"names" if option[0] == "--name" else "trusted_proxies": [option[1]]}
    with pytest.raises(UsageError, match="everyone behind a proxy could change the documents") as refused:
        Server(assistant, host="127.0.0.1", port=0, **given)
    assert "citewell user add NAME --role maintainer" in str(refused.value)
    assert "--public" in str(refused.value)
