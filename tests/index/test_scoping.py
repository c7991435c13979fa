"""Scopes: which documents they admit, and that ever so many names cost no more than their number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answer import Scope
from citewell.index.scoping import Paths
from tests.support.growth import check_growth

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


def test_the_first_name_at_which_there_is_nothing_is_reported() -> None:
    paths = Paths(sorted(PATHS))
    assert paths.unknown_name(Scope(("a.txt",), ("a", "b/"))) is None
    assert paths.unknown_name(Scope(("a.txt", "x.txt"), ("y",))) == "x.txt"
    # A folder is no document, and a document no folder.
    assert paths.unknown_name(Scope(("a",))) == "a"
    assert paths.unknown_name(Scope(folders=("a", "a.txt"))) == "a.txt"
    assert paths.unknown_name(Scope(folders=("/",))) == "/"


@pytest.mark.parametrize("kind", ["documents", "folders", "one folder", "nothing"])
@pytest.mark.promise("bounded-work")
def test_twice_the_names_over_twice_the_documents_cost_twice(kind: str) -> None:
    def made(size: int) -> tuple[Paths, Scope]:
        held = [f"folder{number:07}/text.txt" for number in range(size)]
        paths = Paths([f"all/{path}" for path in held] if kind == "one folder" else held)
        names = {
            "documents": Scope(documents=tuple(held)),
            "folders": Scope(folders=tuple(path.partition("/")[0] for path in held)),
            "one folder": Scope(folders=("all",) * size),
            "nothing": Scope(documents=("x",) * size, folders=("y",) * size),
        }[kind]
        return paths, names

    def work(value: tuple[Paths, Scope]) -> object:
        paths, names = value
        # Small and often rather than large and once: what no longer fits the processor's cache takes longer each.
        return [(paths.unknown_name(names), paths.admitted(names)) for _ in range(_TIMES)]

    check_growth(work, made, _SMALLEST)


# So few that eight times as many still fit the cache, and so often that they can be measured on any processor.
_SMALLEST = 250
_TIMES = 1_000
