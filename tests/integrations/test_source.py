"""Where retrievers get answers from: what a server refuses is an error of Citewell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from citewell.errors import CitewellError
from citewell.integrations.source import Source
from citewell.web.auth.accounts import AccountStore
from tests.support.accounts import PHRASE, QUICK
from tests.support.environment import ROOT
from tests.support.ports import free_port
from tests.support.servers import hosted

QUESTION = "What are the challenges of international cooperation?"


def test_a_server_with_accounts_is_asked_with_a_token(
    bundled_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = AccountStore(tmp_path / "accounts.json", QUICK)
    store.add("bob", "reader", PHRASE)
    token = store.new_token("bob")
    with hosted(bundled_index, accounts=store, rate=2) as url:
        with pytest.raises(CitewellError, match="sign in first"):
            Source(url=url).retrieve(QUESTION, 1)
        assert len(Source(url=url.rstrip("/"), token=token).retrieve(QUESTION, 1)[1]) == 1
        monkeypatch.setenv("CITEWELL_TOKEN", token)
        assert len(Source(url=url).retrieve(QUESTION, 2)[1]) == 2
        with pytest.raises(CitewellError, match="too many questions"):
            Source(url=url).retrieve(QUESTION, 1)


def test_a_server_that_is_not_there_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CitewellError, match=f"{url} cannot be reached"):
        Source(url=url).retrieve(QUESTION, 1)


@pytest.fixture
def another() -> Iterator[str]:
    """A server that is none of Citewell."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(502, "Bad Gateway")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_another_server_says_is_an_error_too(another: str) -> None:
    with pytest.raises(CitewellError, match="the server answered 502 Bad Gateway"):
        Source(url=another).retrieve(QUESTION, 1)


def test_only_the_module_for_a_framework_imports_it() -> None:
    frameworks = {"langchain_core": "langchain", "llama_index": "llamaindex", "haystack": "haystack", "openai": None}
    imported = re.compile(rf"^\s*(?:from|import) ({'|'.join(frameworks)})\b", re.MULTILINE)
    module = re.compile(r"citewell\.integrations(?:\.| import \(?\s*)(?:langchain|llamaindex|haystack)\b")
    found = set()
    for file in (ROOT / "src").rglob("*.py"):
        code = file.read_text(encoding="utf-8")
        assert not module.search(code), file
        found |= {(name, file.stem) for name in imported.findall(code)}
    assert found == {(name, stem) for name, stem in frameworks.items() if stem}
