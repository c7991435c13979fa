"""The command ``example``: documents and questions to try Citewell with."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(example)


def example(
    corpus: Annotated[Path, typer.Option(help="The folder to write the documents into; it must be empty.")] = Path(
        "corpus"
    ),
) -> None:
    """Write example documents into a folder, and questions about them into the current one.

    Example: `citewell example`
    """
    from citewell.example import QUESTIONS, write_documents, write_questions

    written = write_documents(corpus)
    write_questions(Path(QUESTIONS))
    typer.echo(f"{len(written)} documents of a school that does not exist are in {corpus}:")
    for file in written:
        typer.echo(f"  {file.name}")
    typer.echo(f"Questions about them are in {QUESTIONS}.")
    option = "" if corpus == Path("corpus") else f" --corpus {shlex.quote(str(corpus))}"
    typer.echo(f"Next: citewell index{option}")
