"""MCP over standard input and output: the command that clients start. docs/integrations.md starts it with a real client."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from mcp_types import CallToolResult, TextContent

from citewell import IndexFolder
from citewell.cli import main
from tests.support.commands import citewell


def test_its_user_is_told_how_to_repair_the_index(index: IndexFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    results: list[CallToolResult] = []

    def run(server: MCPServer[Any], transport: str) -> None:
        async def ask_twice() -> None:
            async with Client(server) as client:
                results.append(await client.call_tool("ask", {"question": "What do otters eat?"}))
                (index.path / "CURRENT").unlink()
                results.append(await client.call_tool("ask", {"question": "What do otters eat?"}))

        assert transport == "stdio"
        anyio.run(ask_twice)

    monkeypatch.setattr(MCPServer, "run", run)
    # In a thread, because where a browser is open, Playwright's loop runs in this one.
    with ThreadPoolExecutor(1) as pool, pytest.raises(SystemExit, match="0"):
        pool.submit(main, ["mcp", "--index", str(index.path)]).result()
    answered, refused = results
    assert (answered.structured_content or {})["passages"][0]["document"] == "animals/otters.md"
    assert refused.is_error
    assert isinstance(refused.content[0], TextContent)
    assert "fix: citewell index --corpus" in refused.content[0].text


def test_without_an_index_it_ends_with_the_command_that_builds_one(tmp_path: Path) -> None:
    done = citewell("mcp", "--index", tmp_path / "none")
    assert (done.returncode, done.stdout) == (1, "")
    assert "fix: citewell index" in done.stderr
