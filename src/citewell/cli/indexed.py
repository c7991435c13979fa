"""Prints for people what a build did, and what an index holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rich.text import Text

from citewell.cli.terminal import count_of, one_line, out, safe
from citewell.index.manifest import Warned
from citewell.index.warning_groups import grouped

if TYPE_CHECKING:
    from rich.table import Table

    from citewell.building import BuildReport
    from citewell.index.finding import Finding
    from citewell.index.status import Status

_MOST_SHOWN = 20
_SHOWN_PATHS = 3


def show_report(report: BuildReport) -> None:
    """Print what a build did."""
    if report.up_to_date:
        held = _documents(report.documents, report.attached)
        out.print(f"The index is up to date (documents: {held}; passages: {report.passages:,}).")
    else:
        table = _table(report.snapshot, "right")
        for name in ("added", "changed", "removed", "unchanged"):
            table.add_row(f"files {name}", f"{getattr(report, name):,}")
        table.add_row("documents", _documents(report.documents, report.attached))
        table.add_row("passages", f"{report.passages:,}")
        table.add_row("windows", f"{report.windows:,}")
        table.add_row("  vectors reused", f"{report.reused:,}")
        table.add_row("seconds", f"{report.seconds:.1f}")
        out.print(table)
    if report.choice:
        out.print(Text(safe(report.choice.message)))
    if report.dropped:
        out.print(f"{count_of(len(report.dropped), 'document')} removed from the index, because of a rule:")
        _list_lines([f"{path}: {by.reason}" for path, by in report.dropped])
    _show_unread(report)
    _show_rules(report)


def _table(snapshot: str | None, justify: Literal["left", "right"]) -> Table:
    """Return an empty table about a snapshot, of names and values."""
    from rich.table import Table

    table = Table(title=f"Snapshot {snapshot}", title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify=justify)
    return table


def _documents(count: int, attached: int) -> str:
    """Return how many documents an index has, and how many of them are inside others, such as attachments."""
    return f"{count:,} ({attached:,} attached)" if attached else f"{count:,}"


def _show_unread(found: BuildReport | Status) -> None:
    """Print which documents were read with warnings or are temporarily unavailable, and which files were skipped."""
    _show_files([(each.path, each.warnings) for each in found.warned], "read with a warning")
    _list_files([(each.path, each.reason) for each in found.kept], "temporarily unavailable")
    _show_files([(each.path, (each.reason,)) for each in found.left_out], "skipped")


def _show_files(files: Sequence[tuple[str, tuple[str, ...]]], what: str) -> None:
    """Print files and what is said of them: one by one if they are few, otherwise by what is said."""
    if len(files) <= _MOST_SHOWN:
        _list_files([(path, "; ".join(said)) for path, said in files], what)
        return
    out.print(f"{len(files):,} files {what} (--json lists all, citewell show FILE one of them):")
    groups = []
    for group in grouped(Warned(path=path, warnings=said) for path, said in files):
        paths = dict.fromkeys(path for path, _ in group.files)
        named = ", ".join([*paths][:_SHOWN_PATHS])
        groups.append(f"{group.fault}: {count_of(len(paths), 'file')}, such as {named}")
    _list_lines(groups)


def _list_files(files: list[tuple[str, str]], what: str) -> None:
    if files:
        out.print(f"{len(files)} file{'s' if len(files) > 1 else ''} {what}:")
    _list_lines([f"{path}: {reason}" for path, reason in files])


def _show_rules(found: BuildReport | Status) -> None:
    """Print what rules leave out, each with its rule, and which rules are not used."""
    if found.excluded:
        many = len(found.excluded)
        out.print(
            f"{many:,} files and folders left out by rules:" if many > 1 else "1 file or folder left out by a rule:"
        )
        _list_lines([f"{each.path}: {each.reason}" for each in found.excluded])
    for fault in found.rule_faults:
        out.print(Text(safe(f"A rule is not used: {fault}")))


def _list_lines(lines: Sequence[str]) -> None:
    for line in lines[:_MOST_SHOWN]:
        out.print(Text(one_line(f"  {line}")))
    if len(lines) > _MOST_SHOWN:
        out.print(f"  and {len(lines) - _MOST_SHOWN:,} more (--json lists all)")


def show_status(status: Status, command: str) -> None:
    """Print the contents of an index, and whether its corpus has changed since."""
    manifest = status.manifest
    table = _table(manifest.name, "left")
    table.add_row("built", f"{manifest.built:%Y-%m-%d %H:%M} UTC")
    table.add_row("corpus", Text(safe(str(status.corpus))))
    table.add_row("documents", _documents(manifest.documents, manifest.inside))
    table.add_row("languages", status.in_languages)
    table.add_row("sections", f"{status.sections:,}")
    table.add_row("passages", f"{manifest.passages:,}")
    table.add_row("windows", f"{manifest.windows:,}")
    if status.chosen_by:
        table.add_row("nearest windows", f"chosen by {status.chosen_by}; a search finds {status.recall:.1%} of them")
    table.add_row("size", f"{status.bytes / 1e6:,.1f} MB")
    table.add_row("encoder", f"{manifest.encoder.model} ({manifest.encoder.identity})")
    table.add_row("previous", status.previous or "none")
    out.print(table)
    changes = status.changes
    if changes is None:
        out.print(Text(f"The corpus is no longer at {safe(str(status.corpus))}; give its folder with --corpus."))
    elif changes:
        for name in ("added", "changed", "removed"):
            _list_lines([f"{name}: {path}" for path in getattr(changes, name)])
        if changes.table:
            out.print(f"  facts changed: {changes.table}")
        out.print(Text(f"The corpus has changed. To update the index: {command}"))
    else:
        out.print("The index is up to date.")
    if manifest.examples:
        out.print("Questions that it answers:")
    for question in manifest.examples:
        out.print(Text(f"  {safe(question)}"))
    for fault in status.words_faults:
        out.print(Text(f"Other names, a line is not used: {safe(fault)}"))
    _show_unread(status)
    _show_rules(status)


def show_finding(finding: Finding) -> None:
    """Print the result of one check."""
    mark = Text("ok     ", style="green") if finding.passed else Text("FAILED ", style="bold red")
    out.print(mark + Text(f"{finding.check}: {safe(finding.message)}"))
    if finding.fix:
        out.print(Text(f"       {finding.fix}"))
