"""Every promise of docs/security.md has a test that says so, and no test says that it checks another."""

from __future__ import annotations

import ast
import re

from tests.support.environment import ROOT

_PROMISED = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)


def _checked() -> set[str]:
    """Return the promises that tests are marked with."""
    marks = [
        node
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.promise"
    ]
    return {ast.literal_eval(mark.args[0]) for mark in marks}


def test_every_promise_is_checked_and_no_other() -> None:
    promised = _PROMISED.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(promised) == len(set(promised)) > 10
    assert _checked() == set(promised)
