"""What the commands share: options, the settings in use, and how results are printed for programs."""

from __future__ import annotations

import codecs
import io
import json
import sys
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from citewell.settings import Settings, load_settings

CorpusOption = Annotated[Path, typer.Option("--corpus", help="The folder of the corpus.")]
IndexOption = Annotated[Path, typer.Option("--index", help="The folder of the index.")]
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
