"""Patterns for paths, as git reads them."""

from __future__ import annotations

import pytest

from citewell.ignoring import PatternError, read_pattern


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("node_modules/", "a/node_modules/", True),
        ("node_modules/", "node_modules", False),
        ("node_modules/", "node_modules/a.md", False),
        ("*.log", "a/b.log", True),
        ("/*.log", "a/b.log", False),
        ("a/*.log", "a/b.log", True),
        ("a/*.log", "x/a/b.log", False),
        ("[[a].md", "[.md", True),
        ("**/", "a/", True),
        ("**/", "a", False),
        ("a/**/b", "a/x/y/b", True),
        ("a/**", "a/x/y.md", True),
        ("**", "a/x", True),
        ("draft?.md", "draft1.md", True),
        ("[ab].md", "c.md", False),
        ("\\!x", "!x", True),
        ("\\#x", "#x", True),
        ("a b.md  ", "a b.md", True),
        ("Ö*", "Öl.md", True),
    ],
)
def test_a_pattern_means_what_git_means(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    found = read_pattern(pattern)
    assert found is not None
    assert found.matches(path) is matches


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "\r\n"])
def test_an_empty_line_and_a_comment_are_no_patterns(line: str) -> None:
    assert read_pattern(line) is None


@pytest.mark.parametrize("line", ["!", "[ab", "[b-a].md", "/", "a" * 600])
def test_what_is_no_pattern_is_refused(line: str) -> None:
    with pytest.raises(PatternError):
        read_pattern(line)


def test_a_pattern_that_takes_too_long_ends() -> None:
    found = read_pattern("a**a**a**a**a**a**[bc]")
    assert found is not None
    with pytest.raises(PatternError, match="too long"):
        found.matches("a" * 3_000)


@pytest.mark.parametrize(
    ("pattern", "path", "holds"),
    [("a*", "ab/c/d.md", True), ("a*/", "ab", False), ("/a*", "x/ab/c.md", False), ("x/*.md", "x/y/a.md", False)],
)
def test_a_pattern_holds_what_is_in_a_folder_that_it_means(pattern: str, path: str, holds: bool) -> None:  # noqa: FBT001
    found = read_pattern(pattern)
    assert found is not None
    assert found.holds(path) is holds


def test_an_exclamation_mark_brings_back() -> None:
    found = read_pattern("!keep/")
    assert found is not None
    assert found.brings_back
    assert found.matches("keep/")
