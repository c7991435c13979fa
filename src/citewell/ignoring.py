"""Patterns for paths, in the syntax of .gitignore (https://git-scm.com/docs/gitignore), read by pathspec."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex

# Longer ones are no patterns; and a pattern that takes longer for one path has too many stars.
_LONGEST = 500
_SECONDS = 0.2
# How pathspec begins a pattern for names: a name has no folders, and looking for them takes most of the time.
_ANYWHERE = "^(?:.+/)?"


class PatternError(ValueError):
    """A line is no pattern; the message is why."""


@dataclass(frozen=True)
class Pattern:
    """A pattern as it is written; ``brings_back`` what another one leaves out."""

    written: str
    brings_back: bool
    _source: str

    @cached_property
    def _compiled(self) -> regex.Pattern[str]:
        try:
            return regex.compile(self._source, regex.DOTALL)
        except regex.error as error:
            raise PatternError("is not a pattern") from error

    def matches(self, path: str) -> bool:
        """Return whether it means a path itself.

        Args:
            path: The path from the folder of the pattern, with forward slashes; that of a folder ends with one.

        Raises:
            PatternError: It takes too long.
        """
        found = self._found(path)
        # What is in a folder is not meant by the pattern of the folder: the folder is left out, or it is not.
        return found is not None and (found.end() == len(path) or self.written.rstrip().endswith("**"))

    def holds(self, path: str) -> bool:
        """Return whether it means a path, or a folder above it.

        Args:
            path: The path from the folder of the pattern, with forward slashes.

        Raises:
            PatternError: It takes too long.
        """
        return self._found(path) is not None

    def _found(self, path: str) -> regex.Match[str] | None:
        try:
            return self._compiled.search(path, timeout=_SECONDS)
        except TimeoutError as error:
            raise PatternError("takes too long; it has too many stars") from error


def any_of(patterns: Iterable[Pattern]) -> Callable[[str], bool]:
    """Return a quick function that is true of every name that one of some patterns of our own means, in whichever folder.

    It is asked for the last part of a path, with a slash at its end for a folder.
    """
    sources = (each._source.removeprefix(_ANYWHERE).replace("?P<ps_d>", "?:") for each in patterns)
    found = re.compile("|".join(sources), re.DOTALL)
    return lambda name: found.match(name) is not None


def read_pattern(line: str) -> Pattern | None:
    """Read one line of a file; None if it is empty or a comment.

    Raises:
        PatternError: It is no pattern.
    """
    # Only for corpora with patterns, and it takes a while.
    from pathspec.patterns.gitignore.base import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    written = line.strip("\r\n")
    if not written.strip() or written.startswith("#"):
        return None
    if len(written) > _LONGEST:
        raise PatternError(f"is longer than {_LONGEST} characters")
    try:
        with warnings.catch_warnings():
            # "[[" means a bracket here.
            warnings.simplefilter("ignore", FutureWarning)
            found: Any = GitIgnoreSpecPattern(written)
    except (GitIgnorePatternError, re.error) as error:
        raise PatternError("is not a pattern") from error
    if found.regex is None:
        raise PatternError("is a pattern that nothing matches")
    return Pattern(written, not found.include, found.regex.pattern)
