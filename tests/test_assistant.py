"""What the assistant hands out for one request belongs to one snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell import Answer, Assistant, IndexFolder, Settings, build
from citewell.view import View
from citewell.web.desk import Desk
from tests.support.servers import run_async

OTTERS = "animals/otters.md"


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> IndexFolder:
    folder = IndexFolder(tmp_path / "index")
    build(corpus, folder, Settings())
    return folder


def test_a_view_reads_one_snapshot_even_if_a_rebuild_switches(index: IndexFolder, corpus: Path) -> None:
    assistant = Assistant(index)
    view = assistant.view()
    before = view.document(OTTERS)
    (corpus / OTTERS).write_text("# Stones\n\nNothing about animals stands here any more.\n", encoding="utf-8")
    (corpus / "new.txt").write_text("A new document about the moon and its craters.\n", encoding="utf-8")
    build(corpus, index, Settings())
    answer = view.ask("What do otters eat?")
    assert answer.snapshot == view.manifest.name
    assert view.document(OTTERS) == before
    assert "new.txt" not in {each.path for each in view.documents()}
    assert view.drifted({OTTERS}) == {OTTERS: "changed"}
    now = assistant.view()
    assert now.manifest.name != view.manifest.name
    assert "new.txt" in {each.path for each in now.documents()}
    assert now.drifted({OTTERS}) == {}


def test_what_is_rendered_with_an_answer_is_read_from_its_snapshot(index: IndexFolder, corpus: Path) -> None:
    desk = Desk(Assistant(index))

    def render(answer: Answer, view: View) -> tuple[str, str, int]:
        (corpus / "new.txt").write_text("A new document about the moon and its craters.\n", encoding="utf-8")
        build(corpus, index, Settings())
        return answer.snapshot, view.manifest.name, len(view.documents())

    asked, read, documents = run_async(lambda: desk.ask("What do otters eat?", render))
    assert asked == read
    assert documents == len(desk.assistant.documents()) - 1
