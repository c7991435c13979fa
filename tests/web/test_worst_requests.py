"""The worst input that is not refused costs what words do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from citewell import Assistant
from citewell.web.api.schema import MOST_BYTES as QUESTION_BYTES
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.attempts import Attempts
from citewell.web.auth.sign_in import MOST_BYTES as SIGN_IN_BYTES
from citewell.web.middleware.head_limit import HeadLimit
from tests.support.accounts import PHRASE
from tests.support.applications import HOME, component_of, made
from tests.support.costs import ACCENTS, MCP, PIECES, Application, cost_little_more, filled


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> AccountStore:
    # With passwords hashed as users have them: that is most of what a sign-in costs.
    store = AccountStore(tmp_path_factory.mktemp("limits") / "accounts.json")
    store.add("ada", "maintainer", PHRASE)
    return store


@pytest.fixture(scope="module")
def closed(assistant: Assistant, store: AccountStore) -> Iterator[Application]:
    """The application with accounts, behind a proxy that is trusted, as whoever is not signed in reaches it."""
    application = Application(made(assistant, accounts=store, trusted_proxies=["10.0.0.0/8"]))
    with pytest.MonkeyPatch.context() as patch:
        # Guessing at one name becomes slow, which takes no processor.
        patch.setattr(Attempts, "delay", lambda *_: 0)
        yield application
    application.close()


def test_the_worst_name_and_password_cost_what_plain_ones_do(closed: Application) -> None:
    def form(piece: str) -> Callable[[], int]:
        given = {"name": filled(piece, 64), "password": filled(piece, 256), "next": "/" + filled(piece, 1000)}
        body = urlencode(given).encode()
        assert len(body) <= SIGN_IN_BYTES
        return lambda: closed.ask("POST", "/sign-in", body)

    assert form(ACCENTS)() == 401
    cost_little_more(form, PIECES, "plain words ")


@pytest.mark.promise("bounded-work")
def test_the_worst_form_costs_what_a_plain_one_does(closed: Application) -> None:
    def form(piece: str) -> Callable[[], int]:
        body = ("name=" + piece * SIGN_IN_BYTES).encode()[:SIGN_IN_BYTES]
        return lambda: closed.ask("POST", "/sign-in", body)

    cost_little_more(form, ["%", "%4", "%41", "&", "a&", "a=&", "+", ";", "=", ACCENTS], "a")


def test_a_name_a_password_and_a_form_that_are_longer_are_not_looked_at(
    closed: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(AccountStore, "sign_in", lambda _, name, password: looked.append(name + password))

    def normal(name: str) -> str:
        looked.append(name)
        return name

    monkeypatch.setattr("citewell.web.auth.sign_in.normal_name", normal)

    def status(name: str, password: str, more: str = "") -> int:
        return closed.ask("POST", "/sign-in", urlencode({"name": name, "password": password, "x": more}).encode())

    assert status("a" * 65, "b") == status("a", "b" * 257) == status("a" + ACCENTS * 1000, "b") == 401
    assert closed.ask("POST", "/sign-in", b"name=" + b"a" * (SIGN_IN_BYTES - 4)) == 413
    assert closed.ask("POST", "/sign-in", ("name=a" + ACCENTS * 30_000).encode()) == 413
    assert looked == []
    assert status("a" * 64, "b" * 256) == 401
    assert looked


def _json_of_the_worst() -> dict[str, bytes]:
    length = QUESTION_BYTES - 1000
    return {
        "open lists": b"[" * length,
        "lists": b"[" + b"[]," * (length // 3) + b"1]",
        "open objects": b'{"a":' * (length // 5),
        "members": b"{" + b",".join(b'"%d":1' % nth for nth in range(length // 10)) + b"}",
        "numbers": b"[" + b"1," * (length // 2) + b"1]",
        "a number": b"9" * length,
        "escapes": b'{"question":"' + b"\\u0301" * (length // 6) + b'"}',
        "accents": ('{"question":"' + ACCENTS * (length // 4) + '"}').encode(),
        "spaces": b" " * length,
        "history": b'{"question":"a","history":[' + b"[]," * (length // 3) + b"1]}",
        "said": b'{"question":"a","history":[' + b'{"role":"user","content":"b"},' * (length // 30) + b"1]}",
        "names": json.dumps({"question": "a", "scope": {"documents": ["a"] * (length // 6)}}).encode(),
        "open texts": b'"' * length,
        "open escapes": b'"' + b'\\"' * (length // 2),
    }


WORST = _json_of_the_worst()


@pytest.mark.parametrize("path", ["/api/ask", "/mcp", "/v1/chat/completions", "/gradio_api/component_server/"])
@pytest.mark.promise("bounded-work")
def test_the_worst_json_costs_what_plain_text_does(plain_app: Application, path: str) -> None:
    bodies = {"plain": json.dumps({"question": filled("word ", QUESTION_BYTES - 1000)}).encode(), **WORST}

    def asked(kind: str) -> Callable[[], int]:
        return lambda: plain_app.ask("POST", path, bodies[kind], MCP)

    assert {asked(kind)() for kind in bodies} <= {400, 422}
    cost_little_more(asked, WORST, "plain")


def test_the_worst_call_of_a_function_costs_what_plain_text_does(plain_app: Application) -> None:
    wanted = {
        "plain": {"path": filled("word ", 240_000)},
        "marks": {"path": "x", "start": 0, "end": 1, "key": "x", "marks": [[1, 2]] * 30_000},
    }

    def called(kind: str) -> Callable[[], int]:
        body = {
            "component_id": component_of(plain_app.app),
            "fn_name": "show",
            "session_hash": "s",
            "data": wanted[kind],
        }
        sent = json.dumps(body).encode()
        assert len(sent) < QUESTION_BYTES
        return lambda: plain_app.ask("POST", "/gradio_api/component_server/", sent)

    assert called("marks")() == 422
    cost_little_more(called, ["marks"], "plain")


@pytest.mark.parametrize(
    "header",
    ["Authorization", "Cookie", "Origin", "Host", "X-Forwarded-For", "X-Forwarded-Proto", "Accept", "Content-Type"],
)
@pytest.mark.promise("bounded-work")
def test_the_worst_header_costs_what_a_plain_one_does(closed: Application, store: AccountStore, header: str) -> None:
    name = f"citewell-{hashlib.sha256(store.key().encode()).hexdigest()[:8]}"

    def asked(piece: str) -> Callable[[], int]:
        value = filled(piece.encode("latin-1", "replace").decode("latin-1"), 15_000)
        value = f'{name}="{value}"' if header == "Cookie" else value
        return lambda: closed.ask("POST", "/session", headers={header: value})

    assert asked("\\")() < 500
    cost_little_more(asked, PIECES)


def test_only_our_cookies_are_looked_at() -> None:
    async def cookies(scope: Scope, receive: Receive, send: Send) -> None:
        told = [value for name, value in scope["headers"] if name == b"cookie"]
        await PlainTextResponse(b"|".join(told))(scope, receive, send)

    client = TestClient(HeadLimit(cookies), HOME)
    sent = 'other="\\"x"; citewell-1=abc; theme=dark;citewell-2="\\101"; citewell-3=d'
    assert client.get("/", headers={"Cookie": sent}).text == "citewell-1=abc; citewell-3=d"
    assert client.get("/", headers={"Cookie": "theme=dark"}).text == ""


@pytest.mark.parametrize("path", ["/{}", "/static/js/{}", "/api/documents/{}", "/?q={}"])
def test_the_worst_path_costs_what_a_plain_one_does(plain_app: Application, path: str) -> None:
    def asked(piece: str) -> Callable[[], int]:
        return lambda: plain_app.ask("GET", path.format(filled(piece, 15_000)), headers={"Accept": "text/html"})

    cost_little_more(asked, [*PIECES, "a/", "%2e", "static/js/"])


def test_the_worst_place_to_go_on_to_costs_what_a_plain_one_does(closed: Application) -> None:
    def asked(piece: str) -> Callable[[], int]:
        return lambda: closed.ask("GET", f"/sign-in?next=/{filled(piece, 3000)}")

    assert asked("[")() == asked("%41")() == 200
    assert asked("%")() == 400
    cost_little_more(asked, ["%", "/", "//", "[", "?#", "://", "@", "&", "%41"])
