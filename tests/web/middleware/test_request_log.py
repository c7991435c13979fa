"""The request log: every failure is reported as all errors are, and who goes away is no error."""

from __future__ import annotations

import pytest
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from citewell import Assistant
from citewell.view import View
from citewell.web.middleware.headers import HEADERS
from citewell.web.middleware.request_log import RequestLog
from tests.support.applications import HOME, QUESTION, call, made
from tests.support.servers import run_async


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _unsent(_message: Message) -> None:
    raise AssertionError("nobody is there")


class _Panic(BaseException):
    """As what a library in Rust panics with: no `Exception`."""


@pytest.mark.parametrize("error", [_Panic("zebrafish"), ValueError("zebrafish"), MemoryError()], ids=repr)
def test_every_failure_is_reported_as_all_errors_are(
    assistant: Assistant, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[BaseException] = []
    monkeypatch.setattr("citewell.web.logs.failed", lambda error, **_facts: failed.append(error))

    def panicking(*_arguments: object, **_more: object) -> None:
        raise error

    with TestClient(made(assistant), HOME, raise_server_exceptions=False) as client:
        monkeypatch.setattr(View, "ask", panicking)
        for answered in (client.post("/api/ask", json={"question": QUESTION}), call(client, "ask", {"question": "x"})):
            assert answered.status_code == 500
            assert answered.json()["message"] == "Internal error; see the server log"
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
