"""The commands that look after accounts: ``citewell user``. They only wire, as those of ``cli`` do."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citewell.cli.options import IndexOption, JsonOption, StateOption, print_json, state_of
from citewell.errors import AccountsError, UsageError
from citewell.state.folder import ACCOUNTS, NOTE, StateFolder
from citewell.web.auth.credentials import Role

if TYPE_CHECKING:
    from citewell.web.auth.accounts import AccountStore

users = typer.Typer(help="Look after the accounts of the page.", no_args_is_help=True, rich_markup_mode="markdown")

NameArgument = Annotated[str, typer.Argument(help="The name to sign in with.", show_default=False)]
AccountsOption = Annotated[
    Path | None,
    typer.Option("--accounts", help=f"The file of accounts; else {ACCOUNTS} of that folder.", show_default=False),
]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Take the password from the first line of stdin.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(users, name="user")


def accounts_of(index: Path, state: StateFolder, named: Path | None) -> AccountStore | None:
    """Return the accounts that a page has, or None where nobody ever made any.

    Args:
        index: The folder of its index.
        state: Where what people wrote is kept.
        named: The file of accounts, where one is named.

    Raises:
        AccountsError: There were accounts, or there are some elsewhere, or that cannot be seen: nobody is let in by what is
            missing.
        UsageError: The file is in the index.
    """
    from citewell.web.auth.accounts import AccountStore

    if named:
        return AccountStore(_outside(index, named))
    store = AccountStore(state.accounts)
    if store.is_there():
        state.note(index)
        return store
    # A folder that is named by mistake opens nothing either.
    usual = AccountStore(StateFolder.beside(index).accounts) if index.resolve().name else store
    if usual.is_there():
        raise AccountsError(
            f"there are accounts in {usual.file}, and none in {state.path}",
            hint=f"leave --state out, or move them to {state.path}, with their .key and .sessions",
        )
    _check_noted(index, state)
    return None


def _check_noted(index: Path, state: StateFolder) -> None:
    """Raise an AccountsError where an index had accounts under another name."""
    from citewell.web.auth.accounts import AccountStore

    try:
        noted = StateFolder.noted(index)
    except OSError as error:
        raise AccountsError(f"whether {index} had accounts cannot be seen: {error.strerror}") from error
    if noted and AccountStore(noted.accounts).is_there():
        old, new = shlex.quote(str(noted.path)), shlex.quote(str(state.path))
        raise AccountsError(
            f"the accounts of {index} are in {noted.path}, and there are none in {state.path}",
            hint=f"name their folder with --state {old}; to let everyone in from now on: "
            f"rm {shlex.quote(str(index / NOTE))}",
            command=f"mv {old} {new}",
        )


@users.command()
def add(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="A reader asks; a maintainer looks after the documents, too.")],
    password_stdin: StdinOption = False,
    index: IndexOption = Path("index"),
    state: StateOption = None,
    accounts: AccountsOption = None,
) -> None:
    """Add an account; its password is asked for.

    Example: `citewell user add ada --role maintainer`
    """
    store = _store(index, state, accounts, make=True)
    account = store.add(name, role, _password(stdin=password_stdin))
    if not accounts:
        StateFolder(store.file.parent).note(index)
    typer.echo(f"Added {account.name}, a {account.role}.")


@users.command(name="list")
def show(
    index: IndexOption = Path("index"),
    state: StateOption = None,
    accounts: AccountsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who has an account.

    Example: `citewell user list`
    """
    for account in _store(index, state, accounts).accounts().values():
        if as_json:
            print_json({"name": account.name, "role": account.role, "token": account.token is not None})
        else:
            typer.echo(f"{account.name}\t{account.role}{', has a token' if account.token else ''}")


@users.command()
def remove(
    name: NameArgument,
    index: IndexOption = Path("index"),
    state: StateOption = None,
    accounts: AccountsOption = None,
) -> None:
    """Remove an account, and sign it out wherever it is signed in.

    Example: `citewell user remove ada`
    """
    _store(index, state, accounts).remove(name)
    typer.echo(f"Removed {name}.")


@users.command()
def password(
    name: NameArgument,
    password_stdin: StdinOption = False,
    index: IndexOption = Path("index"),
    state: StateOption = None,
    accounts: AccountsOption = None,
) -> None:
    """Give an account another password, and sign it out wherever it is signed in; its token is worth nothing any more, either.

    Example: `citewell user password ada`
    """
    store = _store(index, state, accounts)
    before = store.set_password(name, _password(stdin=password_stdin))
    typer.echo(f"{before.name} has a new password.")
    if before.token:
        typer.echo(
            f"The token has gone with the one before; to make another: citewell user token {before.name}", err=True
        )


@users.command()
def role(
    name: NameArgument,
    role: Annotated[Role, typer.Argument(help="What the account may do.", show_default=False)],
    index: IndexOption = Path("index"),
    state: StateOption = None,
    accounts: AccountsOption = None,
) -> None:
    """Give an account another role, and sign it out wherever it is signed in; its token acts in the new role at once.

    Example: `citewell user role ada reader`
    """
    _store(index, state, accounts).set_role(name, role)
    typer.echo(f"{name} is a {role}.")


@users.command()
def token(
    name: NameArgument,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Make none, and have the one there is be worth nothing.")
    ] = False,
    index: IndexOption = Path("index"),
    state: StateOption = None,
    accounts: AccountsOption = None,
) -> None:
    """Make a token for a program, in place of the one before. It is printed once and not kept.

    Example: `citewell user token ada`
    """
    store = _store(index, state, accounts)
    if revoke:
        store.revoke_token(name)
        typer.echo(f"{name} has no token any more.")
        return
    typer.echo(store.new_token(name))
    typer.echo("Send it as `Authorization: Bearer TOKEN`. It is not shown again.", err=True)


def _store(index: Path, state: Path | None, named: Path | None, *, make: bool = False) -> AccountStore:
    from citewell.web.auth.accounts import AccountStore

    if named:
        return AccountStore(_outside(index, named))
    folder = state_of(index, state, make=make)
    if make:
        folder.make()
    return AccountStore(folder.accounts)


def _outside(index: Path, named: Path) -> Path:
    if named.resolve().is_relative_to(index.resolve()):
        raise UsageError(
            f"{named} is in the index, which may be removed to make it anew",
            hint="leave --accounts out; what an older version kept there is moved to where it is kept now",
        )
    return named


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed
