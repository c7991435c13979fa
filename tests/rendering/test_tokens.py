"""One file says what everything looks like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citewell.evaluation import charts
from citewell.rendering.tokens import TOKENS_CSS, token

_SOURCES = Path(charts.__file__).parents[1]
_READS_TOKENS = [
    file
    for file in sorted(_SOURCES.rglob("*"))
    if file.suffix in {".css", ".html", ".js"} and file.name != "tokens.css" and "corpus" not in file.parts
]
# Set where they are used: the picture of a state, and how deep a heading of an outline is.
_OWN = {"picture", "depth"}


def names(text: str) -> set[str]:
    return set(re.findall(r"--cw-([\w-]+)", text))


def test_every_token_that_is_used_is_there_and_the_other_way_round() -> None:
    there = set(re.findall(r"^ *--cw-([\w-]+):", TOKENS_CSS, re.MULTILINE))
    used = set().union(*(names(file.read_text(encoding="utf-8")) for file in _READS_TOKENS))
    assert used - _OWN <= there
    assert {name for name in there - used if not name.startswith("chart-")} == set()


@pytest.mark.parametrize("file", _READS_TOKENS, ids=lambda file: str(file.relative_to(_SOURCES)))
def test_no_sheet_has_a_colour_of_its_own(file: Path) -> None:
    # The entities and fragments that begin with the same sign are shorter, or are not numbers.
    assert re.findall(r"(?<!&)#[0-9a-fA-F]{6}\b|\brgba?\(", file.read_text(encoding="utf-8")) == []


def test_a_token_is_what_the_sheet_says() -> None:
    assert token("chart-green") == charts.GREEN == "#2f8f78"
    assert token("ink").startswith("light-dark(#")
    with pytest.raises(KeyError):
        token("nothing")
