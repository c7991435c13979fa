"""Starting a server for others: who may get access is shown first."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from citewell import Assistant
from citewell.errors import AccountsError, UsageError
from citewell.web.auth.accounts import AccountStore
from citewell.web.server import Server
from tests.support.accounts import PHRASE, QUICK
from tests.support.applications import HOME, HTML, made
from tests.support.commands import Served, citewell


def test_who_starts_it_for_others_says_who_they_are(
    assistant: Assistant, bundled_index: Path, store: AccountStore
) -> None:
    refused = citewell("chat", "--index", bundled_index, "--port", "7997", "--accounts", store.place, "--public")
    assert refused.returncode == 2
    assert "--public would let everyone in" in refused.stderr
    with pytest.raises(UsageError, match="citewell user add NAME"):
        Server(assistant, host="0.0.0.0", port=7997)  # noqa: S104
    for name in list(store.accounts()):
        store.remove(name)
    for content, told in ((None, "there are no accounts in"), ("{", "damaged, and access is denied")):
        if content:
            Path(store.place).write_text(content, encoding="utf-8")
        with pytest.raises(AccountsError, match=told):
            Server(assistant, host="127.0.0.1", port=7997, accounts=store)
    Path(store.place).unlink()
    with pytest.raises(AccountsError, match="there are no accounts in"):
        Server(assistant, host="127.0.0.1", port=7997, accounts=store)


def test_gradio_makes_one_application_of_the_page(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradio.routes import App

    make = App.create_app
    pages: list[Any] = []

    def counted(*given: Any, **named: Any) -> App:
        pages.append(given)
        return make(*given, **named)

    monkeypatch.setattr(App, "create_app", counted)
    with TestClient(made(assistant), HOME) as client:
        assert "Citewell" in client.get("/", headers=HTML).text
    assert len(pages) == 1


def test_an_address_that_others_reach_starts_with_accounts_and_a_warning(bundled_index: Path, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    AccountStore(file, QUICK).add("ada", "reader", PHRASE)
    served = Served(bundled_index, "--accounts", str(file), "--host", "0.0.0.0", "--name", "docs.example")  # noqa: S104
    with served as url:
        request = urllib.request.Request(f"{url}sign-in", headers={"Host": "docs.example"})
        with urllib.request.urlopen(request) as answered:
            assert answered.status == 200
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(f"{url}sign-in", headers={"Host": "evil.example"}))
    assert "passwords and documents are sent unencrypted" in served.log
