"""Known texts that LaTeX, LibreOffice and Chromium have typeset (``benchmarks/typesetting.py``): how much of them is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from rapidfuzz.distance import LCSseq

from citewell.corpus.reading.raising import RAISED
from tests.support.pdfs import extract, texts
from tests.support.typeset import parts_of, plain

_PLACE = Path(__file__).parent / "typeset"
_FILES = sorted(file.name for file in _PLACE.glob("*.pdf"))
_HEADS = {"english": "Library booklets", "german": "Büchereihefte"}
_QUOTES = str.maketrans("“”„’‘", '"""\'\'')
_NUMBER = re.compile(r"^\d+(\.\d+)*\.?\s+")


@dataclass(frozen=True)
class Measured:
    """What was read of a file: shares of words in order and of whole sentences, and headings."""

    order: float
    whole: float
    running_heads: int
    headings: float
    false_headings: int
    lost: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


def _folded(text: str) -> str:
    return " ".join(re.sub(f"[{''.join(map(chr, RAISED.values()))}]", "", text.translate(_QUOTES)).split())


@cache
def measured(name: str) -> Measured:
    """Read a file and compare it with its text."""
    language = name.split(".")[1]
    parts = parts_of(_PLACE / f"{language}.md")
    found = extract((_PLACE / name).read_bytes())
    read = _folded(" ".join(texts(found)).replace(" | ", " "))
    wanted = [_folded(plain(text)) for part in parts if part.kind != "note" for text in part.texts]
    words, there = " ".join(wanted).split(), read.split()
    sentences = [
        each for part in parts for text in part.texts for each in re.split(r"(?<=[.!?:])\s+(?=[A-ZÄÖÜ])", plain(text))
    ]
    lost = tuple(each for each in sentences if _folded(each) not in read)
    titles = {_folded(part.texts[0]) for part in parts if part.kind == "heading"}
    headings = [_NUMBER.sub("", _folded("".join(block.pieces))) for block in found.blocks if block.kind == "heading"]
    return Measured(
        LCSseq.similarity(words, there) / len(words),
        1 - len(lost) / len(sentences),
        read.count(_HEADS[language]),
        len(titles & set(headings)) / len(titles),
        sum(each not in titles for each in headings),
        lost,
        tuple(each for each in headings if each not in titles) + tuple(sorted(titles - set(headings))),
    )


@pytest.mark.parametrize("name", _FILES)
def test_words_are_in_order_and_sentences_whole(name: str) -> None:
    assert measured(name).order >= 0.985
    assert measured(name).whole >= 0.93, measured(name).lost


@pytest.mark.parametrize("name", _FILES)
def test_no_running_head_is_left(name: str) -> None:
    assert measured(name).running_heads == 0


def test_all_files_together_reach_what_the_readme_promises() -> None:
    every = [measured(name) for name in _FILES]
    assert sum(each.order for each in every) / len(every) >= 0.99
    assert sum(each.whole for each in every) / len(every) >= 0.95
    assert sum(each.headings for each in every) / len(every) >= 0.85
    assert sum(each.false_headings for each in every) < len(every)
