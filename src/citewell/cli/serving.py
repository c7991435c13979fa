"""The commands that serve: chat and mcp."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citewell.cli.options import HostOption, IndexOption, PortOption, StateOption, is_unicode, settings_of, state_at

if TYPE_CHECKING:
    from citewell.web import Server


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(chat)
    app.command()(mcp)


def chat(
    context: typer.Context,
    index: IndexOption = "",
    corpus: Annotated[
        Path, typer.Option(help="The folder of the documents, as long as there is no index that names one.")
    ] = Path("corpus"),
    host: HostOption = "127.0.0.1",
    port: PortOption = 7860,
    public: Annotated[
        bool, typer.Option("--public", help="Let everyone who can reach the address read the documents.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Update the index whenever the corpus changes.")] = False,
    state: StateOption = "",
    accounts: Annotated[
        Path | None,
        typer.Option(help="Accounts file. Default: accounts.json in the state folder, if present."),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="Answer only requests to this host name (can be repeated).")
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Trust X-Forwarded-For from the proxy at this address or network (can be repeated).",
        ),
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(
            help="Questions per minute and account or address; 0 is unlimited. Default: 60 if others can ask.",
            min=0,
            show_default=False,
        ),
    ] = None,
    originals: Annotated[
        bool, typer.Option("--originals", help="Let readers download the files of the documents.")
    ] = False,
    language: Annotated[
        str | None,
        typer.Option(
            metavar="TAG", help="Language of the page, such as de. Default: the one that each browser prefers."
        ),
    ] = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log to stderr as JSON, one object per line.")] = False,
    log_questions: Annotated[
        bool, typer.Option("--log-questions", help="Log questions, too. By default they are never logged.")
    ] = False,
    questions: Annotated[
        list[Path] | None,
        typer.Option(help="A question set for the page, to run and to add feedback to (can be repeated)."),
    ] = None,
) -> None:
    """Start the web chat.

    Example: `citewell chat --port 7860`
    """
    from citewell.assistant import Assistant
    from citewell.cli.users import accounts_of
    from citewell.index.opening import open_index
    from citewell.web import Server, ServerOptions, logs

    logs.configure(as_json=log_json, questions=log_questions, unicode=is_unicode(sys.stderr))
    opened = open_index(index, corpus)
    kept = state_at(index, state, report=logs.event if log_json else None)
    options = ServerOptions(
        host=host,
        port=port,
        public=public,
        watch=watch,
        accounts=accounts_of(opened.path, kept, accounts),
        names=name or (),
        trusted_proxies=trusted_proxy or (),
        rate=rate,
        questions=questions or (),
        originals=originals,
        state=kept,
        language=language,
        page_later=True,
    )
    # Without an index, documents can be added on the page, but nobody can do that on a public one.
    assistant = Assistant(opened, settings_of(context), waits=not public)
    if not log_json:
        typer.echo("Starting …", err=True)
    _serve(Server(assistant, options), quiet=log_json)


def mcp(context: typer.Context, index: IndexOption = "") -> None:
    """Serve a language model on this machine: MCP over standard input and output.

    Example: `citewell mcp --index index`
    """
    from citewell.assistant import Assistant
    from citewell.index.opening import open_index
    from citewell.web.api.mcp import create_tools
    from citewell.web.api.service import Programs
    from citewell.web.auth.visitors import Visitor, visiting
    from citewell.web.desk import Desk

    assistant = Assistant(open_index(index), settings_of(context))
    # Before the protocol begins, so that a missing index is an error of the command.
    assistant.warm_up()
    # The person who starts it can read the index, so errors name the command that fixes them.
    visiting.set(Visitor(role="maintainer"))
    with suppress(KeyboardInterrupt):
        create_tools(Programs(Desk(assistant))).run("stdio")


def _serve(server: Server, *, quiet: bool) -> None:
    """Run a server until it is interrupted, saying where it is."""
    with server:
        if not quiet:
            typer.echo(f"Citewell is at {server.url} (Ctrl+C stops it)", err=True)
        with suppress(KeyboardInterrupt):
            server.wait()
