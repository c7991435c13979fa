"""What a build and a status print about files that were not read, or with a warning, and about what has changed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from citewell.building import build
from citewell.cli.indexed import show_report, show_status
from citewell.index.folder import IndexFolder
from citewell.index.manifest import Skipped, Warned
from citewell.index.status import status
from citewell.settings import Settings


def test_many_files_with_the_same_warning_are_one_line(
    corpus: Path, index: IndexFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "tower.txt").write_bytes("Höhe ist geprüft, Größe auch.".encode() + b"\xff")
    report = build(corpus, index, Settings())
    show_report(report)
    assert "1 file read with a warning:\n  tower.txt: not UTF-8, shown as" in capsys.readouterr().out
    many = tuple(Warned(path=f"{nth}.txt", warnings=report.warned[0].warnings) for nth in range(300))
    show_report(replace(report, warned=many))
    printed = capsys.readouterr().out
    assert "300 files read with a warning" in printed
    assert printed.count("not UTF-8") == 1
    assert "300 files, such as 0.txt, 1.txt, 2.txt" in printed


def test_many_skipped_files_are_listed_by_reason_each_on_one_line(
    corpus: Path, index: IndexFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    report = build(corpus, index, Settings())
    pictures = [Skipped(path=f"{nth}.png", reason="not a supported format (.png)") for nth in range(30)]
    broken = Skipped(path="z/a\nb.docx", reason="is damaged: it is not a whole archive")
    show_report(replace(report, skipped=(*pictures, broken)))
    printed = capsys.readouterr().out
    assert "31 files skipped (--json lists all, citewell show FILE one of them):\n" in printed
    assert "\n  not a supported format (.png): 30 files, such as 0.png, 1.png, 2.png\n" in printed
    assert "\n  is damaged: it is not a whole archive: 1 file, such as z/a\N{REPLACEMENT CHARACTER}b.docx\n" in printed


def test_a_corpus_that_has_changed_a_lot_does_not_flood_the_terminal(
    corpus: Path, index: IndexFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    build(corpus, index, Settings())
    for nth in range(300):
        (corpus / f"{nth:03}.txt").write_text("A new file.")
    show_status(status(index, None), "citewell index")
    printed = capsys.readouterr().out
    assert printed.count("added: ") == 20
    assert "and 280 more (--json lists all)" in printed


def test_a_build_that_is_stopped_says_that_it_goes_on(corpus: Path, tmp_path: Path) -> None:
    code = "import signal, sys, citewell.cli, citewell.building.resuming as resuming\n"
    # Where the tests run in the background, it is ignored.
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "resuming.read = lambda *_: signal.raise_signal(signal.SIGINT)\ncitewell.cli.main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "index", "--corpus", str(corpus), "--index", str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr == "citewell: stopped; what was done is kept, and the same command goes on from there\n"
