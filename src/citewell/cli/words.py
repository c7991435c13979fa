"""The command ``words``: the house's own words, and proposals for more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from citewell.cli.options import IndexOption, JsonOption, StateOption, print_json, settings_of, state_at
from citewell.errors import UsageError

if TYPE_CHECKING:
    from citewell.corpus.words_file import WordsFiles
    from citewell.evaluation.questions.feedback import FeedbackStore
    from citewell.evaluation.questions.proposing import Progress, Proposal
    from citewell.text.own_words import Rule
    from citewell.view import View


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(words)


def words(
    context: typer.Context,
    index: IndexOption = "",
    corpus: Annotated[Path | None, typer.Option(help="The folder of the corpus, if it has moved.")] = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            help="Add a rule, such as 'PTO = annual leave', or the proposal of this number (can be repeated)."
        ),
    ] = None,
    folder: Annotated[
        str, typer.Option(help="The folder in whose documents the added rules count. Default: all.")
    ] = "",
    state: StateOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the house's own words, and propose more from definitions in the documents and from feedback.

    Nothing is added without --add.

    Example: `citewell words --add "PTO = annual leave"`
    """
    from citewell.assistant import Assistant
    from citewell.cli import terminal
    from citewell.corpus.words_file import WordsFiles
    from citewell.evaluation.questions.feedback import FeedbackStore
    from citewell.index.opening import open_index

    settings = settings_of(context)
    opened = open_index(index)
    files = WordsFiles(corpus or opened.corpus(), settings.words)
    written = [_rule(each, folder) for each in add or () if not each.isdecimal()]
    numbers = [int(each) for each in add or () if each.isdecimal()]
    if add and not numbers:
        _add(files, written, as_json=as_json)
        return
    view = Assistant(opened, settings).view()
    store = FeedbackStore(state_at(index, state).feedback)
    with terminal.progress() as progress:
        proposals = _proposals(view, files, store, progress)
    if numbers:
        _add(files, [*written, *(_numbered(proposals, number) for number in numbers)], as_json=as_json)
    elif as_json:
        print_json(_in_json(view, files, proposals))
    else:
        _show(view, files, proposals)


def _proposals(view: View, files: WordsFiles, store: FeedbackStore, progress: Progress) -> list[Proposal]:
    from citewell.evaluation.questions import proposing

    rules = files.current().rules
    return [
        *proposing.from_definitions(view.snapshot, rules, progress),
        *proposing.from_feedback(view.snapshot, store.right_passages(), rules, view.encoder),
    ]


def _rule(line: str, folder: str) -> Rule:
    """Return the rule of a line that was given as an argument."""
    from citewell.text.own_words import read_rules

    found = read_rules(f"[{folder}]\n{line}" if folder else line)
    if found.faults:
        raise UsageError(f"{line!r} cannot be added: {found.faults[0].message}", hint=found.faults[0].hint)
    if len(found.rules) != 1:
        raise UsageError(f"{line!r} is not one rule", command='citewell words --add "PTO = annual leave"')
    return found.rules[0]


def _numbered(proposals: Sequence[Proposal], number: int) -> Rule:
    if not 1 <= number <= len(proposals):
        raise UsageError(f"there is no proposal {number}", command="citewell words")
    return proposals[number - 1].rule


def _add(files: WordsFiles, rules: Sequence[Rule], *, as_json: bool) -> None:
    """Add rules that the files do not have, showing them first."""
    from citewell.cli.terminal import safe

    known = set(files.current().rules)
    new = [each for each in dict.fromkeys(rules) if each not in known]
    if not as_json:
        for rule in rules:
            typer.echo(safe(f"{'Adding' if rule in new else 'Already there'}: {_line(rule)}"))
    if new:
        files.add(new)
    if as_json:
        print_json({"file": str(files.own), "added": [_rule_in_json(each) for each in new]})
    elif new:
        typer.echo(safe(f"Written to {files.own}. It counts from the next question on."))


def _line(rule: Rule) -> str:
    from citewell.text.own_words import rule_line

    return rule_line(rule) + (f"  (in {rule.folder})" if rule.folder else "")


def _show(view: View, files: WordsFiles, proposals: Sequence[Proposal]) -> None:
    """Print the rules and faults, then the proposals, in the form of the file."""
    from citewell.cli.terminal import safe
    from citewell.text.own_words import rule_line, with_rules

    found = files.current()
    typer.echo(safe(f"# {len(found.rules):,} rule{'' if len(found.rules) == 1 else 's'} in {files.own}"))
    typer.echo(safe(with_rules("", found.rules)), nl=False)
    for fault in _faults(view, files):
        typer.echo(safe(f"# fault: {fault}"))
    if not proposals:
        typer.echo("# No proposals: the documents define no more short names, and feedback shows none.")
        return
    typer.echo("\n# Proposals. Nothing is added until you do: citewell words --add NUMBER")
    folder = ""
    for number, each in enumerate(proposals, 1):
        if each.rule.folder != folder:
            folder = each.rule.folder
            typer.echo(safe(f"[{folder}]"))
        typer.echo(safe(f"{rule_line(each.rule)}  # {number}: {_why(each)}"))


def _why(proposal: Proposal) -> str:
    place = f"{proposal.place.document} ({proposal.place.start}-{proposal.place.end})"
    if proposal.source == "feedback":
        return f"asked “{' '.join((proposal.question or '').split())}”, right in {place}"
    return f"defined {proposal.count:,} time{'' if proposal.count == 1 else 's'}, first in {place}"


def _faults(view: View, files: WordsFiles) -> list[str]:
    from citewell.search.widening import Names

    found = files.current()
    names = Names(found.rules, view.snapshot)
    return [
        *found.faults,
        *(f"the index has no documents in the folder [{each}]" for each in names.unknown_folders()),
        *(f"“{each}” is a function word, and never searched for" for each in names.never_found()),
    ]


def _in_json(view: View, files: WordsFiles, proposals: Sequence[Proposal]) -> dict[str, Any]:
    return {
        "file": str(files.own),
        "rules": [_rule_in_json(each) for each in files.current().rules],
        "faults": _faults(view, files),
        "proposals": [
            {
                "number": number,
                **_rule_in_json(each.rule),
                "source": each.source,
                "count": each.count,
                "place": each.place.to_json(),
                "text": each.text,
                "question": each.question,
            }
            for number, each in enumerate(proposals, 1)
        ],
    }


def _rule_in_json(rule: Rule) -> dict[str, Any]:
    from citewell.text.own_words import rule_line

    return {"line": rule_line(rule), "names": list(rule.names), "one_way": rule.one_way, "folder": rule.folder}
