"""The command that finds every place of some words."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from citewell.cli.options import (
    DocumentOption,
    FilterOption,
    FolderOption,
    IndexOption,
    JsonOption,
    options_for,
    print_json,
    scope_of,
    settings_of,
)
from citewell.errors import UsageError

if TYPE_CHECKING:
    from citewell.answer import Answer, Scope
    from citewell.found import Found, FoundPlace
    from citewell.view import View

_MOST_DOCUMENTS = 20


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(find)


def find(
    context: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            help='Words, "phrases", word* (any ending), -word (not in the paragraph), filters.', show_default=False
        ),
    ],
    index: IndexOption = "",
    document: DocumentOption = None,
    folder: FolderOption = None,
    filters: FilterOption = None,
    sort: Annotated[Literal["place", "relevance"], typer.Option(help="The order of the places.")] = "place",
    page: Annotated[int, typer.Option(help="Which page of the places.", min=1)] = 1,
    per_page: Annotated[int, typer.Option(help="How many places a page has.", min=1, max=1000)] = 20,
    csv: Annotated[str | None, typer.Option(help="Write all places as CSV to this file; - is stdout.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Find every place of some words, as they are written: capitals and accents do not count, endings do.

    Example: `citewell find 'leave "notice period" holiday* -sick'`
    """
    from citewell.index.opening import open_index
    from citewell.search.finding import Finder

    if csv is not None and as_json:
        raise UsageError("give --csv or --json, not both")
    snapshot = open_index(index).open()
    scope = scope_of(document, folder, filters)
    finder = Finder(snapshot, scope, settings_of(context).searching.question_characters)
    if csv is not None:
        _write_csv(finder.all(query), csv)
        return
    found = finder.page(query, sort=sort, page=page, per_page=per_page)
    if as_json:
        print_json(found.to_json())
    else:
        _show(found)


def show_offer(answer: Answer, view: View, scope: Scope, index: str) -> None:
    """Print the command that finds all places of what an answer is about, if it has some of the question's words."""
    from rich.text import Text

    from citewell.cli.terminal import out, safe
    from citewell.search.telling import query_of

    found = query_of(answer, view.finder(scope), view.snapshot.catalogue.languages) if answer.answered else None
    if found is None:
        return
    query, places = found
    command = shlex.join(["citewell", "find", query, "--index", index, *options_for(scope)])
    words = ", ".join(f"“{word}”" for word in query.split())
    whole = f"All {places:,} places" if places > 1 else "The only place"
    out.print(Text(safe(f"\n{whole} with {words}: {command}"), style="dim"))


def _write_csv(places: Iterator[FoundPlace], target: str) -> None:
    from citewell.files import replacing
    from citewell.found import rows_of
    from citewell.rendering.spreadsheet import csv_lines

    lines = csv_lines(rows_of(places))
    if target == "-":
        for line in lines:
            # Its line ends are those of CSV already.
            sys.stdout.write(line.removesuffix("\r\n") + "\n")
        return
    try:
        with replacing(Path(target), private=False) as (stream, _):
            for line in lines:
                stream.write(line.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error


def _show(found: Found) -> None:
    from rich.text import Text

    from citewell.cli.terminal import citation, marked, out, print_text, safe

    for each in found.ignored:
        out.print(Text(safe(f"“{each}” was not looked for: it has no letters or digits."), style="dim"))
    out.print(Text(_headline(found), style="bold"))
    if found.filters:
        out.print(Text(safe(f"Only documents with {' '.join(map(str, found.filters))}."), style="dim"))
    if not found.total:
        _show_nothing(found)
        return
    for document in found.documents[:_MOST_DOCUMENTS]:
        out.print(Text(f"{document.places:>7,}  ") + Text(safe(document.document), style="cyan"))
    if found.documents_total > _MOST_DOCUMENTS:
        out.print(f"         and {found.documents_total - _MOST_DOCUMENTS:,} more documents (--json lists all)")
    for place in found.places:
        out.print()
        out.print(citation(place.number, place))
        print_text(marked(place.text, place.shown), 3)
    if found.pages > 1:
        following = f"; --page {found.page + 1} shows more" if found.page < found.pages else ""
        out.print(f"\nPage {found.page:,} of {found.pages:,}{following}.")


def _show_nothing(found: Found) -> None:
    from rich.text import Text

    from citewell.cli.terminal import count_of, out, safe

    if len(found.terms) > 1:
        for term in found.terms:
            out.print(Text(safe(f"  “{term.text}”: {count_of(term.places, 'place')}")))
        out.print("No paragraph has them as asked.")
    out.print("Words are found as they are written; word* finds every ending. To ask instead: citewell ask")


def _headline(found: Found) -> str:
    from citewell.cli.terminal import count_of

    if not found.total:
        return "No places."
    places, paragraphs = count_of(found.total, "place"), count_of(found.paragraphs, "paragraph")
    return f"{places} in {paragraphs} of {count_of(found.documents_total, 'document')}:"
