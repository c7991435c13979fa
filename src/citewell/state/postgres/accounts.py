"""Accounts and ended sessions in PostgreSQL."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Callable, Mapping

from citewell.errors import AccountsError
from citewell.postgres.texts import plain
from citewell.state.accounts import KEY_CHARACTERS, Account, Ended
from citewell.state.postgres.connecting import Connection, Connections, Row, failing_as
from citewell.state.postgres.schema import ACCOUNTS_LOCK

_ALL = "SELECT name, role, password, token FROM accounts"
_NAMED = f"{_ALL} WHERE name = %s"
_WITH_TOKEN = f"{_ALL} WHERE token = %s"
_PUT = (
    "INSERT INTO accounts (name, role, password, token) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password, token = excluded.token"
)
_KEY = "sessions"
_IS_THERE = "SELECT EXISTS (SELECT FROM accounts) OR EXISTS (SELECT FROM keys WHERE name = %s)"
_READ_KEY = "SELECT value FROM keys WHERE name = %s"
_ENDED = "SELECT (SELECT value FROM keys WHERE name = %s), (SELECT ended FROM sessions WHERE account = %s)"
_END = "INSERT INTO sessions VALUES (%s, %s) ON CONFLICT (account) DO UPDATE SET ended = excluded.ended"


class PostgresAccounts:
    """The accounts in a database (`storage.Accounts`).

    Args:
        connections: The database.
    """

    is_shared = True

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def place(self) -> str:
        """The database, as errors name it."""
        return str(self._connections.address)

    @property
    def add_command(self) -> str:
        """The command that adds the first account."""
        return f"citewell user add NAME --role maintainer --state {shlex.quote(self.place)}"

    def is_there(self) -> bool:
        """Return whether there are accounts, or were any (`storage.Accounts.is_there`)."""
        return bool(self._read(_IS_THERE, _KEY)[0][0])

    def all(self) -> Mapping[str, Account]:
        """Return all accounts by name.

        Raises:
            AccountsError: There are none, or the database cannot be used.
        """
        found = [_account(row) for row in self._read(f"{_ALL} ORDER BY name")]
        if not found:
            raise self._none()
        return {account.name: account for account in found}

    def named(self, name: str) -> Account | None:
        """Return the account of a name."""
        # Without a session there is no name, and who only looks whether the server is alive needs no database.
        if not name:
            return None
        # A name that is tried can have any character, and no account has a name with one that is escaped.
        return self._one(_NAMED, plain(name))

    def with_token(self, digest: str) -> Account | None:
        """Return the account of a token."""
        return self._one(_WITH_TOKEN, digest)

    def edit(self, change: Callable[[dict[str, Account]], object], *, first: bool = False) -> None:
        """Change the accounts (`storage.Accounts.edit`)."""

        def edited(connection: Connection) -> None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [ACCOUNTS_LOCK])
            rows = connection.execute(_ALL).fetchall()
            before = {account.name: account for account in map(_account, rows)}
            if not (before or first):
                raise self._none()
            after = dict(before)
            change(after)
            connection.execute("DELETE FROM accounts WHERE name = ANY(%s)", [list(before.keys() - after.keys())])
            for name, each in after.items():
                if before.get(name) != each:
                    connection.execute(_PUT, [each.name, each.role, each.password, each.token])
            _make_key(connection)

        with failing_as(AccountsError):
            self._connections.write(edited)

    def key(self) -> str:
        """Return the key that signs sessions (`storage.Accounts.key`)."""
        rows = self._read(_READ_KEY, _KEY)
        if not rows:
            with failing_as(AccountsError):
                self._connections.write(_make_key)
            rows = self._read(_READ_KEY, _KEY)
        return str(rows[0][0])

    def ended(self) -> PostgresEnded:
        """Return the sessions that ended early."""
        return PostgresEnded(self._connections, self.key())

    def _one(self, query: str, parameter: str) -> Account | None:
        rows = self._read(query, parameter)
        return _account(rows[0]) if rows else None

    def _read(self, query: str, *parameters: str) -> list[Row]:
        with failing_as(AccountsError):
            return self._connections.read(query, parameters)

    def _none(self) -> AccountsError:
        return AccountsError(f"there are no accounts in {self.place}", command=self.add_command)


class PostgresEnded:
    """The ended sessions in a database (`storage.EndedSessions`).

    Args:
        connections: The database.
        key: The key of this server.
    """

    def __init__(self, connections: Connections, key: str) -> None:
        self._connections = connections
        self.key = key

    def add(self, account: str, session: str, until: float) -> None:
        """End a session, for all servers (`storage.EndedSessions.add`)."""

        def added(connection: Connection) -> None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [ACCOUNTS_LOCK])
            known = {name: _ended(kept) for name, kept in connection.execute("SELECT account, ended FROM sessions")}
            over = [name for name, each in known.items() if not each.matters()]
            connection.execute("DELETE FROM sessions WHERE account = ANY(%s)", [over])
            ended = known.get(account, Ended()).with_one_more(session, until)
            connection.execute(_END, [account, ended.model_dump_json()])

        with failing_as(AccountsError):
            self._connections.write(added)

    def holds(self, account: str, session: str, until: float) -> bool:
        """Return whether a session has ended (`storage.EndedSessions.holds`)."""
        with failing_as(AccountsError):
            ((key, kept),) = self._connections.read(_ENDED, (_KEY, account))
        if key != self.key:
            raise AccountsError(
                f"the key in {self._connections.address} is not the one that this server uses",
                hint="restart the server",
            )
        return _ended(kept).holds(session, until)


def _account(row: Row) -> Account:
    return Account(name=row[0], role=row[1], password=row[2], token=row[3])


def _ended(kept: str | None) -> Ended:
    return Ended.model_validate_json(kept) if kept else Ended()


def _make_key(connection: Connection) -> None:
    key = secrets.token_hex(KEY_CHARACTERS // 2)
    connection.execute("INSERT INTO keys VALUES (%s, %s) ON CONFLICT DO NOTHING", [_KEY, key])
