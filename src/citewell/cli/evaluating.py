"""The commands of evaluation: ``evaluate``, ``compare``, ``tune`` and ``questions``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citewell.cli.options import CorpusOption, IndexOption, JsonOption, StateOption, print_json, settings_of, state_at
from citewell.errors import UsageError

if TYPE_CHECKING:
    from citewell.evaluation.running import Run

sets = typer.Typer(help="Manage question sets.", no_args_is_help=True, rich_markup_mode="markdown")

SetArgument = Annotated[
    Path, typer.Argument(metavar="SET", help="A question set, .yaml or .jsonl.", show_default=False)
]
DepthOption = Annotated[int, typer.Option("--top", help="The number of passages to ask for.", min=1, max=1000)]
ByOption = Annotated[str | None, typer.Option("--by", help="The measure that decides.", show_default="recall@5")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (evaluate, compare, tune):
        app.command()(command)
    app.add_typer(sets, name="questions")


def evaluate(
    context: typer.Context,
    file: SetArgument,
    index: IndexOption = "",
    top: DepthOption = 10,
    report: Annotated[Path | None, typer.Option(help="Write a report (a web page) into this folder.")] = None,
    save: Annotated[Path | None, typer.Option(help="Save the run to this file (.jsonl) for comparisons.")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the run with the user data: the page shows it under Quality.")
    ] = False,
    state: StateOption = "",
    trec: Annotated[
        Path | None, typer.Option(help="Write TREC files, run.txt and qrels.txt, into this folder.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="Exit with status 1 if a figure is lower, such as hit@5=0.9 (can be repeated)."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Print every measure.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask all questions of a set and measure the answers.

    Example: `citewell evaluate questions.yaml --index index --fail-under hit@5=0.9`
    """
    from citewell.assistant import Assistant
    from citewell.cli import tables as display
    from citewell.cli import terminal
    from citewell.evaluation import running, summary
    from citewell.evaluation.questions import sets as questions
    from citewell.index.opening import open_index

    limits = summary.read_limits(fail_under or [])
    assistant = Assistant(open_index(index), settings_of(context))
    question_set, view = questions.read_questions(file), assistant.view()
    kept = state_at(index, state).runs if keep else None
    title, name = running.names_of(file, datetime.now(UTC))
    with terminal.progress() as progress:
        called = title if kept else question_set.name
        run = running.run(assistant, question_set, name=called, top=top, progress=progress)
    if kept:
        kept.add(name, running.run_text(run))
    if save:
        running.save_run(run, save)
    if trec:
        _write_trec(run, trec)
    found = summary.summarise(run)
    if as_json:
        print_json(found.to_json())
    else:
        display.show_summary(found, everything=everything)
    if report:
        from citewell.evaluation.report import write_report

        texts = {place.document: view.document(place.document).text for each in run.outcomes for place in each.gold}
        page = write_report(run, report, texts, Path(view.manifest.corpus))
        typer.echo(f"Report: {page}", err=True)
    summary.check_limits(limits, found)


def compare(
    context: typer.Context,
    a: Annotated[Path, typer.Argument(metavar="A", help="The first side.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B", help="The second side.", show_default=False)],
    file: Annotated[
        Path | None,
        typer.Option("--questions", help="The question set for a side that is an index or a settings file."),
    ] = None,
    corpus: CorpusOption = Path("corpus"),
    qrels: Annotated[
        Path | None, typer.Option(help="Relevance judgements for two TREC runs; saved runs contain their own.")
    ] = None,
    by: ByOption = None,
    top: DepthOption = 10,
    as_json: JsonOption = False,
) -> None:
    """Compare two runs and report whether B is better, worse, or not significantly different.

    A side is a saved run (.jsonl), the folder of an index, a settings file (.toml) with which the corpus is indexed, or another
    tool's TREC run.

    Example: `citewell compare before.jsonl after.jsonl`
    """
    from citewell.cli import tables as display
    from citewell.cli import terminal
    from citewell.evaluation import comparing, sides
    from citewell.evaluation.formats import trec
    from citewell.evaluation.questions.sets import read_questions

    judged = trec.questions_of(qrels) if qrels else []
    with terminal.progress() as progress:
        options = sides.RunOptions(
            questions=read_questions(file) if file else None,
            corpus=corpus,
            settings=settings_of(context),
            top=top,
            progress=progress,
        )
        one, other = sides.runs_of(a, b, options, judged=judged)
    found = comparing.compare(one, other, by=by)
    if as_json:
        print_json(found.to_json())
    else:
        display.show_comparison(found)


def tune(
    context: typer.Context,
    file: SetArgument,
    grid: Annotated[
        Path,
        typer.Argument(metavar="GRID", help="Settings (.toml) with lists of values to try.", show_default=False),
    ],
    corpus: CorpusOption = Path("corpus"),
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try settings of splitting and searching, and report whether any are significantly better.

    Nested cross-validation: settings are chosen with some of the questions and measured with the others.

    Example: `citewell tune questions.yaml grid.toml --corpus corpus`
    """
    import tempfile

    from citewell.cli import tables as display
    from citewell.cli import terminal
    from citewell.evaluation import comparing, tuning
    from citewell.evaluation.questions.sets import read_questions

    question_set = read_questions(file)
    settings = tuning.read_grid(grid, settings_of(context))
    with tempfile.TemporaryDirectory(prefix="citewell-tune-") as folder, terminal.progress() as progress:
        where = Path(folder, "index")
        found = tuning.tune(settings, question_set, corpus, where, by=by or comparing.MAIN, progress=progress)
    if as_json:
        print_json(found.to_json())
    else:
        display.show_tuning(found)


@sets.command()
def check(
    context: typer.Context, file: SetArgument, corpus: CorpusOption = Path("corpus"), as_json: JsonOption = False
) -> None:
    """Find quotations of a set that are not in the corpus, and suggest corrections.

    Example: `citewell questions check questions.yaml --corpus corpus`
    """
    from citewell.cli import tables as display
    from citewell.evaluation.questions import anchoring
    from citewell.evaluation.questions.sets import read_questions

    question_set = read_questions(file)
    problems = list(anchoring.check(question_set, anchoring.corpus_texts(corpus, settings_of(context))))
    for problem in problems:
        if as_json:
            print_json(problem.to_json())
        else:
            display.show_problem(problem)
    if problems:
        typer.echo(
            f"{len(problems)} quotations have problems. To repair them: citewell questions repair {file}", err=True
        )
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"All quotations of {len(question_set.questions)} questions are in the corpus.")


@sets.command()
def repair(
    context: typer.Context,
    file: SetArgument,
    corpus: CorpusOption = Path("corpus"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes without writing them.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Update quotations that moved or were slightly edited.

    Example: `citewell questions repair questions.yaml --corpus corpus`
    """
    from citewell.cli import tables as display
    from citewell.evaluation.questions import anchoring
    from citewell.evaluation.questions.sets import read_questions, rewrite_answers

    question_set = read_questions(file)
    found = anchoring.repair(question_set, anchoring.corpus_texts(corpus, settings_of(context)))
    if found.changed and not dry_run:
        rewrite_answers(file, found.changed)
    if as_json:
        print_json(found.to_json())
    else:
        display.show_repair(question_set, found, done=not dry_run)
    if found.problems:
        raise typer.Exit(1)


@sets.command("from-feedback")
def from_feedback(
    file: Annotated[
        Path, typer.Argument(metavar="SET", help="The set to add to; created if missing.", show_default=False)
    ],
    index: IndexOption = "",
    state: StateOption = "",
) -> None:
    """Review readers' feedback and add accepted pieces to a question set.

    Example: `citewell questions from-feedback questions.yaml --index index`
    """
    from citewell.cli import tables as display
    from citewell.evaluation.questions.feedback import FeedbackStore
    from citewell.evaluation.questions.reviewing import waiting
    from citewell.index.opening import open_index

    opened = open_index(index)
    store = FeedbackStore(state_at(index, state).feedback)
    display.review(waiting(store, opened.open()), store, file)


@sets.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="A BEIR folder or a SQuAD file (.json).", show_default=False)],
    to: Annotated[Path, typer.Option(help="The folder for corpus/ and questions.jsonl.", show_default=False)],
    split: Annotated[str | None, typer.Option(help="The split of a BEIR folder, such as test.")] = None,
) -> None:
    """Convert a BEIR folder or a SQuAD file to a corpus and a question set.

    Example: `citewell questions import scifact --to scifact-citewell`
    """
    from citewell.evaluation.formats import beir, squad
    from citewell.evaluation.formats import shared as formats
    from citewell.evaluation.questions.sets import write_questions

    target = to / "questions.jsonl"
    if target.exists():
        raise UsageError(f"{target} exists already", hint="choose another folder with --to")
    found = beir.read_beir(source, split=split) if source.is_dir() else squad.read_squad(source)
    if not found.questions:
        raise UsageError(f"{source} contains no question with a right answer")
    formats.write_corpus(found.documents, to / "corpus")
    write_questions(found.questions, target)
    typer.echo(f"Wrote {len(found.documents):,} documents and {len(found.questions):,} questions to {to}.")
    if isinstance(found, beir.Beir) and (found.unjudged or found.empty):
        typer.echo(f"Skipped {found.unjudged:,} unjudged questions and {found.empty:,} empty documents.", err=True)


@sets.command()
def export(
    context: typer.Context,
    file: SetArgument,
    to: Annotated[Path, typer.Option(help="A folder (for BEIR) or a .json file (for SQuAD).", show_default=False)],
    corpus: CorpusOption = Path("corpus"),
) -> None:
    """Write a set and its corpus as a BEIR folder or a SQuAD file.

    Example: `citewell questions export questions.yaml --to questions.json`
    """
    from citewell.evaluation.formats import beir, squad
    from citewell.evaluation.questions import anchoring
    from citewell.evaluation.questions.sets import read_questions

    asked = read_questions(file).questions
    texts = anchoring.corpus_texts(corpus, settings_of(context))
    write = squad.write_squad if to.suffix.lower() == ".json" else beir.write_beir
    left_out = write(asked, texts, to)
    typer.echo(f"Wrote {len(asked) - len(left_out):,} questions and {len(texts):,} documents to {to}.")
    for question in left_out:
        typer.echo(f"Skipped (not supported by the format): {question.question} ({question.id})", err=True)


def _write_trec(run: Run, folder: Path) -> None:
    from citewell.evaluation.formats import trec

    folder.mkdir(parents=True, exist_ok=True)
    trec.write_run(run, folder / "run.txt")
    trec.write_qrels(run, folder / "qrels.txt")
