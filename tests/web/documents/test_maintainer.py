"""Rebuilds from the page: cancelled, failed, held back, logged and counted; and who may start them."""

from __future__ import annotations

import io
import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect
from prometheus_client import CollectorRegistry

from citewell import Assistant, IndexFolder, Settings
from citewell.errors import CitewellError, HeldBackError
from citewell.index.publishing import writing
from citewell.web import ServerOptions, logs
from citewell.web.application import create_app
from citewell.web.documents.maintainer import Maintainer
from citewell.web.documents.panel import render_rebuild
from citewell.web.documents.rebuild_metrics import RebuildMeasures
from citewell.web.documents.rebuilds import Rebuild
from tests.support.indexes import segment_of
from tests.support.servers import hosted


@pytest.mark.promise("roles")
def test_only_who_may_manages_the_documents(corpus: Path, index: IndexFolder) -> None:
    assistant = Assistant(index)
    wren = b"Wren\n\nA wren weighs ten grams.\n"
    with TestClient(create_app(assistant, ServerOptions(public=True)), base_url="http://127.0.0.1") as client:
        assert client.put("/api/documents/wren.txt", content=wren).status_code == 403
        assert client.delete("/api/documents/moon.txt").status_code == 403
        assert "put" not in client.get("/openapi.json").json()["paths"]["/api/documents/{path}"]
    with TestClient(create_app(assistant), base_url="http://127.0.0.1") as client:
        done = client.put("/api/documents/birds/wren.txt", content=wren)
        assert done.json()["title"] == "Wren"
        assert done.json()["sections"] == 1
        assert (corpus / "birds" / "wren.txt").read_bytes() == wren
        assert client.put("/api/documents/birds/wren.txt", content=wren).json()["unchanged"] is True
        assert client.put("/api/documents/birds/wren.txt", content=wren + b"It sings.\n").status_code == 409
        assert client.put("/api/documents/birds/wren.txt?replace=true", content=wren).status_code == 200
        for path in ("../out.txt", "%2e%2e/out.txt", "..%2fout.txt", ".hidden.txt", "a.accdb"):
            assert client.put(f"/api/documents/{path}", content=wren).status_code in {404, 422}
        assert client.put("/api/documents/empty.txt", content=b"").status_code == 422
        too_long = client.put("/api/documents/long.txt", content=(b"word " * 200_000 for _ in range(70)))
        assert too_long.status_code == 413
        assert client.delete("/api/documents/nothing.txt").status_code == 404
        kept = client.delete("/api/documents/birds/wren.txt").json()["kept"]
        assert Path(kept).read_bytes() == wren
    assert sorted(each.name for each in corpus.parent.iterdir()) == ["corpus", "index", "index-state"]
    assert not [each for each in corpus.rglob("*") if each.name.startswith((".", "long", "out"))]


@pytest.mark.long
@pytest.mark.browser
def test_the_checks_say_what_is_sound_and_what_fixes_what_is_not(page: Page, index: IndexFolder) -> None:
    with hosted(index.path) as url:
        page.goto(url)
        page.get_by_role("button", name="Documents", exact=True).click()
        page.get_by_role("button", name="Run the checks").click()
        expect(page.locator(".cw-sound")).to_have_count(6)
        expect(page.locator(".cw-fault")).to_have_count(0)
        vectors = segment_of(index) / "vectors.faiss"
        vectors.write_bytes(vectors.read_bytes()[:-1])
        page.get_by_role("button", name="Run the checks").click()
        expect(page.locator(".cw-fault")).to_contain_text("vectors.faiss")
        expect(page.locator(".cw-fault code")).to_contain_text("citewell index --corpus")


@pytest.mark.browser
def test_a_page_for_everyone_lets_nobody_manage_the_documents(page: Page, index: IndexFolder) -> None:
    with hosted(index.path, public=True) as url:
        page.goto(url)
        expect(page.get_by_role("textbox", name="Your question")).to_be_visible()
        expect(page.get_by_role("button", name="Documents", exact=True)).to_have_count(0)
        # Not even by a button that somebody makes.
        page.evaluate(
            "() => { const button = document.querySelector('[data-maintain]');"
            " button.hidden = false; button.dataset.maintain = 'rebuild'; button.click(); }"
        )
        # Nothing comes of it, however long one waits.
        page.wait_for_timeout(1000)
        assert index.names() == [index.current()]


def test_a_rebuild_can_be_cancelled_and_leaves_the_index_as_it_was(corpus: Path, index: IndexFolder) -> None:
    before = index.current()
    for nth in range(60):
        (corpus / f"{nth}.txt").write_text(f"Locker {nth} is opened with key {nth}.\n", encoding="utf-8")
    maintainer = Maintainer(index, Settings())
    maintainer.rebuild()
    maintainer.cancel()
    maintainer.wait()
    ended = maintainer.rebuilding
    assert ended is not None
    assert (ended.running, ended.cancelled, ended.report, ended.error) == (False, True, None, None)
    assert index.current() == before
    maintainer.rebuild()
    maintainer.rebuild()
    maintainer.wait()
    done = maintainer.rebuilding
    assert done is not None
    assert done.report is not None
    assert done.report.added == 60
    assert next(iter(done.stages)) == "Reading"
    assert len(index.names()) == 2


def test_what_goes_wrong_with_a_rebuild_is_said(corpus: Path, index: IndexFolder) -> None:
    shutil.rmtree(corpus)
    maintainer = Maintainer(index, Settings())
    maintainer.rebuild()
    maintainer.wait()
    ended = maintainer.rebuilding
    assert ended is not None
    assert ended.error is not None
    assert "is not a folder" in str(ended.error)
    assert not ended.running


def lines(logged: io.StringIO, event: str) -> list[dict[str, Any]]:
    """What was logged of one kind since it was last looked."""
    said = logged.getvalue().splitlines()
    logged.seek(0)
    logged.truncate()
    return [each for each in map(json.loads, said) if each["event"] == event]


def ended(maintainer: Maintainer, **how: bool) -> Rebuild:
    """A rebuild that has ended."""
    maintainer.rebuild(**how)
    maintainer.wait()
    assert maintainer.rebuilding is not None
    return maintainer.rebuilding


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, as JSON."""
    stream = io.StringIO()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stream)
        logs.configure(as_json=True)
    yield stream
    logs.configure()


@pytest.mark.promise("unattended")
def test_each_rebuild_is_one_line_and_is_counted(corpus: Path, index: IndexFolder, logged: io.StringIO) -> None:
    maintainer = Maintainer(index, Settings())
    registry = CollectorRegistry()
    maintainer.listeners.append(RebuildMeasures(registry).count)
    (corpus / "wren.txt").write_text("A wren weighs ten grams.\n", encoding="utf-8")
    assert ended(maintainer, unattended=True).outcome == "done"
    (line,) = lines(logged, "index rebuilt")
    assert (line["added"], line["changed"], line["removed"], line["kept"], line["skipped"]) == (1, 0, 0, 0, 1)
    assert (line["unattended"], line["snapshot"], line["seconds"] > 0) == (True, index.current(), True)
    assert ended(maintainer).outcome == "up to date"
    assert len(lines(logged, "index up to date")) == 1
    with writing(index):
        assert ended(maintainer).outcome == "failed"
    assert maintainer.unsettled
    (line,) = lines(logged, "index rebuild failed")
    assert "another process is writing" in line["error"]
    shutil.rmtree(corpus / "animals")
    (corpus / "moon.txt").unlink()
    assert ended(maintainer, guarded=True, unattended=True).outcome == "held back"
    (line,) = lines(logged, "index rebuild held back")
    assert line["lost"] == 3
    counted = {
        (each.name, *each.labels.values()): each.value for family in registry.collect() for each in family.samples
    }
    assert counted["citewell_rebuilds_total", "done"] == 1
    assert counted["citewell_rebuilds_total", "held back"] == 1
    assert counted["citewell_rebuilds_total", "failed"] == 1
    assert counted["citewell_rebuilds_total", "up to date"] == 1
    assert counted["citewell_rebuilt_documents_total", "added"] == 1
    assert counted["citewell_rebuild_held_back_documents",] == 3
    assert counted["citewell_rebuild_last_success_timestamp_seconds",] > time.time() - 600


def test_an_error_that_nobody_expected_is_logged_and_the_next_rebuild_is_done(
    index: IndexFolder, logged: io.StringIO
) -> None:
    maintainer = Maintainer(index, Settings())

    # What the settings hold is another thing than a build can take.
    maintainer._settings = None  # type: ignore[assignment]
    assert ended(maintainer).outcome == "failed"
    said = logged.getvalue()
    assert "AttributeError" in said
    assert "index rebuild failed" in said
    maintainer._settings = Settings()
    assert ended(maintainer).outcome == "up to date"


@pytest.mark.promise("unattended")
def test_what_is_held_back_is_done_when_a_person_says_so_or_the_files_are_back(
    corpus: Path, index: IndexFolder
) -> None:
    maintainer = Maintainer(index, Settings())
    away = corpus.parent / "away"
    (corpus / "animals").rename(away)
    (corpus / "animals").mkdir()
    held = ended(maintainer, guarded=True, unattended=True)
    assert held.held_back is not None
    assert held.held_back.lost == ("animals/bees.txt", "animals/otters.md")
    assert index.manifest().documents == 3
    (corpus / "animals").rmdir()
    away.rename(corpus / "animals")
    assert ended(maintainer, guarded=True, unattended=True).outcome == "up to date"
    assert not maintainer.unsettled
    shutil.rmtree(corpus / "animals")
    assert ended(maintainer, guarded=True, unattended=True).outcome == "held back"
    assert ended(maintainer).outcome == "done"
    assert index.manifest().documents == 1


@pytest.mark.parametrize(
    ("lost", "button"),
    [
        ((), "anyway<"),
        (("a.txt",), "anyway, without this document<"),
        (("a.txt", "b.txt"), "anyway, without these 2 documents<"),
    ],
)
def test_the_button_says_what_would_be_lost_as_far_as_it_is_known(lost: tuple[str, ...], button: str) -> None:
    error = HeldBackError("the index is unusable", lost=lost, command="citewell index")
    assert f"Update the index {button}" in render_rebuild(Rebuild(running=False, error=error))


def test_removals_here_are_confirmed_even_after_a_restart(index: IndexFolder) -> None:
    with TestClient(create_app(Assistant(index)), base_url="http://127.0.0.1") as client:
        for path in ("animals/bees.txt", "animals/otters.md"):
            assert client.delete(f"/api/documents/{path}").status_code == 200
    maintainer = Maintainer(index, Settings())
    assert ended(maintainer, guarded=True, unattended=True).outcome == "done"
    assert index.manifest().documents == 1


@pytest.mark.parametrize(
    "path",
    [
        "/".join(["a"] * 2_000) + "/x.md",
        "moon.txt/inner.md",
        "CON.txt",
        "aux/x.md",
        "dot./x.md",
        "trail%20/x.md",
        "MOON.txt",
    ],
    ids=lambda value: value[:20],
)
def test_no_path_is_a_fault_of_the_server(corpus: Path, index: IndexFolder, path: str) -> None:
    before = sorted(corpus.rglob("*"))
    with TestClient(create_app(Assistant(index)), base_url="http://127.0.0.1") as client:
        assert 400 <= client.put(f"/api/documents/{path}", content=b"A wren.").status_code < 500
        assert 400 <= client.delete(f"/api/documents/{path}").status_code < 500
        assert 400 <= client.get(f"/api/documents/{path}").status_code < 500
    assert sorted(corpus.rglob("*")) == before


def test_a_failed_rebuild_shows_the_command_as_code_apart_from_errors_of_the_call() -> None:
    error = CitewellError("no <space>", command="citewell index", hint="free space on the disk")
    html = " ".join(render_rebuild(Rebuild(running=False, error=error)).split())
    assert '<div><p class="cw-error" role="alert">No &lt;space&gt;. Free space on the disk.' in html
    assert "<code>citewell index</code>" in html
    assert 'data-maintain="rebuild"' in html
