"""The log: no question and no secret stands in it unless that is asked for."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.web.auth.accounts import AccountStore
from tests.support.accounts import OTHER, PHRASE
from tests.support.applications import HOME, ask, made
from tests.support.commands import Served
from tests.support.waiting import until


@pytest.mark.parametrize("questions", [False, True], ids=["as always", "with questions"])
@pytest.mark.promise("secrets")
def test_no_question_is_logged_unless_that_is_asked_for(
    bundled_index: Path, tmp_path: Path, *, questions: bool
) -> None:
    file = tmp_path / "accounts.json"
    store = AccountStore(file)
    store.add("ada", "maintainer", PHRASE)
    token = store.new_token("ada")
    asked = ["zebrafish curriculum", "Thank you, quokka!", "wombat " * 400, "quagga\ud800", "okapi"]
    options = ["--accounts", str(file), "--log-json", *(["--log-questions"] if questions else [])]
    served = Served(bundled_index, *options)
    with served as url:
        opening = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(opening) as opened:
            found = re.search(r'"id":(\d+),"type":"html"', opened.read().decode())
        assert found
        component = int(found[1])

        def call(function: str, data: Any, token: str = token) -> str:
            body = {"data": data, "component_id": component, "fn_name": function, "session_hash": "s"}
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            request = urllib.request.Request(
                f"{url}gradio_api/component_server/", json.dumps(body).encode(), headers=headers
            )
            try:
                with urllib.request.urlopen(request) as response:
                    return str(response.read().decode())
            except urllib.error.HTTPError as error:
                return f"{error.code}"

        for question in asked[:4]:
            call("ask", {"question": question, "history": [{"role": "user", "content": "axolotl"}]})
        call("ask", {"question": "x", "place": asked[4]})
        call("ask", {"question": "x", asked[4]: asked[4]})
        call("ask", asked[4])
        call("say", {"asked": {"question": asked[0]}, "answer": "a" * 16, "shown": "x", "verdict": "helpful"})
        assert call("ask", {"question": asked[4]}, "wrong") == "401"
        call("maintain", {"action": "checks"})
        call("judge", {"action": "runs"})
        mistaken, wrong = (
            urllib.parse.urlencode({"name": name, "password": OTHER, "next": f"/?q={asked[4]}"}).encode()
            for name in ("ada", "correct horse battery staple")
        )
        for path, data in (
            (f"?q={asked[4]}", None),
            (f"nowhere?q={asked[4]}", None),
            ("sign-in", mistaken),
            ("sign-in", wrong),
        ):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(url + path, data)
        until(lambda: served.log.count('"path": "/sign-in"') >= 2)
    log = served.log
    events = [json.loads(line) for line in log.splitlines()]
    names = [each["event"] for each in events]
    assert {"server started", "request", "refused", "question answered", "maintaining", "judging"} <= set(names)
    answered = next(each for each in events if each["event"] == "question answered")
    assert {"id", "user", "answered", "confidence", "ms", "words", "level", "timestamp"} <= set(answered)
    assert (answered["user"], answered["words"]) == ("ada", 2)
    failed = [each.get("name") for each in events if each.get("why") == "sign-in failed"]
    # A name that there is not can be a password that was typed in the wrong place.
    assert failed == ["ada", None]
    lines = [each for each in events if each["event"] == "request"]
    assert {each["path"] for each in lines} >= {"/", "/nowhere", "/sign-in", "/gradio_api/component_server/"}
    for secret in (PHRASE, OTHER, token, "axolotl", "?q=", "staple"):
        assert secret not in log
    told = [word for word in ("zebrafish", "quokka", "wombat", "quagga", "okapi") if word in log]
    assert told == (["zebrafish", "quokka"] if questions else [])


def test_an_error_that_nobody_expected_is_logged_without_what_was_asked(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[dict[str, Any]] = []
    client = TestClient(made(assistant), HOME)

    def broken(*_arguments: object, **_more: object) -> None:
        raise ValueError("zebrafish")

    monkeypatch.setattr("citewell.web.chat.chat.render_answer", broken)
    monkeypatch.setattr("citewell.web.logs.failed", lambda error, **facts: failed.append({"error": error, **facts}))
    answered = ask(client)
    assert answered.status_code == 500
    assert "zebrafish" not in answered.text
    assert [type(each["error"]) for each in failed] == [ValueError]
