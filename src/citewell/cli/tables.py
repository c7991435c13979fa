"""Prints the results of evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from citewell.cli.terminal import count_of, out, safe
from citewell.evaluation.comparing import COLUMNS, Comparison
from citewell.evaluation.questions.anchoring import Problem, Repair
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.evaluation.questions.reviewing import Review, accept
from citewell.evaluation.questions.sets import Question, QuestionSet
from citewell.evaluation.summary import KIND_MEASURES, MAIN_MEASURES, REFUSAL_MEASURES, Summary
from citewell.evaluation.tuning import Tuning

_MOST_FLIPS = 20
_MOST_TRIALS = 20


def show_summary(summary: Summary, *, everything: bool = False) -> None:
    """Print the measures of a run: those that matter most, with what they mean, or all of them."""
    asked = f"{count_of(summary.answerable, 'answerable question')}, {summary.unanswerable:,} unanswerable"
    out.print(Text(f"{safe(summary.name)}: {asked}", style="bold"))
    out.print(_all_figures(summary) if everything else _main_figures(summary), "")
    if summary.kinds:
        table = _table("kind", "asked", *(_in_two_lines(name) for name in KIND_MEASURES))
        # With more between them, these columns would not fit a terminal of 80 characters.
        table.padding = 0
        for kind, values in summary.kinds.items():
            table.add_row(safe(kind), f"{values['questions']:.0f}", *(f"{values[name]:.3f}" for name in KIND_MEASURES))
        out.print(table, "")
    if not everything:
        out.print("More measures: citewell evaluate SET --all")


def _main_figures(summary: Summary) -> Table:
    table = _table("measure", "value", "95 % interval", "what it is")
    table.columns[-1].justify = "left"
    for name, meaning in MAIN_MEASURES.items():
        if name in summary.measures:
            value = summary.measures[name]
            table.add_row(name, f"{value.mean:.3f}", f"{value.low:.3f} to {value.high:.3f}", meaning)
    for name, share in summary.refusal.named().items():
        if share is not None:
            table.add_row(name, f"{share:.3f}", "", REFUSAL_MEASURES[name])
    if "p50" in summary.latency:
        table.add_row("time p50", f"{1000 * summary.latency['p50']:.1f} ms", "", "half of the answers took less")
    return table


def _all_figures(summary: Summary) -> Table:
    table = _table("measure", "value", "95 % interval")
    for name, value in summary.measures.items():
        table.add_row(name, f"{value.mean:.3f}", f"{value.low:.3f} to {value.high:.3f}")
    for name, share in summary.refusal.named().items():
        table.add_row(name, "no questions" if share is None else f"{share:.3f}", "")
    for name, seconds in summary.latency.items():
        table.add_row(f"time {name}", f"{1000 * seconds:.1f} ms", "")
    table.add_row("mean shown passage", f"{summary.shown:,.0f} characters", "")
    return table


def show_comparison(found: Comparison) -> None:
    """Print the comparison of two runs, with the verdict."""
    table = _table(*COLUMNS)
    for each in found.differences:
        table.add_row(
            Text(each.measure, style="bold" if each.measure == found.main.measure else ""),
            *each.figures,
        )
    out.print(
        Group(Text(f"A: {safe(found.a)}"), Text(f"B: {safe(found.b)}"), Text(count_of(found.questions, "question")))
    )
    out.print(table, "")
    for title, flips in (
        ("Found by B only", [flip for flip in found.flips if flip.gained]),
        ("Found by A only", [flip for flip in found.flips if not flip.gained]),
    ):
        if flips:
            out.print(f"{title} ({len(flips)}):")
        for flip in flips[:_MOST_FLIPS]:
            ranks = " to ".join("none" if rank is None else str(rank) for rank in (flip.rank_a, flip.rank_b))
            out.print(Text(f"  {safe(flip.text)} (rank {ranks})"))
        if len(flips) > _MOST_FLIPS:
            out.print(f"  and {len(flips) - _MOST_FLIPS} more (--json lists all)")
    out.print(Text(_sentence(found.verdict), style="bold"))


def show_tuning(found: Tuning) -> None:
    """Print the result of a grid, the best settings first."""
    table = _table("settings", found.measure, "chosen")
    for trial in found.trials[:_MOST_TRIALS]:
        table.add_row(safe(_changes(trial.changes)), f"{trial.mean:.3f}", f"{trial.chosen:.0%}")
    out.print(table)
    if len(found.trials) > _MOST_TRIALS:
        out.print(f"and {len(found.trials) - _MOST_TRIALS} more (--json lists all)")
    out.print(Text(_sentence(found.verdict), style="bold"))


def show_problem(problem: Problem) -> None:
    """Print a problem of a quotation."""
    out.print(Text(safe(str(problem))))


def show_repair(questions: QuestionSet, found: Repair, *, done: bool) -> None:
    """Print which quotations were repaired, before and after, and the remaining problems."""
    for nth, question in found.changed.items():
        for old, new in zip(questions.questions[nth].answers, question.answers, strict=True):
            if old != new:
                out.print(Text(f"line {questions.lines[nth]} ({safe(question.id)}):"))
                out.print(Text(f"  - {_where(old.document, old.start)}: {safe(old.quote)}", style="red"))
                out.print(Text(f"  + {_where(new.document, new.start)}: {safe(new.quote)}", style="green"))
    for problem in found.problems:
        show_problem(problem)
    if not (found.changed or found.problems):
        out.print("Nothing to repair.")
    elif found.changed and not done:
        out.print("Nothing was written (--dry-run).")


def review(reviews: Sequence[Review], store: FeedbackStore, file: Path) -> None:
    """Review feedback interactively; every decision is saved at once, so stopping loses nothing."""
    if not reviews:
        out.print("No feedback waits for review.")
        return
    added = 0
    for nth, each in enumerate(reviews, 1):
        out.print()
        out.print(Text(f"{nth} of {len(reviews)}", style="dim"))
        _show_review(each)
        try:
            decision = _decide(each)
        except click.Abort:
            decision = "quit"
        if decision == "quit":
            out.print(f"{len(reviews) - nth + 1} left for later.")
            break
        if isinstance(decision, Question):
            added += accept(each.feedback, decision, store, file)
        elif decision == "reject":
            store.decide(each.feedback, "rejected")
    out.print(Text(f"Added {count_of(added, 'question')} to {file}."))


def _show_review(each: Review) -> None:
    for turn in each.feedback.history:
        out.print(Text(f"  {turn.role}: {safe(turn.content)}", style="dim"))
    out.print(Text(safe(each.feedback.question), style="bold"))
    out.print(Text(f"Rating: {each.feedback.verdict}"))
    for rank, passage in each.passages.items():
        out.print(Text(f"  {rank}. {safe(passage.document)}: {safe(_one_line(passage.quote))}", style="dim"))
    if each.suggested is not None:
        right = [f"“{answer.quote}” ({answer.document})" for answer in each.suggested.answers]
        out.print(Text(safe(f"Suggested: {right[0] if right else 'the corpus does not cover it'}")))
    elif not each.passages:
        out.print("The index has changed since, so the shown passages may have moved.")


def _decide(each: Review) -> Question | str:
    """Ask for the decision on a piece of feedback; returns a question, or ``reject``, ``skip`` or ``quit``."""
    words = {"n": "not answerable", "r": "reject", "s": "skip", "q": "quit"}
    choices = {"a": "accept", **words} if each.suggested else words
    ranks = [str(rank) for rank in each.passages]
    prompt = ", ".join(f"{key} = {meaning}" for key, meaning in choices.items())
    if ranks:
        prompt += f", {ranks[0]}-{ranks[-1]} = this passage is right"
    choice = click.prompt(prompt, type=click.Choice([*choices, *ranks]), show_choices=False)
    if choice in ranks:
        return each.answered_by(int(choice))
    if choice == "n":
        return each.not_covered()
    if choice == "a" and each.suggested:
        return each.suggested
    return choices[choice]


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for nth, name in enumerate(columns):
        table.add_column(name, justify="right" if nth else "left", no_wrap=True)
    return table


def _in_two_lines(measure: str) -> str:
    """Divide the name of a measure, which is wider than its values."""
    return measure.replace("@", "\n@").replace(" ", "\n")


def _changes(changes: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in changes.items()) or "current"


def _where(document: str, start: int | None) -> str:
    return safe(document) + ("" if start is None else f" at {start}")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "…"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."
