"""Routes: what the page does not need is not there, and nothing but the corpus can be read through it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from citewell import Assistant, IndexFolder, Settings, build
from tests.support.applications import HOME, ask, call, component_of, made
from tests.support.costs import Application


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=%2Fetc%2Fpasswd",
        "/gradio_api/file%3D/etc/passwd",
        "/gradio_api/file=file:///etc/passwd",
        "/gradio_api/file=http://127.0.0.1:7860/",
        "/gradio_api/file/etc/passwd",
        "/file=/etc/passwd",
        "/assets/../../../../../../etc/passwd",
        "/assets/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cetc%5cpasswd",
        "/assets//etc/passwd",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static/js/..%2f..%2fconfig.json",
        "/static//etc/passwd",
        "/svelte/../../etc/passwd",
        "/gradio_api/custom_component/1/client/component/../../../etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:7860/",
        "/gradio_api/stream/s/1/2/playlist.m3u8",
        "/gradio_api/queue/data?session_hash=s",
        "/gradio_api/queue/status",
        "/gradio_api/heartbeat/s",
        "/gradio_api/upload_progress?upload_id=x",
        "/gradio_api/component_server/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/startup-events",
        "/gradio_api/app_id",
        "/gradio_api/token",
        "/gradio_api/user",
        "/gradio_api/runs",
        "/gradio_api/dev/reload",
        "/gradio_api/mcp/sse",
        "/gradio_api/deep_link",
        "/gradio_api/vibe-code/",
        "/config",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/logout",
        "/pwa_icon",
        "/etc/passwd",
        "//etc/passwd",
        "/corpus/international-education.txt",
        "/index/feedback.sqlite",
        "/accounts.json",
    ],
)
def test_what_the_page_does_not_need_is_not_there(open_client: TestClient, path: str) -> None:
    # As an ASGI server gets it: no client has tidied the path up.
    for raw in (path, path.replace("%2f", "%252f")):
        answered = open_client.get(HOME + raw)
        assert answered.status_code == 404, raw
        assert "root:" not in answered.text
        assert answered.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/ask", "/gradio_api/api/ask", "/login"),
        *("/gradio_api/call/ask", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/process_recording"),
        *("/gradio_api/stream/x", "/gradio_api/vibe-edit/", "/gradio_api/run-history/connect", "/gradio_api/login"),
    ],
)
def test_nothing_is_taken_that_the_page_does_not_send(open_client: TestClient, path: str) -> None:
    files = {"files": ("x.txt", b"x", "text/plain")}
    assert open_client.post(path, files=files).status_code == 404
    assert open_client.post(path, json={"data": []}).status_code == 404
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert open_client.request(method, path).status_code in {404, 405}


def test_the_pages_functions_take_no_files_and_are_no_others(open_client: TestClient) -> None:
    files = {"x": ("x.txt", b"x", "text/plain")}
    fields = {"data": '"x"', "component_id": "1", "fn_name": "ask", "session_hash": "s"}
    assert open_client.post("/gradio_api/component_server/", data=fields, files=files).status_code == 404
    for function in ("__init__", "get_config", "postprocess", "move_resource_to_block_cache", "nothing"):
        assert call(open_client, function, {}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..%2f..%2fetc/passwd",
        "./international-education.txt",
        "animals/../../x",
        "\0",
    ],
)
def test_a_document_is_shown_by_its_name_in_the_index_alone(open_client: TestClient, path: str) -> None:
    shown = call(open_client, "show", {"path": path, "start": 0, "end": 1, "key": "x"}).json()
    assert "cw-error" in shown
    assert "root:" not in shown
    asked = call(open_client, "ask", {"question": "root", "place": path}).json()
    assert "The index has no document" in asked or path == "./international-education.txt"


@pytest.mark.usefixtures("encoder")
def test_a_link_that_leads_out_of_the_corpus_is_not_followed(corpus: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Secret\n\nThe treasure lies under the old oak of Whitby.\n", encoding="utf-8")
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "deep.txt").write_text(secret.read_text(encoding="utf-8"), encoding="utf-8")
    (corpus / "link.txt").symlink_to(secret)
    (corpus / "folder").symlink_to(tmp_path / "vault", target_is_directory=True)
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    client = TestClient(made(Assistant(IndexFolder(tmp_path / "index"))), HOME)
    assert "oak" not in ask(client, "Where does the treasure lie?").json()
    for path in ("link.txt", "folder/deep.txt"):
        shown = call(client, "show", {"path": path, "start": 0, "end": 1, "key": "x"}).json()
        assert "cw-error" in shown
        assert "oak" not in shown


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
def test_a_call_that_is_none_is_no_mistake_of_the_server(plain_app: Application, body: Any, status: int) -> None:
    right = {
        "component_id": component_of(plain_app.app),
        "fn_name": "ask",
        "session_hash": "s",
        "data": {"question": "x"},
    }
    sent = json.dumps({**right, **body} if isinstance(body, dict) else body).encode()
    assert plain_app.ask("POST", "/gradio_api/component_server/", sent) == status
