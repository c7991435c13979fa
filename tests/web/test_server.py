"""The server: who can reach it, and what it sends with everything."""

from __future__ import annotations

import _thread
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from citewell import Assistant, IndexFolder
from citewell.web.middleware.addresses import is_loopback
from citewell.web.middleware.headers import HEADERS
from citewell.web.scripts import head
from citewell.web.server import Server, _listen
from tests.support.commands import citewell
from tests.support.servers import hosted


def test_everything_that_is_served_has_the_security_headers(chat_url: str) -> None:
    for path in ("", "manifest.json", "gradio_api/info", "favicon.ico", "nowhere"):
        try:
            with urllib.request.urlopen(chat_url + path) as response:
                headers = response.headers
        except urllib.error.HTTPError as error:
            headers = error.headers
        for name, value in HEADERS.items():
            assert headers[name] == value, (path, name)


@pytest.mark.promise("own-page-only")
def test_a_site_that_passes_for_this_machine_gets_nothing(chat_url: str) -> None:
    address = chat_url.removeprefix("http://").rstrip("/")
    for name in (address, address.replace("127.0.0.1", "localhost")):
        with urllib.request.urlopen(urllib.request.Request(chat_url, headers={"Host": name})) as response:
            assert response.status == 200
    for name in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example"):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(chat_url, headers={"Host": name}))


def test_ctrl_c_ends_waiting_and_not_the_server_which_ends_when_it_is_closed(bundled_index: Path) -> None:
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("Python tells the main thread only of Ctrl+C")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with Server(Assistant(IndexFolder(bundled_index)), port=0) as server:
            threading.Timer(0.2, _thread.interrupt_main).start()
            with pytest.raises(KeyboardInterrupt):
                server.wait()
            # As of Python, which took it for ended; what it was doing would then end with the process, in the middle.
            assert server._thread.is_alive()
            with urllib.request.urlopen(f"{server.url}healthz") as response:
                assert response.status == 200
        assert not server._thread.is_alive()
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.browser
@pytest.mark.promise("nothing-leaves")
def test_the_policy_lets_nothing_out(browser: Browser, chat_url: str) -> None:
    # A window of its own: that the page itself breaks its policy nowhere is seen by all other tests of it.
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(chat_url)
    page.get_by_role("textbox", name="Your question").fill("joint curriculum development")
    page.keyboard.press("Enter")
    expect(page.locator("article").first).to_be_visible()
    page.get_by_role("button", name="Show in source").first.click()
    expect(page.locator(".cw-place")).to_be_visible()
    assert [text for text in said if "Content Security Policy" in text] == []
    blocked = page.evaluate("() => fetch('https://example.invalid/').then(() => 'reached', (error) => error.message)")
    assert blocked == "Failed to fetch"
    assert any("Content Security Policy" in text for text in said)
    page.close()


def test_it_has_an_icon_of_its_own(chat_url: str) -> None:
    with urllib.request.urlopen(chat_url + "favicon.ico") as response:
        assert response.read().startswith(b"<svg")


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.1.2.3", True), ("0.0.0.0", False), ("::", False)],  # noqa: S104
)
def test_which_addresses_only_this_machine_hears(host: str, *, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_an_address_that_others_can_reach_has_to_be_allowed(bundled_index: Path) -> None:
    refused = citewell("chat", "--index", bundled_index, "--host", "0.0.0.0", "--port", "7998")  # noqa: S104
    assert refused.returncode == 2
    assert "everyone who can reach this machine could read the documents" in refused.stderr
    assert "--public" in refused.stderr


def test_a_port_that_is_taken_is_said_at_once(bundled_index: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = citewell("chat", "--index", bundled_index, "--port", str(port))
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr


def test_scripts_are_kept_for_good_under_an_address_of_their_version(chat_url: str) -> None:
    addresses = re.findall(r'"(/static/citewell/\w+/[\w./]+)"', head())
    assert len(addresses) == len(set(addresses)) + 1 > 20
    for address in addresses:
        with urllib.request.urlopen(chat_url + address[1:]) as response:
            assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
            assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
            assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    main = addresses[-1]
    version = main.split("/")[3]
    for other in (main.replace(version, "0" * 16), main.replace("main.js", "bridge.js"), main + "/../base.css"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(chat_url + other[1:])


def test_what_is_refused_waits_for_no_gradio_and_gradio_writes_nothing() -> None:
    code = (
        "import sys, importlib.util; from pathlib import Path; import citewell.web, citewell.web.server\n"
        "assert 'gradio' not in sys.modules\n"
        "folder = Path(importlib.util.find_spec('gradio').origin).parent\n"
        "def stubs(): return {file: file.stat().st_mtime_ns for file in folder.rglob('*.pyi')}\n"
        "before = stubs()\n"
        "from citewell.web import create_page\n"
        "import gradio, inspect, os\n"
        "assert stubs() == before and gradio.Button and inspect.getfile(gradio.Button)\n"
        "assert os.environ['GRADIO_ANALYTICS_ENABLED'] == 'False'\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_ANALYTICS_ENABLED"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr


def test_answers_are_sent_at_once() -> None:
    # Asyncio turns Nagle's algorithm off only for a socket that says it is TCP.
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_the_threads_of_a_loop_that_is_closed_have_ended_when_a_server_has(bundled_index: Path) -> None:
    loop, go_on = asyncio.new_event_loop(), threading.Event()
    loop.close()
    with hosted(bundled_index):
        # As anyio's do, it knows the loop that it works for.
        thread = threading.Thread(target=go_on.wait, daemon=True)
        vars(thread)["loop"] = loop
        thread.start()
        threading.Timer(1.5, go_on.set).start()
    assert not thread.is_alive()


@pytest.mark.skipif(sys.platform != "linux", reason="counted in /proc")
def test_a_server_that_nobody_asks_sleeps(assistant: Assistant) -> None:
    with Server(assistant, host="127.0.0.1", port=0) as server:
        status = Path(f"/proc/self/task/{server._thread.native_id}/status")

        def wakings() -> int:
            return int(re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.MULTILINE)[0])

        before = wakings()
        # Time that passes is what this is about.
        time.sleep(0.5)
        # uvicorn looks ten times a second whether it should end.
        assert wakings() - before < 50
