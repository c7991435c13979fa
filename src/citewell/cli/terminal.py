"""Prints progress and answers for people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import regex
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from citewell.document import Span
from citewell.rendering.pace import Pace
from citewell.text.excerpts import MOST_OF_A_MARK, excerpt
from citewell.text.language_names import name_of_language

if TYPE_CHECKING:
    from rich.progress import TaskID

    from citewell.answer import Answer, FoundPassage, Place
    from citewell.asked import Missing
    from citewell.found import FoundPlace

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

# Escape sequences in a document would otherwise control the terminal.
_CONTROL = regex.compile(r"[\p{Cc}\p{Bidi_Control}--[\n\t]]", regex.V1)
_BREAK = regex.compile(r"[\n\t]")
_SECONDS_BETWEEN_LINES = 10
_RANKS_OF_PART = 3
# Columns of a sentence that an answer begins with; `--whole` prints longer ones, too.
_MOST_OF_A_SENTENCE = 400


def safe(text: str) -> str:
    """Return a text with control characters replaced by a visible one."""
    return str(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def one_line(text: str) -> str:
    """Return a text like `safe`, on one line: a name of a file may have line ends in it, too."""
    return _BREAK.sub("\N{REPLACEMENT CHARACTER}", safe(text))


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show the progress of a build: bars on a terminal, otherwise a line every ten seconds."""
    if not err.is_terminal:
        yield _lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    pace = Pace()
    columns = [
        TextColumn("{task.description:<11}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
    ]
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None, pace="")
            # What began within this stage, such as the pages of one scan among many files, is over when this one goes on.
            for inner in [*tasks][[*tasks].index(stage) + 1 :]:
                bars.remove_task(tasks.pop(inner))
            bars.update(tasks[stage], completed=done, total=total or None, pace=pace.told(stage, done, total))

        yield show


def show_answer(answer: Answer, *, whole: bool = False) -> None:
    """Print an answer: the sentences that answer, then each passage under its citation, its answering part in bold.

    Args:
        answer: The answer.
        whole: Whether passages and sentences are printed whole.
    """
    if answer.reply:
        out.print(answer.reply)
        return
    _show_reading(answer)
    if answer.answered:
        _show_parts(answer)
    else:
        _show_refusal(answer)
    question = " ".join([*answer.understood_with, answer.asked])
    _show_lead(answer, question, whole=whole)
    for passage in answer.passages:
        out.print()
        out.print(citation(passage.rank, passage))
        if passage.head:
            print_text(Text(safe(passage.head.names), style="dim"), 3)
        quotation = marked(passage.text, passage.marks)
        print_text(quotation if whole else _in_short(quotation, passage.marks, question, passage.language), 3)
        for place in passage.repeated:
            out.print(Text(safe(f"   also in {cited(place)}"), style="dim"))


def _show_lead(answer: Answer, question: str, *, whole: bool) -> None:
    """Print the sentences that an answer begins with, each with the number of its passage."""
    passages = {each.rank: each for each in answer.passages}
    for each in answer.lead:
        passage = passages[each.rank]
        if passage.head:
            out.print(Text(safe(passage.head.names), style="dim"))
        span = each.span.shifted(-passage.start)
        text = Text(safe(span.of(passage.text)), style="bold")
        whole_span = [Span(0, len(text))]
        shown = text if whole else _in_short(text, whole_span, question, passage.language, most=_MOST_OF_A_SENTENCE)
        print_text(shown + Text(f" [{each.rank}]", style="cyan"))


def print_text(text: Text, indent: int = 0) -> None:
    """Print a text of a document; its lines are wrapped on a terminal only."""
    out.print(Padding(text, (0, 0, 0, indent)) if out.is_terminal else text, soft_wrap=not out.is_terminal)


def _in_short(
    text: Text, marks: Sequence[Span], question: str, language: str | None, *, most: int = MOST_OF_A_MARK
) -> Text:
    """Return a text with its marks and a little around them, and dots for the rest."""
    plain, short, at = text.plain, Text(), 0
    for part in excerpt(plain, marks, most=most, question=question, language=language):
        if part.start > at:
            short.append(" … " if at else "… ", style="dim")
        short.append_text(text[part.start : part.end])
        at = part.end
    return short.append(" …", style="dim") if at < len(plain) else short


def _show_reading(answer: Answer) -> None:
    """Print how a question was read."""
    if answer.filters:
        out.print(Text(safe(f"Only documents with {' '.join(map(str, answer.filters))}."), style="dim"))
    if answer.understood_with:
        out.print(Text(f"Context: {safe(' '.join(answer.understood_with))}", style="dim"))
    for written, read in answer.read_as.items():
        out.print(Text(f"Corrected “{safe(written)}” to “{safe(read)}”.", style="dim"))
    for (word, folder), names in answer.other_names().items():
        where = f" in the folder {folder}" if folder else ""
        also = ", ".join(f"“{name}”" for name in names)
        out.print(Text(safe(f"For “{word}”, also searched {also}{where}."), style="dim"))
    if answer.languages_crossed:
        asked, found = map(name_of_language, answer.languages_crossed)
        out.print(Text(f"Asked in {asked}, found in {found}.", style="dim"))


def _show_parts(answer: Answer) -> None:
    """Print which passages answer which part of a question, and which parts are not covered."""
    for part in answer.parts:
        if part.ranks:
            ranks = ", ".join(map(str, part.ranks[:_RANKS_OF_PART]))
            out.print(Text(f"“{safe(part.text)}”: {ranks}", style="dim"))
    for part in answer.uncovered:
        _show_missing(part.missing)
        out.print(Text(f"The corpus does not seem to cover “{safe(part.text)}”.", style="bold"))


def _show_missing(words: Iterable[Missing]) -> None:
    for missing in words:
        nearest = f"; nearest: {', '.join(missing.nearest)}" if missing.nearest else ""
        where = " at this place" if missing.elsewhere else ""
        out.print(Text(f"“{safe(missing.word)}” is not in the documents{where}{safe(nearest)}.", style="bold"))


def _show_refusal(answer: Answer) -> None:
    _show_missing(answer.missing)
    out.print("The corpus does not seem to cover this.", style="bold")
    if answer.unread:
        language = name_of_language(answer.unread)
        out.print(f"The model of this index does not know {language}. Ask in the language of the documents, or build")
        out.print("the index with another model: citewell index --model multilingual --rebuild")
    if answer.passages:
        out.print(Text(f"You could ask about: {safe('; '.join(answer.nearby()))}"))
        out.print("The nearest passages:")


def citation(number: int, found: FoundPassage | FoundPlace) -> Text:
    """Return the line above a quotation: its number, and where it stands."""
    line = Text(f"{number}. ", style="bold")
    where = [found.place.words] if found.place else []
    line.append(safe(" › ".join([found.document, *found.section, *where])), style="cyan")
    return line.append(f" ({found.start}-{found.end})", style="dim")


def marked(text: str, marks: Iterable[Span]) -> Text:
    """Return a quotation with its marks in bold."""
    # Characters are replaced one for one, so the spans stay valid.
    shown = Text(safe(text))
    for mark in marks:
        shown.stylize("bold", mark.start, mark.end)
    return shown


def cited(place: Place) -> str:
    """Return a place in one line."""
    return f"{place.document} ({place.start}-{place.end})"


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _lines() -> Callable[[str, int, int], None]:
    last, pace = time.monotonic(), Pace()

    def show(stage: str, done: int, total: int) -> None:
        nonlocal last
        speed = pace.told(stage, done, total)
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            err.print(f"{stage}: {done:,}{f' of {total:,}' if total else ''}{f' ({speed})' if speed else ''}")

    return show
