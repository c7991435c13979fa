"""Shared by the commands: options, settings, and printing JSON."""

from __future__ import annotations

import codecs
import io
import json
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from citewell.errors import UsageError
from citewell.settings import Settings, is_address, load_settings
from citewell.state.folder import StateFolder

if TYPE_CHECKING:
    from citewell.answer import Scope
    from citewell.state.storage import State

CorpusOption = Annotated[Path, typer.Option("--corpus", help="The folder of the corpus.")]


def _place_of(context: typer.Context, place: str) -> str:
    """Return where the index is: as the option says, or else the settings."""
    return place or load_settings(context.obj).index


IndexOption = Annotated[
    str,
    typer.Option(
        "--index",
        callback=_place_of,
        show_default=False,
        metavar="PLACE",
        help="The index: a folder, or the address of a database. Default: index, or as the settings say.",
    ),
]


def _state_place_of(context: typer.Context, place: str) -> str:
    """Return where user data are: as the option says, or else the settings."""
    return place or load_settings(context.obj).state


StateOption = Annotated[
    str,
    typer.Option(
        "--state",
        callback=_state_place_of,
        show_default=False,
        metavar="PLACE",
        help="User data: a folder, or the address of a database. Default: beside the index, or in its database, or as the "
        "settings say.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
VerifyOption = Annotated[
    bool,
    typer.Option("--verify", help="Read every file to find changes, instead of trusting sizes and times."),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        help="How many files are read at once. Default: as many as there are processors, at most 8.",
        min=1,
        max=64,
        show_default=False,
    ),
]
WorkersOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="The scheduler of Dask whose workers read and encode, instead of this machine: tcp://HOST:8786 (docs/workers.md).",
        show_default=False,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        help="english, multilingual, or a sentence-transformers model by folder or name. Default: the index's own model."
    ),
]
WordsOption = Annotated[
    bool, typer.Option(help="Search for other names, too, as citewell-words.txt says; they are shown.")
]
DocumentOption = Annotated[
    list[str] | None, typer.Option("--document", help="Search only this document (can be repeated).")
]
FolderOption = Annotated[list[str] | None, typer.Option("--folder", help="Search only this folder (can be repeated).")]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter", help="Search only documents with this fact: author:Lee, after:2023, -tag:draft (can be repeated)."
    ),
]
HostOption = Annotated[str, typer.Option(help="The address to listen on.")]
PortOption = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]


def settings_of(context: typer.Context, model: str | None = None) -> Settings:
    """Return the settings of a command, with another model if one is given."""
    settings = load_settings(context.obj)
    return settings if model is None else settings.model_copy(update={"model": model})


def scope_of(documents: list[str] | None, folders: list[str] | None, filters: list[str] | None = None) -> Scope:
    """Return the documents to search.

    Raises:
        UsageError: One of the filters is none.
    """
    from citewell.answer import Scope
    from citewell.search.filtering import parse_filters

    return Scope(tuple(documents or ()), tuple(folders or ()), parse_filters(filters or ()))


def options_for(scope: Scope) -> list[str]:
    """Return the options that search only a scope."""
    named = [("--document", each) for each in scope.documents] + [("--folder", each) for each in scope.folders]
    named += [("--filter", str(each)) for each in scope.filters]
    return [part for pair in named for part in pair]


def state_at(index: str, named: str, *, create: bool = False, report: Callable[[str], object] | None = None) -> State:
    """Return the user data of an index: where the user says, or in the database of the index, or beside its folder.

    Args:
        index: The place of the index.
        named: The place given by the user; empty if there is none.
        create: Whether a given folder may be missing and will be created.
        report: Called with messages about moved data; None prints them to stderr.

    Raises:
        UsageError: The given folder does not exist, or overlaps the index; or an address is not one.
        AccountsError: Accounts of an older version cannot be moved.
        StateError: Data of an older version would move to another disk, and no folder was given.
    """
    from citewell.index.opening import folder_of
    from citewell.state.opening import open_state

    folder = folder_of(index)
    place = named or (index if is_address(index) else "")
    if is_address(place):
        return open_state(place, StateFolder.beside(folder))
    chosen = state_of(folder, Path(place) if place else None, create=create, report=report)
    return open_state(chosen.path, chosen)


def state_of(
    index: Path, named: Path | None, *, create: bool = False, report: Callable[[str], object] | None = None
) -> StateFolder:
    """Return the state folder, after moving data there that an older version kept in the index.

    Args:
        index: The folder of the index.
        named: The folder given by the user; None is the one beside the index.
        create: Whether a given folder may be missing and will be created.
        report: Called with messages about moved data; None prints them to stderr.

    Raises:
        UsageError: The given folder does not exist, or overlaps the index.
        AccountsError: Accounts of an older version cannot be moved.
        StateError: Data of an older version would move to another disk, and no folder was given.
    """
    state = StateFolder(named) if named else StateFolder.beside(index)
    place, whole = state.path.resolve(), index.resolve()
    if place.is_relative_to(whole) or whole.is_relative_to(place):
        raise UsageError(
            f"{state.path} must not contain, or be inside, the index {index}, which is rebuilt",
            hint="choose another folder with --state DIR",
        )
    # A typo in the name must not start a server without its accounts.
    if named and not create and not named.is_dir():
        raise UsageError(f"the folder {named} does not exist", command=f"mkdir -p {shlex.quote(str(named))}")
    from citewell.state.migration import migrate

    for line in migrate(index, state, is_default=named is None):
        (report or partial(typer.echo, err=True))(line)
    return state


def print_json(content: dict[str, Any]) -> None:
    """Print one object on one line; escaped if the stream is not UTF-8 or the text has lone surrogates."""
    line = json.dumps(content, ensure_ascii=False)
    if not is_unicode(sys.stdout) or not _is_whole(line):
        line = json.dumps(content)
    typer.echo(line)


def print_everything() -> None:
    """Print characters that a stream cannot encode as escapes, so that no output ends in an error."""
    for stream in (sys.stdout, sys.stderr):
        # Another program may have replaced the stream; it is left unchanged.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def is_unicode(stream: TextIO) -> bool:
    """Return whether a stream can encode every character."""
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
