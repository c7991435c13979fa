"""Documents over HTTP: as they were indexed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.web.api.schema import Document, Documents
from tests.support.indexes import write_small_corpus
from tests.support.programs import client_of
from tests.support.servers import run_async


def test_documents_are_listed_and_read_as_they_were_indexed(corpus: Path, index: IndexFolder) -> None:
    with client_of(index.path) as api:
        listed = Documents.model_validate(api.get("/api/documents").json())
        assert [each.path for each in listed.documents] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
        assert listed.snapshot == index.current()
        otters = Document.model_validate(api.get("/api/documents/animals/otters.md").json())
        assert otters.title == "Otters"
        assert otters.text == (corpus / "animals" / "otters.md").read_text(encoding="utf-8")
        assert [each.path for each in otters.headings] == [["Food"], ["Play"]]
        assert [otters.text[each.start : each.end] for each in otters.headings] == ["## Food", "## Play"]
        (corpus / "moon.txt").write_text("Not what was indexed.", encoding="utf-8")
        assert "twenty-seven days" in api.get("/api/documents/moon.txt").json()["text"]


def test_names_of_any_kind_can_be_read(corpus: Path, index: IndexFolder) -> None:
    names = ["100% sure?.txt", "a#b & c.txt", "Überblick 日本.txt", "double dots...txt"]
    for name in names:
        (corpus / name).write_text("A wren weighs ten grams.\n", encoding="utf-8")
    build(corpus, index, Settings())
    with client_of(index.path) as api:
        listed = [each["path"] for each in api.get("/api/documents").json()["documents"]]
        assert set(names) < set(listed)
        for name in names:
            encoded = "".join(f"%{byte:02x}" for byte in name.encode())
            assert api.get(f"/api/documents/{encoded}").json()["path"] == name


OUTSIDE = [
    "../secret.txt",
    "..%2fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "%2e%2e/secret.txt",
    "animals/../../secret.txt",
    "animals/%2e%2e/%2e%2e/secret.txt",
    "animals%2f..%2fmoon.txt",
    "./moon.txt",
    ".hidden.txt",
    "left-out.accdb",
    "..\\secret.txt",
    "moon.txt%00",
    "MOON.TXT",
    "%",
    "%ff",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "' OR 1=1 --",
    "*",
    "",
]


@pytest.fixture(scope="module")
def guarded(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> tuple[TestClient, Path]:
    """A client, and the corpus, beside and in which files are that the index does not hold."""
    assert encoder.card.dimension
    folder = tmp_path_factory.mktemp("guarded")
    corpus, index = write_small_corpus(folder / "corpus"), IndexFolder(folder / "index")
    build(corpus, index, Settings())
    for file in (folder / "secret.txt", corpus / ".hidden.txt", corpus / "left-out.accdb"):
        file.write_text("hush", encoding="utf-8")
    return client_of(index.path), corpus


@pytest.mark.parametrize("path", [*OUTSIDE, "{corpus}/moon.txt", "{corpus}/../secret.txt", "../index/CURRENT"])
def test_nothing_but_what_the_index_holds_is_read(guarded: tuple[TestClient, Path], path: str) -> None:
    client, corpus = guarded
    # As the server passes it on: decoded, and with nothing taken out by a client that means well.
    raw = f"/api/documents/{path.format(corpus=corpus)}"
    status, said = over_asgi(client, raw)
    assert status == 404
    assert json.loads(said)["message"].startswith(("the index has no document", "/api/"))


def over_asgi(client: TestClient, raw: str) -> tuple[int, str]:
    """Send a path just as it is, which clients do not."""
    from urllib.parse import unquote

    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    app: Callable[..., Any] = client.app
    run_async(app, scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body.decode()
