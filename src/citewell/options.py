"""What the commands share: options, the settings in use, and how results are printed for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

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
    """Print one object on one line."""
    typer.echo(json.dumps(content, ensure_ascii=False))
