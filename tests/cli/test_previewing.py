"""``citewell index --dry-run``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.commands import citewell


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "node_modules").mkdir(parents=True)
    (folder / "moon.md").write_text("The moon is full.\n")
    (folder / "node_modules" / "readme.md").write_text("No.\n")
    (folder / "drafts.md").write_text("Draft.\n")
    (folder / "moon.bin").write_bytes(b"\0\1\2")
    (folder / ".citewellignore").write_text("# drafts\n/drafts.md\n[x\n")
    return folder


def test_what_would_be_read_and_left_out_is_listed_with_its_rule_and_nothing_is_written(
    corpus: Path, tmp_path: Path
) -> None:
    done = citewell("index", "--corpus", corpus, "--index", tmp_path / "index", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Would be read (1):",
        "  moon.md (new)",
        "Left out by rules (2):",
        "  drafts.md: the rule /drafts.md in .citewellignore, line 2",
        "  node_modules/: the usual rule node_modules/",
        "Not read (1):",
        "  moon.bin: not a supported format (.bin)",
        "Rules that are not used (1):",
        "  .citewellignore, line 3: '[x' is a pattern that nothing matches",
        "Nothing was written.",
    ]
    assert not (tmp_path / "index").exists()


def test_the_same_as_json(corpus: Path, tmp_path: Path) -> None:
    done = citewell("index", "--corpus", corpus, "--index", tmp_path / "index", "--dry-run", "--json")
    found = json.loads(done.stdout)
    assert found["read"] == ["moon.md"]
    assert found["added"] == ["moon.md"]
    assert [(each["path"], each["rule"], each["source"], each["line"]) for each in found["excluded"]] == [
        ("drafts.md", "/drafts.md", ".citewellignore", 2),
        ("node_modules/", "node_modules/", "default", None),
    ]
    assert [each["path"] for each in found["skipped"]] == ["moon.bin"]


def test_rules_of_the_settings_file_name_it(corpus: Path, tmp_path: Path) -> None:
    settings = tmp_path / "my.toml"
    settings.write_text('exclude = [\n  "moon.*",\n]\n')
    done = citewell("--settings", settings, "index", "--corpus", corpus, "--index", tmp_path / "index", "--dry-run")
    assert f"  moon.md: the rule moon.* in {settings}, line 2" in done.stdout.splitlines()


def test_status_counts_and_names_what_is_left_out_apart_from_what_could_not_be_read(
    corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    built = citewell("index", "--corpus", corpus, "--index", index)
    assert "2 files and folders left out by rules:" in built.stdout
    told = citewell("status", "--index", index).stdout
    assert "2 files and folders left out by rules:" in told
    assert "  node_modules/: the usual rule node_modules/" in told
    assert "1 file skipped:" in told
    assert "A rule is not used: .citewellignore, line 3" in told
    found = json.loads(citewell("status", "--index", index, "--json").stdout)
    assert [each["path"] for each in found["excluded"]] == ["drafts.md", "node_modules/"]
    assert [each["path"] for each in found["skipped"]] == ["moon.bin"]
    assert len(found["rule_faults"]) == 1
