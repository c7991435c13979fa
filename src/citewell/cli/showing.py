"""The command ``show``: what Citewell sees of a file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from citewell.cli.options import IndexOption, JsonOption, ModelOption, print_json, settings_of

if TYPE_CHECKING:
    from rich.text import Text

    from citewell.building.seeing import Seen, SeenPlace

# At a glance; the options and --json show all.
_MOST_HEADINGS = 40
_MOST_FACTS = 12
_MOST_PARTS = 20
_BEGINNING = 400
_LABEL = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(show)


def show(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="A document of the index, or any file.", show_default=False)],
    index: IndexOption = "",
    text: Annotated[
        bool, typer.Option("--text", help="Print the whole text, with its pages and other places.")
    ] = False,
    passages: Annotated[bool, typer.Option("--passages", help="Print the passages that questions find.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Read the file now, also if the index has it.")] = False,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what Citewell sees of a file: its title, outline, facts, places and warnings, before it is indexed or after.

    Example: `citewell show corpus/international-education.txt`
    """
    from citewell.building import showing
    from citewell.index.opening import open_index

    seen = showing.show(file, open_index(index), settings_of(context, model), fresh=fresh, passages=passages)
    if as_json:
        print_json(_json(seen, text=text))
    else:
        _print(seen, text=text)


def _json(seen: Seen, *, text: bool) -> dict[str, Any]:
    """Return what is seen as JSON; texts are in it only if they were asked for."""
    found = seen.to_json()
    found["attached"] = [_json(each, text=text) for each in seen.attached]
    if not text:
        del found["text"]
    return found


def _print(seen: Seen, *, text: bool) -> None:
    """Print what is seen; in a pager, if it is longer than the terminal."""
    from rich.text import Text

    from citewell.cli.terminal import out

    lines = [*_overview(seen)]
    if text:
        lines += ["", *_marked_text(seen)]
    elif seen.passages is None:
        lines += ["", "Begins", *_indented(_beginning(seen.text))]
    if seen.passages is not None:
        lines += ["", *_passages(seen)]
    shown = [Text(line) if isinstance(line, str) else line for line in lines]
    with out.capture() as capture:
        for line in shown:
            out.print(line, soft_wrap=not out.is_terminal)
    printed = capture.get()
    if out.is_terminal and printed.count("\n") >= out.height:
        click.echo_via_pager(printed)
    else:
        typer.echo(printed, nl=False)


def _overview(seen: Seen) -> Iterator[Text | str]:
    from rich.text import Text

    from citewell.cli.terminal import safe
    from citewell.text.language_names import name_of_language

    yield Text(safe(seen.path), style="bold")
    yield _row("Title", seen.title)
    yield _row("Read as", seen.reader or "unknown")
    yield _row("Size", _size(seen))
    if seen.language:
        yield _row("Language", name_of_language(seen.language))
    yield _row("Index", _state(seen))
    # What the format and the text tell is said already.
    known = [each for each in seen.facts if each.source not in ("format", "text")]
    for name, facts in groupby(known[:_MOST_FACTS], key=lambda each: each.name):
        found = list(facts)
        sources = ", ".join(dict.fromkeys(each.source for each in found))
        yield _row(name.capitalize(), f"{', '.join(each.value for each in found)} ({sources})")
    for line in _more(len(known), _MOST_FACTS, "facts"):
        yield _row("", line)
    for nth, warning in enumerate(seen.warnings):
        yield _row("Warnings" if not nth else "", warning, style="yellow")
    if seen.places:
        yield _row("Places", "; ".join(_ranges(seen.places)))
    yield from _inside(seen)
    yield from _outline(seen)


def _row(label: str, words: str, style: str = "") -> Text:
    from rich.text import Text

    from citewell.cli.terminal import safe

    return Text(f"  {label:<{_LABEL - 1}} ", style="dim") + Text(safe(words), style=style)


def _size(seen: Seen) -> str:
    from citewell.cli.terminal import count_of

    counts = [count_of(seen.words, "word"), count_of(seen.characters, "character")]
    pages = [count_of(seen.pages, "page")] if seen.pages else []
    figures = [count_of(seen.figures, "figure")] if seen.figures else []
    passages = [count_of(len(seen.passages), "passage")] if seen.passages is not None else []
    return ", ".join([*pages, *counts, *figures, *passages])


def _state(seen: Seen) -> str:
    if seen.note:
        return f"this file {seen.note}"
    return "what the index has" if seen.indexed else "read now"


def _ranges(places: tuple[SeenPlace, ...]) -> Iterator[str]:
    """Say which places there are, the first and the last of each kind."""
    from citewell.cli.terminal import count_of

    for kind, group in groupby(sorted(places, key=lambda each: each.place.kind), key=lambda each: each.place.kind):
        found = list(group)
        ends = [found[0].place.label] if len(found) == 1 else [found[0].place.label, found[-1].place.label]
        yield f"{count_of(len(found), kind)} ({' to '.join(ends)})"


def _inside(seen: Seen) -> Iterator[Text]:
    for nth, each in enumerate(seen.attached[:_MOST_PARTS]):
        yield _row("Inside" if not nth else "", f"{each.path} ({_size(each)})")
    for line in _more(len(seen.attached), _MOST_PARTS, "files inside"):
        yield _row("", line)
    for nth, part in enumerate(seen.unread[:_MOST_PARTS]):
        yield _row("Not read" if not nth else "", f"{part.name}: {part.reason}", style="yellow")
    for line in _more(len(seen.unread), _MOST_PARTS, "parts that were not read"):
        yield _row("", line)


def _outline(seen: Seen) -> Iterator[Text | str]:
    from rich.text import Text

    from citewell.cli.terminal import safe

    if seen.outline:
        yield ""
        yield "Outline"
    for each in seen.outline[:_MOST_HEADINGS]:
        line = Text(f"{'  ' * each.level}{safe(each.text)}")
        yield line.append(f"  {safe(each.place.words)}" if each.place else f"  {each.start}", style="dim")
    yield from (f"  {line}" for line in _more(len(seen.outline), _MOST_HEADINGS, "headings"))


def _more(count: int, shown: int, what: str) -> Iterator[str]:
    if count > shown:
        yield f"and {count - shown:,} more {what} (--json lists all)"


def _beginning(text: str) -> str:
    short = text[: _BEGINNING + 1].strip()
    return short if len(short) <= _BEGINNING else f"{short[:_BEGINNING].rsplit(None, 1)[0]} …"


def _indented(text: str) -> Iterator[str]:
    from citewell.cli.terminal import safe

    return (f"  {line}".rstrip() for line in safe(text).splitlines())


def _marked_text(seen: Seen) -> Iterator[Text | str]:
    """Yield the lines of the text, and above what begins there the name of each place."""
    from rich.text import Text

    from citewell.cli.terminal import safe

    starts = [each.start for each in seen.places]
    yield from safe(seen.text[: starts[0] if starts else None]).splitlines()
    for place, end in zip(seen.places, [*starts[1:], None], strict=False):
        yield Text(f"[{safe(place.place.words)}]", style="cyan")
        yield from safe(seen.text[place.start : end]).splitlines()


def _passages(seen: Seen) -> Iterator[Text | str]:
    from rich.text import Text

    from citewell.cli.terminal import safe

    for nth, each in enumerate(seen.passages or (), 1):
        where = [*each.section, *([each.place.words] if each.place else [])]
        line = Text(f"{nth}. ", style="bold").append(safe(" › ".join(where)), style="cyan")
        yield line.append(f" ({each.start}-{each.end})", style="dim")
        yield from _indented(each.text)
        yield ""
