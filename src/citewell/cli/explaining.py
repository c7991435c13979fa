"""The commands ``why`` and ``like``: why a place is not in an answer, and passages like one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from citewell.cli.options import (
    DocumentOption,
    FilterOption,
    FolderOption,
    IndexOption,
    JsonOption,
    ModelOption,
    WordsOption,
    print_json,
    scope_of,
    settings_of,
)

if TYPE_CHECKING:
    from citewell.search.explanation import Compared, Explanation
    from citewell.search.similar import Similar


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(why)
    app.command()(like)


def why(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question.")],
    at: Annotated[
        str | None,
        typer.Option(
            help="The place: FILE, FILE:START or FILE:START-END, in code points of its text.", show_default=False
        ),
    ] = None,
    quote: Annotated[
        str | None,
        typer.Option(help="A quotation instead of a position; with --at FILE, of that file.", show_default=False),
    ] = None,
    index: IndexOption = "",
    top: Annotated[int, typer.Option(help="The number of passages in the answer.", min=1, max=1000)] = 5,
    document: DocumentOption = None,
    folder: FolderOption = None,
    filters: FilterOption = None,
    correct: Annotated[bool, typer.Option(help="Correct typos to words of the corpus.")] = True,
    words: WordsOption = True,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain why a place is not in an answer, and what changes that; or where it is.

    Example: `citewell why "What are the challenges of international education?" --at international-education.txt:4500`
    """
    from citewell.assistant import Assistant
    from citewell.index.opening import open_index

    assistant = Assistant(open_index(index), settings_of(context, model))
    scope = scope_of(document, folder, filters)
    assistant.view().check_scope(scope)
    found = assistant.why(question, at, quote=quote, top=top, scope=scope, correct=correct, words=words)
    if as_json:
        print_json(found.to_json())
    else:
        _show(found)


def like(
    context: typer.Context,
    at: Annotated[
        str | None,
        typer.Argument(help="The passage: FILE:START or FILE:START-END, as answers cite it.", show_default=False),
    ] = None,
    quote: Annotated[str | None, typer.Option(help="A quotation instead of a position.", show_default=False)] = None,
    index: IndexOption = "",
    top: Annotated[int, typer.Option(help="The maximum number of passages.", min=1, max=1000)] = 5,
    document: DocumentOption = None,
    folder: FolderOption = None,
    filters: FilterOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the passages most like one.

    Example: `citewell like international-education.txt:3814-4489`
    """
    from citewell.assistant import Assistant
    from citewell.index.opening import open_index

    assistant = Assistant(open_index(index), settings_of(context))
    scope = scope_of(document, folder, filters)
    assistant.view().check_scope(scope)
    found = assistant.similar(at, quote=quote, top=top, scope=scope)
    if as_json:
        print_json(found.to_json())
    else:
        _show_similar(found)


def _show(found: Explanation) -> None:
    from rich.text import Text

    from citewell.cli.terminal import cited, out, safe

    where = cited(found.place) if found.place else found.document
    out.print(Text(safe(where), style="cyan"))
    out.print(Text(safe(found.message), style="bold"))
    for label, words in (("It has", found.has), ("It lacks", found.lacks), ("In no document", found.unknown)):
        if words:
            out.print(Text(safe(f"{label}: {', '.join(words)}"), style="dim"))
    for name, each in (("this place", found.this), ("the first", found.first), ("the last shown", found.last)):
        if each:
            out.print(Text(_compared(name, each), style="dim"))
    for fix in (found.hint, found.command):
        if fix:
            out.print(Text(safe(f"fix: {fix}")))


def _show_similar(found: Similar) -> None:
    from rich.text import Text

    from citewell.cli.terminal import citation, cited, marked, out, print_text, safe

    out.print(Text(safe(f"Like {cited(found.place)}:"), style="bold"))
    for place in found.repeated:
        out.print(Text(safe(f"   also in {cited(place)}"), style="dim"))
    if not found.passages:
        out.print("There is no other passage.")
    for each in found.passages:
        out.print()
        out.print(citation(each.rank, each).append(f", cosine {each.cosine:.2f}", style="dim"))
        print_text(marked(each.text, each.marks), 3)


def _compared(name: str, each: Compared) -> str:
    rank = "" if each.rank is None else f"rank {each.rank}, "
    return (
        f"{name:>14}: {rank}score {each.score:.2f} (cosine {each.cosine:.2f}, BM25 {each.bm25:.2f},"
        f" nearness {each.nearness:.2f}), words {each.words:.0%}"
    )
