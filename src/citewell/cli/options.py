"""What the commands share: options, the settings in use, and how results are printed for programs."""

from __future__ import annotations

import codecs
import io
import json
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from citewell.errors import UsageError
from citewell.settings import Settings, load_settings
from citewell.state.folder import StateFolder

CorpusOption = Annotated[Path, typer.Option("--corpus", help="The folder of the corpus.")]
IndexOption = Annotated[Path, typer.Option("--index", help="The folder of the index.")]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="The folder of what people wrote; else the one beside the index.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
ModelOption = Annotated[
    str | None,
    typer.Option(help="A sentence-transformers model, by folder or name; else the index keeps its own."),
]
HostOption = Annotated[str, typer.Option(help="The address to listen on.")]
PortOption = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]


def settings_of(context: typer.Context, model: str | None = None) -> Settings:
    """Return the settings that a command is run with, with another model where one is named."""
    settings = load_settings(context.obj)
    return settings if model is None else settings.model_copy(update={"model": model})


def state_of(
    index: Path, named: Path | None, *, make: bool = False, tell: Callable[[str], object] | None = None
) -> StateFolder:
    """Return the folder of what people wrote, with what an older version kept in the index moved there.

    Args:
        index: The folder of the index.
        named: The folder, where one is named; else it is that beside the index.
        make: Whether one that is named is made if it is not there.
        tell: Who is told what was moved; else it is said on stderr.

    Raises:
        UsageError: The folder is named and is not there, or it is the index or around or inside it.
        AccountsError: Accounts of an older version cannot be moved.
        StateError: What an older version kept would leave the disk that it is on, and nobody has said where to.
    """
    state = StateFolder(named) if named else StateFolder.beside(index)
    place, whole = state.path.resolve(), index.resolve()
    if place.is_relative_to(whole) or whole.is_relative_to(place):
        raise UsageError(
            f"{state.path} cannot be around or inside the index {index}, which is made anew",
            hint="name another --state DIR",
        )
    # A slip of the hand must not open a page without the accounts that it has.
    if named and not make and not named.is_dir():
        raise UsageError(f"the folder {named} is not there", command=f"mkdir -p {shlex.quote(str(named))}")
    from citewell.state.taking_over import take_over

    for line in take_over(index, state, beside=named is None):
        (tell or partial(typer.echo, err=True))(line)
    return state


def print_json(content: dict[str, Any]) -> None:
    """Print one object on one line; as escapes where the stream is not UTF-8, or what is said has half characters."""
    line = json.dumps(content, ensure_ascii=False)
    if not is_unicode(sys.stdout) or not _is_whole(line):
        line = json.dumps(content)
    typer.echo(line)


def print_everything() -> None:
    """Have what a stream has no letters for written as escapes, so that nothing that is said ends in an error."""
    for stream in (sys.stdout, sys.stderr):
        # Where a program has put another in the place of a stream, that is its own affair.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def is_unicode(stream: TextIO) -> bool:
    """Say whether a stream takes every letter."""
    try:
        return codecs.lookup(stream.encoding).name == "utf-8"
    except (LookupError, TypeError, AttributeError):
        return False


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
