"""Scopes: which documents they admit, and that ever so many names cost no more than their number."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answer import Scope
from citewell.scoping import Paths

PATHS = ["a.txt", "a/b.txt", "a/b/c.txt", "a0.txt", "ab/c.txt", "b/é.txt", "b/\U0001f9a6.txt"]
NAMES = [*PATHS, "a", "a/", "a//", "a/b", "ab", "b", "", "/", "c", "a/b.tx", "é"]


@given(st.lists(st.sampled_from(NAMES)), st.lists(st.sampled_from(NAMES)))
def test_a_scope_admits_what_is_named_and_what_is_in_the_folders_named(
    documents: list[str], folders: list[str]
) -> None:
    inside = tuple(folder.rstrip("/") + "/" for folder in folders if folder.strip("/"))
    expected = [path for path in sorted(PATHS) if path in documents or path.startswith(inside)]
    found = Paths(sorted(PATHS)).admitted(Scope(tuple(documents), tuple(folders)))
    assert [sorted(PATHS)[at] for at in found] == expected


def test_the_first_name_at_which_there_is_nothing_is_told() -> None:
    paths = Paths(sorted(PATHS))
    assert paths.foreign(Scope(("a.txt",), ("a", "b/"))) is None
    assert paths.foreign(Scope(("a.txt", "x.txt"), ("y",))) == "x.txt"
    # A folder is no document, and a document no folder.
    assert paths.foreign(Scope(("a",))) == "a"
    assert paths.foreign(Scope(folders=("a", "a.txt"))) == "a.txt"
    assert paths.foreign(Scope(folders=("/",))) == "/"


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of some work."""
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("kind", ["documents", "folders", "one folder", "nothing"])
@pytest.mark.promise("bounded-work")
def test_twice_the_names_over_twice_the_documents_cost_twice(kind: str) -> None:
    def work(size: int) -> Callable[[], object]:
        held = [f"folder{number:07}/text.txt" for number in range(size)]
        paths = Paths([f"all/{path}" for path in held] if kind == "one folder" else held)
        names = {
            "documents": Scope(documents=tuple(held)),
            "folders": Scope(folders=tuple(path.partition("/")[0] for path in held)),
            "one folder": Scope(folders=("all",) * size),
            "nothing": Scope(documents=("x",) * size, folders=("y",) * size),
        }[kind]
        return lambda: [(paths.foreign(names), paths.admitted(names)) for _ in range(_TIMES[kind])]

    works = [work(_SMALLEST << doubled) for doubled in range(5)]
    rounds = [[seconds(each) for each in works] for _ in range(3)]
    best = [min(times) for times in zip(*rounds, strict=True)]
    assert best[0] > 0.05
    assert all(later <= 2.5 * earlier for earlier, later in pairwise(best)), best


_SMALLEST = 6_000
_TIMES = {"documents": 20, "folders": 7, "one folder": 7, "nothing": 9}
