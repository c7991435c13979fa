"""The lines of docs/integrations.md do what they say, as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from citewell import Assistant
from tests.support.environment import CACHE, ROOT

DOCS = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^## ([^\n]+)$|^```(\w+)\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
QUESTION = "What do student exchanges offer?"
# The port that the lines name.
PORT = 7860


def blocks(language: str) -> dict[str, str]:
    """Return the blocks in a language, by the heading that they stand under; of several, the last."""
    found, heading = {}, ""
    for named, kind, code in BLOCKS:
        heading = named or heading
        if kind == language:
            found[heading] = code
    return found


PYTHON = blocks("python")


@pytest.fixture
def here(bundled_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an index, where `citewell` is a command."""
    (tmp_path / "index").symlink_to(bundled_index, target_is_directory=True)
    command = tmp_path / "bin" / "citewell"
    command.parent.mkdir()
    # What it prints is kept, too.
    command.write_text(
        # The client starts it without most of this environment, and so with the user's own cache.
        f"#!/bin/sh\nexport CITEWELL_CACHE={shlex.quote(CACHE)}\n"
        f"PYTHONPATH={shlex.quote(str(ROOT / 'src'))}:$PYTHONPATH {shlex.quote(sys.executable)} "
        f'-m citewell.cli "$@" | tee {shlex.quote(str(tmp_path / "printed"))}\n',
        encoding="utf-8",
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.fixture
def there(chat_url: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of a server, to which this process is led instead of the documented one."""
    port = urlsplit(chat_url).port
    assert port
    real = socket.getaddrinfo

    def led(host: Any, wanted: Any, *more: Any, **named: Any) -> Any:
        return real(host, port if wanted == PORT else wanted, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", led)
    return port


@pytest.mark.usefixtures("there")
@pytest.mark.skipif(sys.platform == "win32", reason="the command of the test is a script for Unix")
@pytest.mark.parametrize("heading", PYTHON)
def test_the_lines_print_the_quotation(
    heading: str, here: Path, capfd: pytest.CaptureFixture[str], assistant: Assistant
) -> None:
    # In a thread, because where a browser is open, Playwright's loop runs in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(
            exec, compile(PYTHON[heading], f"docs/integrations.md, {heading}", "exec"), {"__name__": "x"}
        ).result()
    best = assistant.ask(QUESTION).passages[0]
    assert best.marks[0].of(best.text) in capfd.readouterr().out
    if heading == "MCP":
        # The command prints only the protocol.
        printed = (here / "printed").read_text(encoding="utf-8").splitlines()
        assert {json.loads(line)["jsonrpc"] for line in printed} == {"2.0"}


def test_there_are_lines_for_each_tool() -> None:
    assert list(PYTHON) == [
        "Chat front ends, and programs for OpenAI's API", "LangChain", "LlamaIndex", "Haystack", "MCP",
    ]  # fmt: skip
    # About five lines each, and those of MCP in the frame that its client needs.
    assert all(len([line for line in code.splitlines() if line]) <= 5 for code in [*PYTHON.values()][:-1])


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_command_shows_what_dify_gets(here: Path, there: int, assistant: Assistant) -> None:
    (here / ".curlrc").write_text(f'connect-to = "127.0.0.1:{PORT}:127.0.0.1:{there}"\n', encoding="utf-8")
    (command,) = blocks("sh").values()
    done = subprocess.run(
        ["sh", "-c", command], env={**os.environ, "CURL_HOME": str(here)}, capture_output=True, check=True, text=True
    )
    records = json.loads(done.stdout)["records"]
    assert [each["content"] for each in records] == [each.text for each in assistant.ask(QUESTION, top=2).passages]


def test_the_answer_that_is_shown_is_in_the_real_one(assistant: Assistant) -> None:
    from citewell.web.api.quotations import REFUSAL, quoted

    (shown,) = blocks("text").values()
    quotation, citation = shown.strip().split("\n\n")
    real = next(quoted(assistant.ask(QUESTION)))
    assert quotation.removeprefix("> ") in real
    assert real.endswith(citation)
    assert REFUSAL in " ".join(DOCS.split())


def test_the_configurations_start_what_the_lines_start() -> None:
    found = [json.loads(code) for _, kind, code in BLOCKS if kind == "json"]
    servers = [server["citewell"] for each in found for server in each.values()]
    started = [server for server in servers if "command" in server]
    assert [each.get("type", "stdio") for each in started] == ["stdio", "stdio"]
    for server in started:
        line = [server["command"], *server["args"]]
        assert line == ["citewell", "mcp", "--index", "/path/to/index"]
        assert " ".join(line) in DOCS.partition("Claude Code")[2]
    (remote,) = (server for server in servers if "url" in server)
    assert remote == {"url": f"http://127.0.0.1:{PORT}/mcp", "headers": {"Authorization": "Bearer TOKEN"}}
    assert 'command="citewell", args=["mcp", "--index", "index"]' in PYTHON["MCP"]
