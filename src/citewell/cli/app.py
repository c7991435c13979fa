"""The commands that index, ask and serve: settings and arguments in, results on stdout, messages on stderr."""

from __future__ import annotations

import gc
import sys
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from citewell._version import __version__
from citewell.cli.evaluating import register
from citewell.cli.example import register as register_example
from citewell.cli.explaining import register as register_why
from citewell.cli.finding import register as register_find
from citewell.cli.finding import show_offer
from citewell.cli.options import (
    DocumentOption,
    FilterOption,
    FolderOption,
    IndexOption,
    JobsOption,
    JsonOption,
    ModelOption,
    VerifyOption,
    WordsOption,
    WorkersOption,
    print_everything,
    print_json,
    scope_of,
    settings_of,
)
from citewell.cli.serving import register as register_chat
from citewell.cli.showing import register as register_show
from citewell.cli.users import register as register_users
from citewell.cli.words import register as register_words
from citewell.errors import CitewellError, UsageError

# Hundreds of thousands of objects live as long as a command. Python looks through all of them so often that it took an eighth
# of an update of 100,000 documents.
_COLLECTED_AFTER = (100_000, 50, 100)

app = typer.Typer(
    name="citewell",
    help="Ask your documents; every answer is a quotation you can check.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _show_version(show: bool) -> None:  # noqa: FBT001 - Typer calls it
    if show:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _common(
    context: typer.Context,
    settings: Annotated[
        Path | None,
        typer.Option(help="A settings file. Default: citewell.toml in the current folder, if present."),
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    context.obj = settings


@app.command()
def index(
    context: typer.Context,
    corpus: Annotated[Path, typer.Option(help="The folder of the documents.")] = Path("corpus"),
    index: IndexOption = "",
    model: ModelOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Rebuild from scratch.")] = False,
    verify: VerifyOption = False,
    jobs: JobsOption = None,
    workers: WorkersOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be read and left out, with the rules; write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Build the index of a corpus, or bring it up to date.

    Example: `citewell index --corpus corpus --index index`
    """
    from citewell.building import build
    from citewell.cli import indexed, terminal
    from citewell.index.opening import open_index

    if dry_run:
        from citewell.cli import previewing

        changes = previewing.preview(corpus, open_index(index), settings_of(context, model), verify=verify)
        if as_json:
            print_json(previewing.to_json(changes))
        else:
            previewing.show(changes)
        return
    try:
        with terminal.progress() as progress:
            report = build(
                corpus,
                open_index(index),
                settings_of(context, model),
                force=rebuild,
                verify=verify,
                jobs=jobs,
                workers=workers,
                progress=progress,
            )
    except KeyboardInterrupt:
        kept = "the index is unchanged" if rebuild else "what was done is kept, and the same command goes on from there"
        typer.echo(f"citewell: stopped; {kept}", err=True)
        raise
    if as_json:
        print_json(report.to_json())
    else:
        indexed.show_report(report)


@app.command()
def compact(
    context: typer.Context,
    index: IndexOption = "",
    as_json: JsonOption = False,
) -> None:
    """Update the index, and write it again without what is no longer valid; nothing is read or encoded again for that.

    Example: `citewell compact --index index`
    """
    from citewell.building import build
    from citewell.cli import indexed, terminal
    from citewell.index.opening import open_index

    folder = open_index(index)
    corpus = Path(folder.manifest().corpus)
    with terminal.progress() as progress:
        report = build(corpus, folder, settings_of(context, None), compact=True, progress=progress)
    if as_json:
        print_json(report.to_json())
    else:
        indexed.show_report(report)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="What you want to know.", show_default=False)] = None,
    index: IndexOption = "",
    top: Annotated[int, typer.Option(help="The maximum number of passages.", min=1, max=1000)] = 5,
    batch: Annotated[
        Path | None,
        typer.Option(help="Read questions from a file, one JSON object per line: id, question, history, filters."),
    ] = None,
    document: DocumentOption = None,
    folder: FolderOption = None,
    filters: FilterOption = None,
    correct: Annotated[bool, typer.Option(help="Correct typos to words of the corpus; corrections are shown.")] = True,
    words: WordsOption = True,
    whole: Annotated[bool, typer.Option("--whole", help="Print passages whole; with --json, they always are.")] = False,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question; the answer begins with the sentences that answer, each with the number of its passage.

    Example: `citewell ask "What are the challenges of international education?"`
    """
    from citewell.assistant import Assistant
    from citewell.cli.batch import BatchQuestion, read_batch
    from citewell.index.opening import open_index

    if (question is None) == (batch is None):
        raise UsageError("give a question or --batch FILE, not both", command='citewell ask "What is …?"')
    asked = read_batch(batch) if batch else [BatchQuestion(1, None, question or "")]
    assistant = Assistant(open_index(index), settings_of(context, model))
    scope = scope_of(document, folder, filters)
    view = assistant.view()
    view.check_scope(scope)
    for each in asked:
        source = f"{batch}, line {each.line}" if batch else None
        assistant.check_question(each.question, source=source)
        view.filtered(each.question, scope.and_also(each.filters), source=source)
    answer_to = partial(assistant.ask, top=top, correct=correct, words=words)
    for each in asked:
        answer = answer_to(each.question, scope=scope.and_also(each.filters), history=each.history, name=each.id)
        if as_json:
            print_json(answer.to_json())
        else:
            from citewell.cli import terminal

            terminal.show_answer(answer, whole=whole)
            show_offer(answer, assistant.view(), replace(scope, filters=answer.filters), assistant.index.place)


@app.command()
def status(
    context: typer.Context,
    index: IndexOption = "",
    corpus: Annotated[Path | None, typer.Option(help="The folder of the corpus, if it has moved.")] = None,
    verify: VerifyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the index holds, and whether the corpus has changed since.

    Example: `citewell status --index index`
    """
    from citewell.cli import indexed
    from citewell.index import status as inspecting
    from citewell.index.opening import open_index

    settings = settings_of(context)
    found = inspecting.status(
        open_index(index), corpus, words=settings.words, selection=settings.selection, verify=verify
    )
    if as_json:
        print_json(found.to_json())
    else:
        indexed.show_status(found, open_index(index).build_command(str(found.corpus)))


@app.command()
def check(
    index: IndexOption = "",
    as_json: JsonOption = False,
) -> None:
    """Verify the index and print a fix for each problem.

    Example: `citewell check --index index`
    """
    from citewell.cli import indexed
    from citewell.index import checking
    from citewell.index.opening import open_index

    findings = list(checking.check(open_index(index)))
    for finding in findings:
        if as_json:
            print_json(finding.to_json())
        else:
            indexed.show_finding(finding)
    if not all(finding.passed for finding in findings):
        raise typer.Exit(1)


@app.command()
def rollback(
    index: IndexOption = "",
    as_json: JsonOption = False,
) -> None:
    """Return to the previous snapshot; a second rollback undoes the first.

    Example: `citewell rollback --index index`
    """
    from citewell.index import publishing
    from citewell.index.opening import open_index

    manifest = publishing.rollback(open_index(index))
    if as_json:
        print_json({"snapshot": manifest.name, "built": manifest.built.isoformat()})
    else:
        typer.echo(f"Now using snapshot {manifest.name} ({manifest.documents} documents).")


register_example(app)
register_find(app)
register_show(app)
register(app)
register_why(app)
register_users(app)
register_chat(app)
register_words(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every CitewellError becomes one line on stderr.

    Args:
        arguments: The arguments; None uses those of the process.
    """
    warnings.showwarning = _show_warning
    gc.set_threshold(*_COLLECTED_AFTER)
    print_everything()
    try:
        app(arguments)
    except CitewellError as error:
        typer.echo(f"citewell: {error}", err=True)
        sys.exit(error.exit_status)
    finally:
        # When it ends, Python would look through all objects again.
        gc.freeze()


def run_chat() -> None:
    """Run ``citewell chat`` with the arguments of the process; app.py calls this."""
    main(["chat", *sys.argv[1:]])


def _show_warning(message: Warning | str, *_where: object, **_more: object) -> None:
    typer.echo(f"citewell: warning: {message}", err=True)
