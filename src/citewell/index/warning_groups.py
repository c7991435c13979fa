"""The warnings of many documents by what they say, so that a fault of 300 files is one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from citewell.index.manifest import Warned

# The places and names that a warning lists, its numbers, and the plural that goes with them.
_DETAILS = regex.compile(r"\s*\((?:[^()]|\([^()]*\))*(?:\)|$)|: .*", regex.DOTALL)
_NAME = regex.compile(r"(?<!\w)'[^']*'(?!\w)|“[^”]*”")
_NUMBER = regex.compile(r"\d[\d.,]*")
_PLURAL = regex.compile(r"s\b")


@dataclass(frozen=True, slots=True)
class WarningGroup:
    """A warning that several documents have: what it says without its details, and the paths with the whole warning of each."""

    fault: str
    files: tuple[tuple[str, str], ...]


def grouped(warned: Iterable[Warned]) -> list[WarningGroup]:
    """Return the warnings of documents by what they say, the most frequent first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in warned:
        for warning in each.warnings:
            groups.setdefault(_kind(warning), []).append((each.path, warning))
    ordered = sorted(groups.values(), key=lambda files: -len(files))
    return [WarningGroup(_fault([warning for _, warning in files]), tuple(files)) for files in ordered]


def _kind(warning: str) -> str:
    return _PLURAL.sub("", _NUMBER.sub("", _short(warning)))


def _short(warning: str) -> str:
    return _NAME.sub("“…”", _DETAILS.sub("", warning))


def _fault(warnings: list[str]) -> str:
    """Return what warnings of one kind say: the warning itself, if they all say the same."""
    first = warnings[0]
    if len(set(warnings)) == 1:
        return first
    short = {_short(warning) for warning in warnings}
    return short.pop() if len(short) == 1 else _NUMBER.sub("some", max(short))
