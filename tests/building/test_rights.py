"""Rights that are missing: a document that may not be read is not gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from citewell import IndexFolder
from tests.support.commands import citewell
from tests.support.environment import ROOT
from tests.support.indexes import WREN

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")
# Rights bind everyone but root, who is bound by them without these two capabilities.
BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture
def rights(corpus: Path) -> Iterator[None]:
    """Where rights bind whom the test runs commands as; afterwards all can be removed."""
    if os.name != "posix":
        pytest.skip("other systems have other rights")
    yield
    subprocess.run(["chmod", "-R", "u+rwX", corpus], check=True)


def bound(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python as a user whom rights bind."""
    command = [*(BOUND if os.geteuid() == 0 else []), sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)


def as_user(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user whom rights bind."""
    return citewell(*arguments, user="bound") if os.geteuid() == 0 else citewell(*arguments)


def told(*arguments: str | Path) -> Any:
    """Return what the command line says as JSON to a user whom rights bind."""
    done = as_user(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def skipped(report: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {each["path"]: each["reason"] for each in report["skipped"]}


@pytest.mark.usefixtures("rights")
@pytest.mark.promise("nothing-lost")
def test_what_rights_do_not_give_stays_in_the_index_until_it_is_read_again(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert as_user("index", "--corpus", corpus, "--index", index).returncode == 0
    (corpus / "moon.txt").chmod(0)
    (corpus / "animals").chmod(0)
    (corpus / "new.txt").write_text(WREN, encoding="utf-8")
    (corpus / "new.txt").chmod(0)
    (corpus / "wren.txt").write_text(WREN, encoding="utf-8")
    done = told("index", "--corpus", corpus, "--index", index)
    assert done["documents"] == {"added": 1, "changed": 0, "removed": 0, "unchanged": 0}
    assert done["kept"] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
    assert skipped(done) == {
        "animals/bees.txt": "folder cannot be read now: Permission denied; the index keeps the last version",
        "animals/otters.md": "folder cannot be read now: Permission denied; the index keeps the last version",
        "animals": "folder cannot be read: Permission denied",
        "moon.txt": "cannot be read now: Permission denied; the index keeps the last version",
        "new.txt": "cannot be read: Permission denied",
    }
    found = told("status", "--index", index)
    assert (found["documents"], found["up_to_date"], found["kept"]) == (4, True, done["kept"])
    said = as_user("status", "--index", index).stdout
    assert "3 files temporarily unavailable:\n  animals/bees.txt: folder cannot be read now" in said
    assert "2 files skipped:\n  animals: folder cannot be read" in said
    asked = told("ask", "What do otters eat?", "--index", index)
    assert asked["passages"][0]["document"] == "animals/otters.md"
    settings = tmp_path / "short.toml"
    settings.write_text("[splitting]\nwindow_sentences = 1\nwindow_tokens = 16\n", encoding="utf-8")
    again = told("--settings", settings, "index", "--corpus", corpus, "--index", index)
    assert (again["kept"], again["windows"]) == (done["kept"], done["windows"])
    assert as_user("check", "--index", index).returncode == 0
    (corpus / "animals").chmod(0o755)
    (corpus / "animals" / "bees.txt").unlink()
    again = told("index", "--corpus", corpus, "--index", index)
    assert (again["documents"]["removed"], again["kept"]) == (1, ["moon.txt"])


@pytest.mark.usefixtures("rights")
def test_a_folder_that_may_be_listed_and_not_entered_keeps_its_documents(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert as_user("index", "--corpus", corpus, "--index", index).returncode == 0
    (corpus / "animals").chmod(0o444)
    done = told("index", "--corpus", corpus, "--index", index)
    assert done["kept"] == ["animals/bees.txt", "animals/otters.md"]
    # What is in it is no folder to go down into, either, as far as anybody can see.
    (corpus / "animals").chmod(0o755)
    (corpus / "animals" / "deep").mkdir()
    (corpus / "animals").chmod(0o444)
    assert told("index", "--corpus", corpus, "--index", index)["kept"] == done["kept"]
    corpus.chmod(0)
    assert as_user("index", "--corpus", corpus, "--index", index).returncode == 2
    found = told("status", "--index", index)
    assert found["kept"] == ["animals/bees.txt", "animals/otters.md", "moon.txt"]
    assert (found["removed"], found["up_to_date"]) == ([], True)


@pytest.mark.usefixtures("rights")
def test_what_cannot_be_read_is_not_said_to_be_gone(corpus: Path, tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    as_user("index", "--corpus", corpus, "--index", index.path)
    (corpus / "animals").chmod(0)
    (corpus / "moon.txt").unlink()
    program = (
        "import sys; from pathlib import Path; from citewell import IndexFolder; from citewell.index.changes import drifted;"
        "corpus, index = map(Path, sys.argv[1:]); print(drifted(corpus, IndexFolder(index).open().catalogue.documents()))"
    )
    told = bound("-c", program, corpus, index.path).stdout
    assert told.strip() == str(
        {"animals/bees.txt": "unreadable", "animals/otters.md": "unreadable", "moon.txt": "gone"}
    )
