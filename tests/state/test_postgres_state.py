"""User data in PostgreSQL: who may do what, versions, and connections that are lost."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citewell import Settings, build
from citewell.errors import AccountsError, IndexFaultError, IndexUnreadableError, StateError, TooManyError
from citewell.index.opening import open_index
from citewell.state.folder import StateFolder
from citewell.web.auth.accounts import AccountStore
from citewell.web.auth.sessions import Sessions
from citewell.web.auth.visitors import Rate
from tests.support.accounts import PHRASE, QUICK
from tests.support.commands import citewell
from tests.support.environment import ROOT
from tests.support.postgres import database

if TYPE_CHECKING:
    import psycopg

    from citewell.state.postgres.state import PostgresState


@pytest.fixture
def address(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A new database, and a folder in which everything is that is beside it."""
    monkeypatch.chdir(tmp_path)
    with database(postgres, secrets.token_hex(8)) as created:
        yield created


@pytest.fixture
def state(address: str) -> Iterator[PostgresState]:
    opened = opening(address)
    yield opened
    opened.close()


@pytest.fixture
def owner(address: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner of the database, who can do everything."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def opening(address: str) -> PostgresState:
    from citewell.state.postgres.state import PostgresState

    return PostgresState(address, StateFolder(Path("state")))


def end_others(owner: psycopg.Connection[Any]) -> None:
    """End all other connections to the database, as a restart does."""
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )


@pytest.mark.long
@pytest.mark.usefixtures("encoder", "calibrated_by_few")
def test_each_of_the_three_roles_has_the_rights_that_the_documentation_gives_it_and_no_more(
    address: str, owner: psycopg.Connection[Any], corpus: Path
) -> None:
    page = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
    (statements,) = re.findall(r"```sql\n([^`]*CREATE ROLE[^`]*)```", page)
    # Roles are those of the whole server.
    ending = secrets.token_hex(4)
    roles = {name: f"{name}_{ending}" for name in ("citewell_builder", "citewell_reader", "citewell_keeper")}
    for name, unique in roles.items():
        statements = statements.replace(name, unique)
    owner.execute(statements)
    places = {}
    for name, unique in roles.items():
        owner.execute(f"ALTER ROLE {unique} PASSWORD 'x{ending}'")
        places[name] = re.sub(r"//.*@", f"//{unique}:x{ending}@", address)
    builder, reader = (open_index(places[name]) for name in ("citewell_builder", "citewell_reader"))
    keeper, others = opening(places["citewell_keeper"]), opening(places["citewell_reader"])
    try:
        build(corpus, builder, Settings(model="english"))
        AccountStore(keeper.accounts, QUICK).add("ada", "reader", PHRASE)
        assert keeper.counts("questions", 1, 60).hit("ada", 1) == 0
        assert reader.open().manifest.documents == 3
        with pytest.raises(IndexFaultError, match=r"refuses|permission denied"):
            build(corpus, reader, Settings(model="english"), force=True)
        with pytest.raises(AccountsError, match="permission denied for schema citewell_state") as told:
            others.accounts.all()
        assert "--state" in str(told.value)
        index = open_index(places["citewell_keeper"])
        with pytest.raises(IndexUnreadableError, match="permission denied for schema citewell"):
            index.current()
        index.close()
        builders = opening(places["citewell_builder"])
        with pytest.raises(AccountsError, match="permission denied"):
            builders.accounts.all()
        builders.close()
    finally:
        for each in (builder, reader, keeper, others):
            each.close()
        for unique in roles.values():
            owner.execute(f"DROP OWNED BY {unique} CASCADE; DROP ROLE {unique}")


def test_a_role_that_may_not_make_the_tables_is_told_what_to_do(address: str, owner: psycopg.Connection[Any]) -> None:
    role = f"reader_{secrets.token_hex(4)}"
    owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'xyzzy'")
    state = opening(re.sub(r"//.*@", f"//{role}:xyzzy@", address))
    with pytest.raises(AccountsError, match="refuses this user its user data") as told:
        state.accounts.is_there()
    assert "xyzzy" not in str(told.value)
    state.close()
    owner.execute(f"DROP ROLE {role}")


def test_tables_of_another_version_are_refused_with_the_command(
    address: str, state: PostgresState, owner: psycopg.Connection[Any]
) -> None:
    assert not state.accounts.is_there()
    owner.execute("UPDATE citewell_state.version SET version = 2")
    newer = opening(address)
    with pytest.raises(StateError, match="have version 2; this Citewell uses version 1") as told:
        newer.runs.heads()
    assert told.value.command == "pip install --upgrade 'citewell[postgresql]'"
    newer.close()
    refused = citewell("user", "list", "--state", address)
    assert refused.returncode == 1
    assert "have version 2" in refused.stderr
    assert address.partition("citewell:")[2].partition("@")[0] not in refused.stderr


@pytest.mark.promise("closed-by-default")
def test_accounts_in_the_folder_of_before_keep_a_server_closed(address: str, tmp_path: Path) -> None:
    name = address.rpartition("/")[2]
    AccountStore(StateFolder.beside(tmp_path / f"index-{name}").accounts, QUICK).add("ada", "reader", PHRASE)
    refused = citewell("chat", "--index", address, "--port", "7994", cwd=tmp_path)
    assert refused.returncode == 1
    assert f"index-{name}-state/accounts.json, but not in postgresql://citewell@" in refused.stderr
    assert f"keep using them with --state {tmp_path}/index-{name}-state" in refused.stderr
    copied = citewell("user", "copy", f"index-{name}-state", "--index", address, cwd=tmp_path)
    assert copied.stdout.endswith(": 1 accounts, 0 pieces of feedback, 0 runs.\n"), copied.stderr
    assert citewell("user", "list", "--index", address, cwd=tmp_path).stdout == "ada\treader\n"


def test_settings_name_the_place_of_user_data(address: str, tmp_path: Path) -> None:
    (tmp_path / "citewell.toml").write_text(f'state = "{address}"\n')
    added = citewell("user", "add", "ada", "--role", "reader", "--password-stdin", cwd=tmp_path, typed=PHRASE)
    assert added.returncode == 0, added.stderr
    assert citewell("user", "list", cwd=tmp_path).stdout == "ada\treader\n"
    assert list(opening(address).accounts.all()) == ["ada"]
    (tmp_path / "citewell.toml").write_text('state = "kept"\n')
    (tmp_path / "kept").mkdir()
    assert "there are no accounts in" in citewell("user", "list", cwd=tmp_path).stderr


@pytest.mark.promise("nothing-lost")
def test_a_change_whose_connection_is_lost_is_made_once_more_and_never_by_half(
    state: PostgresState, owner: psycopg.Connection[Any]
) -> None:
    store = AccountStore(state.accounts, QUICK)
    store.add("ada", "reader", PHRASE)
    tried: list[int] = []

    def losing(accounts: dict[str, Any]) -> None:
        tried.append(len(accounts))
        accounts["bob"] = accounts["ada"].model_copy(update={"name": "bob"})
        if len(tried) == 1:
            end_others(owner)

    state.accounts.edit(losing)
    assert tried == [1, 1]
    end_others(owner)
    assert list(store.accounts()) == ["ada", "bob"]
    end_others(owner)
    store.remove("bob")
    assert list(store.accounts()) == ["ada"]


@pytest.mark.promise("secrets")
def test_another_key_ends_all_sessions_and_lets_nobody_in_until_then(
    state: PostgresState, owner: psycopg.Connection[Any]
) -> None:
    store = AccountStore(state.accounts, QUICK)
    session: dict[str, Any] = {}
    before = Sessions(store)
    before.begin(session, store.add("ada", "reader", PHRASE))
    key = store.key()
    owner.execute("TRUNCATE citewell_state.keys")
    with pytest.raises(AccountsError, match="is not the one that this server uses; restart the server"):
        before.account(session)
    Sessions(store)
    assert store.key() != key
    with pytest.raises(AccountsError, match="restart the server"):
        before.account(session)


def test_a_change_that_may_have_been_made_is_not_made_again(
    state: PostgresState, owner: psycopg.Connection[Any]
) -> None:
    AccountStore(state.accounts, QUICK).add("ada", "reader", PHRASE)
    made: list[int] = []

    def made_and_lost(connection: psycopg.Connection[Any]) -> None:
        made.append(1)
        connection.execute("INSERT INTO runs VALUES ('a', 'x', '')")
        end_others(owner)

    with pytest.raises(StateError, match="it is unknown whether it was made") as told:
        state.connections.write(made_and_lost)
    assert "make it again if it was not" in str(told.value)
    assert made == [1]
    assert state.runs.heads() == {}


def test_a_database_that_is_away_is_named_without_its_password(postgres: str) -> None:
    state = opening(postgres.replace("127.0.0.1:", "127.0.0.1:1,127.0.0.1:").rpartition(",")[0])
    with pytest.raises(AccountsError, match=r"cannot be reached: .*refused") as told:
        state.accounts.is_there()
    assert told.value.hint == "start the primary, or promote a standby; then try again"
    assert postgres.partition("citewell:")[2].partition("@")[0] not in str(told.value)


@pytest.mark.promise("limits")
def test_a_limit_holds_while_the_database_is_away(postgres: str) -> None:
    away = opening(postgres.replace("127.0.0.1:", "127.0.0.1:1,127.0.0.1:").rpartition(",")[0])
    rate = Rate(2, what="too many; ask again", name="questions", state=away)
    rate.count("ada")
    rate.count("ada")
    with pytest.raises(TooManyError):
        rate.count("ada")
    assert rate.counted("ada") == 2
    rate.check("bob")


@pytest.mark.promise("limits")
def test_what_is_counted_takes_little_space_and_goes_when_it_is_over(
    state: PostgresState, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = state.counts("questions", 1000, 3600)
    assert [counts.hit("ada", 1) for _ in range(50)] == [0] * 50
    assert counts.counted("ada") == 50
    assert owner.execute("SELECT cardinality(times), costs FROM citewell_state.limits").fetchall() == [(1, [50])]
    # A clock that was wrong, and is right again.
    owner.execute("UPDATE citewell_state.limits SET times = '{9e12}'")
    assert (counts.counted("ada"), counts.hit("ada", 1000)) == (0, 0)
    monkeypatch.setattr("citewell.state.postgres.limits._REMOVE_SECONDS", -1.0)
    owner.execute("UPDATE citewell_state.limits SET until = 1")
    assert counts.hit("bob", 1) == 0
    assert owner.execute("SELECT key FROM citewell_state.limits").fetchall() == [("bob",)]
