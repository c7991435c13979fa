"""Screenshots: the repository holds those that the documentation shows, and no other."""

from __future__ import annotations

import re

from tests.support.environment import ROOT


def test_the_screenshots_are_those_that_the_documentation_shows() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {
        name
        for page in pages
        for name in re.findall(r"screenshots/([\w-]+\.(?:png|webp))", page.read_text(encoding="utf-8"))
    }
    assert shown == {file.name for file in (ROOT / "docs" / "screenshots").iterdir()}
