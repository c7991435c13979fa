"""The page is made while the server already answers: what asks for it waits, and is told if there will be none."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from citewell import Assistant
from citewell.web import Server, logs
from tests.support.applications import HTML, QUESTION
from tests.support.connections import connected
from tests.support.environment import ROOT
from tests.support.ports import free_port
from tests.support.servers import hosted
from tests.support.waiting import until

pytestmark = [
    pytest.mark.usefixtures("bundled_index"),
    # FastAPI silences it while it makes routes, but another thread that changes the filters of warnings undoes that.
    pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning"),
]


class Held:
    """Makes the page when it is told to, or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from citewell.web import page

        self.begun, self.go_on, self.made = threading.Event(), threading.Event(), threading.Event()
        self.error: Exception | None = None
        self._make = page.make_page
        monkeypatch.setattr(page, "make_page", self)

    def __call__(self, *arguments: Any) -> FastAPI:
        self.begun.set()
        assert self.go_on.wait(300)
        if self.error:
            raise self.error
        made = self._make(*arguments)
        self.made.set()
        return made


@pytest.fixture(autouse=True)
def failures(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[BaseException, dict[str, Any]]]]:
    """What has failed: nothing, unless a test expects it and takes it away."""
    failures: list[tuple[BaseException, dict[str, Any]]] = []
    monkeypatch.setattr(logs, "failed", lambda error, **facts: failures.append((error, facts)))
    yield failures
    for error, _facts in failures:
        raise error


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held(monkeypatch)
    yield held
    held.go_on.set()


@contextmanager
def requested(url: str, path: str = "/", method: str = "GET", **headers: str) -> Iterator[http.client.HTTPConnection]:
    """Send a request, and wait for no reply."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request(method, path, b"{}" if method == "POST" else None, headers)
    yield connection
    connection.close()


def asked(url: str) -> dict[str, Any]:
    body = json.dumps({"question": QUESTION}).encode()
    request = urllib.request.Request(f"{url}api/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def listens(url: str) -> bool:
    try:
        with connected(url, b""):
            return True
    except ConnectionRefusedError:
        return False


def said(url: str, path: str = "") -> int:
    try:
        with urllib.request.urlopen(url + path, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_questions_are_answered_while_the_page_is_made_and_requests_for_it_wait(
    assistant: Assistant, held: Held
) -> None:
    with Server(assistant, host="127.0.0.1", port=0, page_later=True) as server:
        # More than there are threads for requests: those that wait take none.
        with ThreadPoolExecutor(60) as pool:
            pages = [pool.submit(said, server.url) for _ in range(60)]
            assert held.begun.wait(60)
            assert asked(server.url)["answered"]
            assert [said(server.url, path) for path in ("healthz", "readyz", "nowhere")] == [200, 200, 404]
            assert not any(page.done() for page in pages)
            held.go_on.set()
            assert {page.result() for page in pages} == {200}
        assert asked(server.url)["answered"]


def test_a_function_of_the_page_waits_for_it(assistant: Assistant, held: Held) -> None:
    with Server(assistant, host="127.0.0.1", port=0, page_later=True) as server:
        path = "/gradio_api/component_server/"
        with requested(server.url, path, "POST", **{"Content-Type": "application/json"}) as call:
            assert held.begun.wait(60)
            assert asked(server.url)["answered"]
            held.go_on.set()
            assert call.getresponse().status == 422


@pytest.mark.browser
def test_a_browser_that_comes_early_gets_the_page(browser: Browser, assistant: Assistant, held: Held) -> None:
    with Server(assistant, host="127.0.0.1", port=0, page_later=True) as server:
        page = browser.new_page()
        page.on("request", lambda _request: held.go_on.set())
        page.goto(server.url)
        expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
        page.close()


def test_a_page_that_cannot_be_made_is_said_and_logged(
    assistant: Assistant, held: Held, failures: list[tuple[BaseException, dict[str, Any]]]
) -> None:
    held.error = OSError("the disk is away")
    with Server(assistant, host="127.0.0.1", port=0, page_later=True) as server:
        with requested(server.url, Accept="*/*") as early:
            held.go_on.set()
            response = early.getresponse()
            told = json.load(response)
        assert response.status == 500
        assert told["message"] == "the page could not be loaded"
        assert told["hint"] == "restart the server; its log says why"
        with requested(server.url, **HTML, **{"Accept-Language": "de"}) as later:
            response = later.getresponse()
            page = response.read().decode()
        assert response.status == 500
        assert "Die Seite konnte nicht geladen werden" in page
        # Everything else goes on, also what is made after the page.
        assert asked(server.url)["answered"]
        assert said(server.url, "readyz") == 200
        with requested(server.url, "/mcp", "POST", **{"Content-Type": "application/json"}) as call:
            assert call.getresponse().status < 500
    assert failures.pop() == (held.error, {"why": "the page could not be loaded", "reason": "the disk is away"})


def test_readers_are_sent_to_an_administrator(
    assistant: Assistant, held: Held, failures: list[tuple[BaseException, dict[str, Any]]]
) -> None:
    held.error = OSError("the disk is away")
    held.go_on.set()
    with (
        Server(assistant, host="127.0.0.1", port=0, public=True, page_later=True) as server,
        requested(server.url) as call,
    ):
        told = json.load(call.getresponse())
    assert told["hint"] == "an administrator has to fix this"
    assert "disk" not in json.dumps(told)
    assert failures.pop()[0] is held.error


def test_a_server_ends_before_its_page_is_made_and_says_so_to_who_waits(assistant: Assistant, held: Held) -> None:
    with Server(assistant, host="127.0.0.1", port=0, page_later=True) as server, requested(server.url) as waiting:
        assert held.begun.wait(60)
        # The request that waits is there when a later one has been answered.
        assert asked(server.url)["answered"]
        with ThreadPoolExecutor(1) as pool:
            closing = pool.submit(server.close)
            response = waiting.getresponse()
            assert response.status == 503
            assert json.load(response)["message"] == "the server is ending"
            until(lambda: not listens(server.url))
            assert not held.made.is_set()
            held.go_on.set()
            closing.result(60)
        # Nothing of it goes on.
        assert held.made.is_set()


def test_several_servers_in_one_process_each_make_a_page(bundled_index: Path) -> None:
    def served(_number: int) -> tuple[int, int, bool]:
        with hosted(bundled_index, page_later=True) as url:
            return said(url), said(url), bool(asked(url)["answered"])

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(served, range(6))) == {(200, 200, True)}


def test_what_answers_programs_waits_for_neither_gradio_nor_the_sdk_of_mcp(bundled_index: Path) -> None:
    code = (
        "import asyncio, sys, httpx; from pathlib import Path\n"
        "from citewell import Assistant, IndexFolder\n"
        "from citewell.web.application import create_app\n"
        "from citewell.web import Server, ServerOptions\n"
        "app = create_app(Assistant(IndexFolder(Path(sys.argv[1]))), ServerOptions(page_later=True))\n"
        "async def ask():\n"
        "    transport = httpx.ASGITransport(app)\n"
        "    async with httpx.AsyncClient(transport=transport, base_url='http://127.0.0.1:7860') as client:\n"
        "        answer = await client.post('/api/ask', json={'question': 'joint curriculum development'})\n"
        "        assert answer.json()['answered'], answer.text\n"
        "asyncio.run(ask())\n"
        "slow = {'gradio', 'mcp', 'pandas', 'plotly', 'scipy.stats', 'torch', 'transformers'}\n"
        "assert not slow & set(sys.modules), slow & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(bundled_index)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_a_chat_that_is_stopped_at_once_ends_without_a_word(bundled_index: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    # Where tests run in the background of a shell, a process ignores Ctrl+C from the beginning.
    code = "import signal, sys, citewell.cli; signal.signal(signal.SIGINT, signal.default_int_handler)"
    arguments = ["chat", "--index", str(bundled_index), "--port", str(free_port())]
    command = [sys.executable, "-c", f"{code}; citewell.cli.main(sys.argv[1:])", *arguments]
    with log.open("wb") as messages:
        process = subprocess.Popen(command, stderr=messages, cwd=ROOT, env=dict(os.environ))
    try:
        until(lambda: "Citewell is at" in log.read_text(encoding="utf-8"))
        process.send_signal(signal.SIGINT)
        # What is being made is waited for, which takes as long as the machine is busy.
        assert process.wait(240) == 0
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text(encoding="utf-8")
    assert "Error" not in log.read_text(encoding="utf-8")
