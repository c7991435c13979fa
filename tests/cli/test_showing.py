"""`citewell show`: what Citewell sees of a file, from the index or read now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from citewell.building import build
from citewell.building.seeing import Seen
from citewell.building.showing import show
from citewell.errors import UsageError
from citewell.index.folder import IndexFolder
from citewell.settings import Settings
from tests.support.commands import citewell
from tests.support.environment import CORPUS

NAME = "international-education.txt"
OTTERS = "# Otters\n\nThey live in rivers.\n\n## Food\n\n### At night\n\nOtters eat fish and crabs.\n\n## Play\n\nThey slide.\n"


def _json(*arguments: str | Path) -> dict[str, Any]:
    done = citewell("show", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_document_of_the_index_at_a_glance(bundled_index: Path) -> None:
    done = citewell("show", NAME, "--index", bundled_index)
    lines = done.stdout.splitlines()
    assert lines[:2] == [NAME, "  Title     International Cooperation: International Education Explained"]
    assert "  Index     what the index has" in lines
    assert "  Challenges and Opportunities  3784" in lines
    assert lines[lines.index("Begins") + 1] == "  International Cooperation: International Education Explained"


def test_the_index_and_the_file_are_seen_alike(bundled_index: Path) -> None:
    settings, index = Settings(), IndexFolder(bundled_index)
    indexed = show(NAME, index, settings, passages=True)
    fresh = show(str(CORPUS / NAME), index, settings, fresh=True, passages=True)
    assert (indexed.indexed, fresh.indexed) == (True, False)
    assert fresh.path == NAME
    assert indexed.model_copy(update={"indexed": False}) == fresh
    assert indexed.passages
    assert all(each.text == indexed.text[each.start : each.end] for each in indexed.passages)


def test_texts_are_printed_only_when_asked_for(bundled_index: Path) -> None:
    plain = _json(NAME, "--index", bundled_index)
    assert ("text" in plain, plain["passages"]) == (False, None)
    whole = _json(NAME, "--index", bundled_index, "--text", "--passages")
    assert whole["text"] == (CORPUS / NAME).read_text(encoding="utf-8")
    assert len(whole["passages"]) > 5
    printed = citewell("show", NAME, "--index", bundled_index, "--text", "--passages").stdout
    assert whole["text"].strip() in printed
    assert f"({whole['passages'][3]['start']}-{whole['passages'][3]['end']})" in printed


def test_a_file_is_shown_before_there_is_an_index(tmp_path: Path) -> None:
    file = tmp_path / "otters.md"
    file.write_text(OTTERS, encoding="utf-8")
    found = _json(file, "--index", tmp_path / "none")
    outline = [(each["level"], each["text"]) for each in found["outline"]]
    assert outline == [(1, "Food"), (2, "At night"), (1, "Play")]
    assert (found["title"], found["indexed"], found["words"]) == ("Otters", False, 16)


def test_what_an_index_does_not_have_is_said(corpus: Path, index: IndexFolder) -> None:
    build(corpus, index, Settings())
    (corpus / "otters.md").write_text(OTTERS, encoding="utf-8")
    assert show("otters.md", index, Settings()).note == "is newer than the index"
    changed = corpus / "moon.txt"
    before = show("moon.txt", index, Settings())
    changed.write_text("The Moon\n\nIt has craters.\n", encoding="utf-8")
    after = show(str(changed), index, Settings())
    assert (before.note, after.text) == (None, before.text)
    assert (after.note or "").startswith("has changed since it was indexed")
    assert "craters" in show("moon.txt", index, Settings(), fresh=True).text
    changed.unlink()
    assert (show("moon.txt", index, Settings()).note or "").startswith("is no longer in the corpus")


def test_warnings_are_shown_and_control_characters_are_not(tmp_path: Path) -> None:
    file = tmp_path / "tower.txt"
    file.write_bytes("Höhe, Länge\n\nEs ist \x1b[31m rot und größer ".encode() + b"\xff.")
    done = citewell("show", file, "--index", tmp_path / "none", "--text")
    assert "Warnings  not UTF-8, shown as" in done.stdout
    assert "\x1b" not in done.stdout
    assert len(Seen.model_validate(_json(file, "--text")).warnings) == 1


def test_what_cannot_be_shown_is_one_line(bundled_index: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    for name, message in (
        (tmp_path / "empty.txt", "empty.txt cannot be shown: contains no text"),
        (tmp_path, "is not a file"),
        ("none.txt", "there is no file 'none.txt', and the index has no such document"),
    ):
        done = citewell("show", name, "--index", bundled_index)
        assert (done.returncode != 0, done.stdout, len(done.stderr.splitlines())) == (True, "", 1)
        assert message in done.stderr
    done = citewell("show", "none.txt", "--index", tmp_path / "none")
    assert "there is no file 'none.txt', and there is no index in" in done.stderr


def test_a_link_to_itself_is_no_file(bundled_index: Path, tmp_path: Path) -> None:
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    with pytest.raises(UsageError, match="no file"):
        show(str(tmp_path / "loop.md"), IndexFolder(bundled_index), Settings())


def test_a_long_name_of_a_fact_is_apart_from_its_value(tmp_path: Path) -> None:
    (tmp_path / "tower.md").write_text("---\ndescription: A tower.\n---\nIt is high.\n", encoding="utf-8")
    done = citewell("show", tmp_path / "tower.md", "--index", tmp_path / "none")
    assert "\n  Description A tower. (" in done.stdout
