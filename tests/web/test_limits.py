"""Limits: what is longer is refused before any work is done with it, and the worst that is not costs what words do."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from citewell import Assistant
from citewell.web.api.schema import MOST_BYTES as QUESTION_BYTES
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.attempts import Attempts
from citewell.web.auth.sign_in import MOST_BYTES as SIGN_IN_BYTES
from citewell.web.middleware.body_limit import MOST_PARTS, BodyLimit, PartLimit, has_many_parts
from citewell.web.middleware.head_limit import HeadLimit
from citewell.web.middleware.headers import HEADERS
from citewell.web.middleware.request_log import RequestLog
from tests.conftest import run_async
from tests.web.auth.test_accounts import OTHER, PHRASE
from tests.web.auth.test_gate import HOME, QUESTION, _component, call, made, sign_in

# How much more processor time the worst input may take than plain text of its length.
MOST_TIMES = 2.5
ACCENTS = "\u0301\u0316"
MCP = {"Accept": "application/json, text/event-stream"}


class Application:
    """The real application, asked without any client between, which would take time of its own."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.address = 0
        self._loop = asyncio.new_event_loop()
        # A thread of its own: where a browser is open, Playwright's loop runs in the tests' thread.
        self._thread = ThreadPoolExecutor(1)
        self._started, self._ended = asyncio.Event(), asyncio.Event()
        self._running = self._loop.create_task(self._run())
        self._do(self._started.wait())

    def _do(self, coroutine: Awaitable[object]) -> None:
        self._thread.submit(self._loop.run_until_complete, coroutine).result()

    async def _run(self) -> None:
        async with self.app.router.lifespan_context(self.app):
            self._started.set()
            await self._ended.wait()

    def close(self) -> None:
        self._ended.set()
        self._do(self._running)
        self._thread.shutdown()
        self._loop.close()

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        """Send a request, each from another address, and return the status of what is answered."""
        self.address += 1
        path, _, query = path.partition("?")
        kind = "application/x-www-form-urlencoded" if path == "/sign-in" else "application/json"
        sent = {"Host": "127.0.0.1", "Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": (f"10.{self.address >> 16}.{self.address >> 8 & 255}.{self.address & 255}", 1),
            "server": ("127.0.0.1", 80),
        }
        answered: list[Message] = []
        coming = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(coming, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            answered.append(message)

        self._do(self.app(scope, receive, send))
        return int(answered[0]["status"])


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "broken off"])
def test_a_body_in_many_pieces_is_kept_in_one(whole: bool) -> None:  # noqa: FBT001 - a parameter of the test
    pieces = [{"type": "http.request", "body": b"x", "more_body": True} for _ in range(1000)]
    last = {"type": "http.request", "body": b"y", "more_body": False} if whole else {"type": "http.disconnect"}

    async def handed_on(limit: Any) -> list[Message]:
        found: list[Message] = []
        coming = iter([*pieces, last])

        async def receive() -> Message:
            return next(coming)

        async def app(_scope: Scope, inner: Receive, _send: Send) -> None:
            while not found or found[-1].get("more_body"):
                found.append(await inner())

        async def send(message: Message) -> None:
            raise AssertionError(message)

        headers = [(b"transfer-encoding", b"chunked")]
        await limit(app)({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive, send)
        return found

    for limit in (BodyLimit, lambda app: PartLimit(app, ["/"])):
        body = b"x" * 1000 + (b"y" if whole else b"")
        found = run_async(handed_on, limit)
        assert found[0] == {"type": "http.request", "body": body, "more_body": not whole}
        assert found[1:] == ([] if whole else [last])


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


@pytest.fixture(scope="module")
def opened(assistant: Assistant) -> Iterator[Application]:
    """The application without accounts."""
    application = Application(made(assistant))
    yield application
    application.close()


def cost(do: Callable[[], object], trials: int = 3) -> float:
    """Return the processor time of doing something, the best of some trials, each repeated for 50 ms."""
    best = float("inf")
    for _ in range(trials):
        times, began = 0, time.process_time()
        while time.process_time() - began < 0.05:
            do()
            times += 1
        best = min(best, (time.process_time() - began) / times)
    return best


def cost_little_more(kind: Callable[[str], Callable[[], object]], worst: Iterable[str], plain: str = "x") -> None:
    """Each costs at most 2.5 times what plain text of its length does; the best of three, where one is not good enough."""
    words = cost(kind(plain))
    dear = [piece for piece in worst if cost(kind(piece), 1) > MOST_TIMES * words]
    times = {piece: cost(kind(piece)) / cost(kind(plain)) for piece in dear}
    assert {piece: each for piece, each in times.items() if each > MOST_TIMES} == {}


def filled(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


PIECES = (
    ACCENTS,
    "\ufdfa",
    "\u1100\u1161\u11a8",
    "[({<",
    "\\",
    "\\101",
    "\"'",
    "%",
    "; ",
    "a=b; ",
    ",",
    "/",
    "../",
    " ",
)


# Signing in


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


@pytest.mark.promise("limits")
def test_an_owner_gets_in_however_many_were_wrong_elsewhere(assistant: Assistant, store: AccountStore) -> None:
    app = made(assistant, accounts=store)

    def visitor(address: str) -> TestClient:
        return TestClient(app, HOME, follow_redirects=False, client=(address, 1))

    assert [sign_in(visitor("192.0.2.1"), "ada", OTHER).status_code for _ in range(11)] == [401] * 10 + [429]
    assert sign_in(visitor("192.0.2.2"), "ada").status_code == 303
    assert sign_in(visitor("192.0.2.1"), "ada").status_code == 429


# Bodies


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


@pytest.mark.parametrize("path", ["/api/ask", "/mcp", "/gradio_api/component_server/"])
@pytest.mark.promise("bounded-work")
def test_the_worst_json_costs_what_plain_text_does(opened: Application, path: str) -> None:
    bodies = {"plain": json.dumps({"question": filled("word ", QUESTION_BYTES - 1000)}).encode(), **WORST}

    def asked(kind: str) -> Callable[[], int]:
        return lambda: opened.ask("POST", path, bodies[kind], MCP)

    assert {asked(kind)() for kind in bodies} <= {400, 422}
    cost_little_more(asked, WORST, "plain")


def test_the_worst_call_of_a_function_costs_what_plain_text_does(opened: Application) -> None:
    wanted = {
        "plain": {"path": filled("word ", 240_000)},
        "marks": {"path": "x", "start": 0, "end": 1, "key": "x", "marks": [[1, 2]] * 30_000},
    }

    def called(kind: str) -> Callable[[], int]:
        body = {"component_id": _component(opened.app), "fn_name": "show", "session_hash": "s", "data": wanted[kind]}
        sent = json.dumps(body).encode()
        assert len(sent) < QUESTION_BYTES
        return lambda: opened.ask("POST", "/gradio_api/component_server/", sent)

    assert called("marks")() == 422
    cost_little_more(called, ["marks"], "plain")


@pytest.mark.parametrize(("path", "most"), [("/api/ask", QUESTION_BYTES), ("/mcp", QUESTION_BYTES), ("/x", 64_000)])
@pytest.mark.promise("bounded-work")
def test_a_longer_body_is_refused_before_it_is_read(opened: Application, path: str, most: int) -> None:
    assert opened.ask("POST", path, b"x" * most) != 413
    assert opened.ask("POST", path, b"x" * (most + 1)) == 413


def test_all_that_is_promised_can_be_asked(assistant: Assistant) -> None:
    with TestClient(made(assistant), HOME) as client:
        said = [{"role": "user", "content": "\u0431" * 4000}] * 12
        document = "international-education.txt"
        full = {"question": QUESTION, "history": said, "scope": {"documents": [document] * 1000}}
        sent = json.dumps(full).encode()
        assert client.post("/api/ask", content=sent, headers={"Content-Type": "application/json"}).status_code == 200
        # What stands in a text is no part.
        brackets = {"question": QUESTION, "history": [{"role": "user", "content": filled('[{,"', 4000)}] * 12}
        assert client.post("/api/ask", json=brackets).status_code == 200
        longer = client.post("/api/ask", json={"question": QUESTION, "scope": {"documents": ["a" * 1025]}})
        assert longer.status_code == 422
        assert "at most 1024" in longer.json()["message"]


@pytest.mark.parametrize(
    ("body", "many"),
    [
        (b"[" + b"1," * MOST_PARTS + b"1]", True),
        (b"[" + b"1," * (MOST_PARTS - 1) + b"1]", False),
        (b'"' + b"," * (MOST_PARTS + 1) + b'"', False),
        (b'"' + b'\\",' * (MOST_PARTS + 1) + b'"', False),
        (b'"\\\\"' + b"," * (MOST_PARTS + 1), True),
        (b'"' + b"," * (MOST_PARTS + 1), False),
        (b'"' + b"," * (MOST_PARTS + 1) + b"\\", False),
        (b"", False),
    ],
)
def test_parts_are_those_outside_of_texts(body: bytes, many: bool) -> None:  # noqa: FBT001 - pytest names it
    assert has_many_parts(body) is many


# Headers and paths


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
def test_the_worst_path_costs_what_a_plain_one_does(opened: Application, path: str) -> None:
    def asked(piece: str) -> Callable[[], int]:
        return lambda: opened.ask("GET", path.format(filled(piece, 15_000)), headers={"Accept": "text/html"})

    cost_little_more(asked, [*PIECES, "a/", "%2e", "static/js/"])


def test_the_worst_place_to_go_on_to_costs_what_a_plain_one_does(closed: Application) -> None:
    def asked(piece: str) -> Callable[[], int]:
        return lambda: closed.ask("GET", f"/sign-in?next=/{filled(piece, 3000)}")

    assert asked("[")() == asked("%41")() == 200
    assert asked("%")() == 400
    cost_little_more(asked, ["%", "/", "//", "[", "?#", "://", "@", "&", "%41"])


# Errors


class _Panic(BaseException):
    """As what a library in Rust panics with: no `Exception`."""


@pytest.mark.parametrize("error", [_Panic("zebrafish"), ValueError("zebrafish"), MemoryError()], ids=repr)
def test_whatever_goes_wrong_is_told_as_all_errors_are(
    assistant: Assistant, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[BaseException] = []
    monkeypatch.setattr("citewell.web.logs.failed", lambda error, **_facts: failed.append(error))

    def panicking(*_arguments: object, **_more: object) -> None:
        raise error

    with TestClient(made(assistant), HOME, raise_server_exceptions=False) as client:
        monkeypatch.setattr(Assistant, "ask", panicking)
        for answered in (client.post("/api/ask", json={"question": QUESTION}), call(client, "ask", {"question": "x"})):
            assert answered.status_code == 500
            assert answered.json()["message"] == "the server made a mistake; its log says where"
            assert {name: answered.headers.get(name) for name in HEADERS} == HEADERS
        assert [type(each) for each in failed] == [type(error)] * 2
        monkeypatch.undo()
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200


def test_who_goes_away_is_no_mistake_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[BaseException] = []
    monkeypatch.setattr("citewell.web.logs.failed", lambda error, **_facts: failed.append(error))

    async def gone(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ClientDisconnect

    run_async(RequestLog(gone), {"type": "http", "path": "/", "method": "POST"}, _nothing, _unsent)
    assert failed == []


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _unsent(_message: Message) -> None:
    raise AssertionError("nobody is there")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"component_id": 999_999}, 404),
        ({"component_id": -1}, 404),
        ({"component_id": "x"}, 422),
        ({"component_id": None}, 422),
        ({"fn_name": "nothing"}, 404),
        ({"fn_name": ["ask"]}, 422),
        ({"fn_name": "a" * 100_000}, 422),
        ({"session_hash": "s" * 100}, 422),
        ({"data": "x"}, 200),
        ({"data": None}, 200),
        ([], 422),
        (None, 422),
    ],
    ids=str,
)
def test_a_call_that_is_none_is_no_mistake_of_the_server(opened: Application, body: Any, status: int) -> None:
    right = {"component_id": _component(opened.app), "fn_name": "ask", "session_hash": "s", "data": {"question": "x"}}
    sent = json.dumps({**right, **body} if isinstance(body, dict) else body).encode()
    assert opened.ask("POST", "/gradio_api/component_server/", sent) == status


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_there_are_no_streams_of_calls(opened: Application, method: str) -> None:
    assert opened.ask(method, "/mcp", headers={"Accept": "text/event-stream"}) == 405


def test_calls_come_one_at_a_time(opened: Application) -> None:
    one = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": "x"}}}
    assert opened.ask("POST", "/mcp", json.dumps(one).encode(), MCP) == 200
    assert opened.ask("POST", "/mcp", b" \n" + json.dumps([one, one]).encode(), MCP) == 400


def test_what_is_read_is_counted_where_others_can_ask(assistant: Assistant, tmp_path: Path) -> None:
    assert tmp_path.exists()
    with TestClient(made(assistant, public=True, rate=1), HOME) as client:
        path = "/api/documents/international-education.txt"
        assert [client.get(path).status_code for _ in range(6)] == [200] * 5 + [429]
        late = client.get("/api/documents")
        assert late.status_code == 429
        assert int(late.headers["Retry-After"]) > 0
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200
