"""`citewell example`: documents in six formats, and questions about them that are answered right."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.commands import citewell


def test_the_example_is_indexed_and_its_questions_are_answered(tmp_path: Path) -> None:
    told = citewell("example", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.endswith("Next: citewell index\n")
    built = json.loads(citewell("index", "--json", cwd=tmp_path).stdout)
    files = sorted(each.name for each in (tmp_path / "corpus").iterdir())
    assert (len(files), built["skipped"]) == (6, [])
    assert all(f"  {name}\n" in told.stdout for name in files)
    # The packing list is attached to a message.
    counts = {"documents_total": built["documents_total"], "attached": built["attached"]}
    status = json.loads(citewell("status", "--json", cwd=tmp_path).stdout)
    assert counts == {"documents_total": status["documents"], "attached": status["attached"]}
    assert counts == {"documents_total": 7, "attached": 1}
    assert "7 (1 attached)" in citewell("status", cwd=tmp_path).stdout
    assert "documents: 7 (1 attached)" in citewell("index", cwd=tmp_path).stdout
    checked = citewell("questions", "check", "example.questions.yaml", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    measured = json.loads(citewell("evaluate", "example.questions.yaml", "--json", cwd=tmp_path).stdout)
    assert (measured["coverable"], measured["foreign"]) == (9, 1)
    assert measured["measures"]["hit@3"]["mean"] == measured["measures"]["highlight@1"]["mean"] == 1.0


def test_a_folder_with_documents_gets_no_others(tmp_path: Path) -> None:
    mine = tmp_path / "corpus" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("My own words.", encoding="utf-8")
    told = citewell("example", cwd=tmp_path)
    assert told.returncode == 2
    assert "corpus is there already and not empty; give another folder with --corpus" in told.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["corpus"]
    assert [each.name for each in mine.parent.iterdir()] == ["mine.txt"]
    assert citewell("example", "--corpus", "a place", cwd=tmp_path).stdout.endswith(
        "Next: citewell index --corpus 'a place'\n"
    )
