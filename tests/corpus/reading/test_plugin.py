"""The example of a reader of another package is installed, and asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import ROOT

EXAMPLE = ROOT / "docs" / "example-reader"
CONTACTS = """BEGIN:VCARD
VERSION:4.0
FN:Ada Wren
ORG:Lantern Bakery
TEL;TYPE=work:+44 20 7946 0018
NOTE:Delivers rye bread on Thursdays.
END:VCARD
BEGIN:VCARD
FN:Milo Reed
EMAIL:milo@example.org
TITLE:Keeper of the keys
END:VCARD
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the example is installed into."""
    folder = tmp_path_factory.mktemp("installed")
    # A copy, because building writes beside the sources.
    source = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "reader")
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_example_reads_an_address_book(installed: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "people.vcf").write_text(CONTACTS, encoding="utf-8")
    (corpus / "misnamed.txt").write_text(CONTACTS.replace("Ada", "Ida"), encoding="utf-8")
    path = os.pathsep.join([str(installed), str(ROOT / "src")])

    def run(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "citewell", *arguments, "--index", str(tmp_path / "index"), "--json"],
            check=True,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
        )
        made: dict[str, object] = json.loads(done.stdout)
        return made

    built = run("index", "--corpus", str(corpus))
    assert built["skipped"] == []
    assert built["warned"] == [{"path": "misnamed.txt", "warnings": ["is named .txt but is vcard"]}]
    answer = run("ask", "Who delivers rye bread on Thursdays?")
    passages = answer["passages"]
    assert isinstance(passages, list)
    best = next(each for each in passages if each["document"] == "people.vcf")
    assert best["section"] == ["Ada Wren"]
    assert best["place"] == {"kind": "record", "label": "1", "is_ocr": False}
    assert "Note: Delivers rye bread on Thursdays." in best["text"]


def test_the_text_shows_the_lines_of_the_example() -> None:
    shown = (ROOT / "docs" / "readers.md").read_text(encoding="utf-8")
    for name in ("pyproject.toml", "citewell_vcard.py"):
        lines = (EXAMPLE / name).read_text(encoding="utf-8")
        assert any(block.strip() in lines for block in shown.split("```")[1::2] for block in [block.partition("\n")[2]])
