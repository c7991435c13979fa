"""What a build prints about files that were read with a warning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from citewell.building import build
from citewell.cli.indexed import show_report
from citewell.index.folder import IndexFolder
from citewell.index.manifest import Warned
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
