"""The command ``index --dry-run``: what a build would read and what it would leave out, with the rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from citewell.cli.terminal import one_line, out
from citewell.errors import IndexFaultError
from citewell.index.changes import Changes, compare
from citewell.index.file_digests import FileDigests
from citewell.index.index import AnyIndex
from citewell.settings import Settings


def preview(corpus: Path, index: AnyIndex, settings: Settings, *, verify: bool = False) -> Changes:
    """Compare a corpus with its index, which need not exist, by the present rules and settings. Nothing is written.

    Raises:
        UsageError: The corpus is not a folder, or is a state folder.
        SettingsError: A limit of size is for a kind that there is not.
    """
    try:
        snapshot = index.open()
    except IndexFaultError:
        snapshot = None
    digests = FileDigests(index.digests, verify=verify)
    return compare(corpus, index, snapshot, reading=settings.reading, selection=settings.selection, digests=digests)


def to_json(changes: Changes) -> dict[str, Any]:
    """Return the preview for programs."""
    return {
        "read": sorted({*changes.digests, *changes.retried}),
        "added": list(changes.added),
        "changed": list(changes.changed),
        "removed": list(changes.removed),
        "unchanged": len(changes.unchanged),
        "dropped": [{"path": path, **_by(by.to_json())} for path, by in changes.dropped],
        "excluded": [each.to_json() for each in changes.excluded],
        "skipped": [{"path": each.path, "reason": each.reason} for each in changes.skipped],
        "rule_faults": list(changes.rule_faults),
    }


def _by(excluded: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in excluded.items() if name != "path"}


def show(changes: Changes) -> None:
    """Print the preview, all of it: it is made to be looked through."""
    state = dict.fromkeys(changes.added, " (new)") | dict.fromkeys(changes.changed, " (changed)")
    by_rule = {path: f": {by.reason}" for path, by in changes.dropped}
    _list("Would be read", [f"{path}{state.get(path, '')}" for path in sorted(changes.digests)])
    _list("Would be removed from the index", [f"{path}{by_rule.get(path, '')}" for path in changes.removed])
    _list("Left out by rules", [f"{each.path}: {each.reason}" for each in changes.excluded])
    _list("Not read", [f"{each.path}: {each.reason}" for each in changes.skipped])
    _list("Rules that are not used", list(changes.rule_faults))
    out.print("Nothing was written.")


def _list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        out.print(f"{heading} ({len(lines):,}):")
    for line in lines:
        out.print(Text(one_line(f"  {line}")))
