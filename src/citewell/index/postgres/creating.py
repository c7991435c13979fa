"""Creates the tables of an index: all of them on one server, or some of them spread over shards.

The database is that of the coordinator if it knows foreign servers named ``citewell_shard_0``, ``citewell_shard_1`` and so on:
a table that can be spread is then partitioned by the number of the shard, and each partition is a foreign table (postgres_fdw).
On a shard, `shard_script` has created what it needs.
"""

from __future__ import annotations

from typing import Any

import psycopg

from citewell.errors import IndexFaultError, IndexMismatchError
from citewell.index.postgres.schema import (
    COMPARED,
    LOCK,
    OTHERS,
    SCHEMA,
    SPREAD,
    TABLES,
    VERSION,
    VIEW,
    check,
    part,
    version_of,
)
from citewell.postgres.schemas import create_schema

_SCRIPT = "contrib/postgresql/shard.sql"
_SERVERS = (
    "SELECT srvname FROM pg_foreign_server WHERE srvname ~ '^citewell_shard_[0-9]+$'"
    " ORDER BY substring(srvname FROM '[0-9]+$')::int4"
)
# Rows that are inserted, and fetched, in one go.
_ROWS = "batch_size '1000', fetch_size '1000'"
# What a shard has is not counted: it is many rows, and the planner has them computed and sorted there.
_PAGES, _TUPLES = 1 << 24, 1e8
_MANY = (
    "SELECT pg_restore_relation_stats('schemaname', %s::text, 'relname', %s::text,"
    " 'relpages', %s::int4, 'reltuples', %s::float4)"
)


def create(connection: psycopg.Connection[Any], address: object) -> None:
    """Create the tables in a database, if they are not there.

    Raises:
        IndexFaultError: It has no pgvector, this user may not create it, or a shard is not as it has to be.
        IndexMismatchError: It, or a shard, has tables of another version.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
        if version_of(connection) is None:
            _create(connection, address)
    check(version_of(connection), address)


def shard_script() -> str:
    """Return the statements that prepare a shard; they are kept in a file, which is run by who adds one."""
    tables = [table.definition(f"{SCHEMA}.{name}") for name, table in SPREAD.items()]
    statements = [
        "CREATE EXTENSION IF NOT EXISTS vector SCHEMA public",
        f"CREATE SCHEMA {SCHEMA}",
        *tables,
        COMPARED.replace("TABLE ", f"TABLE {SCHEMA}."),
        _view(),
    ]
    return "".join(f"{each};\n" for each in statements)


def _view() -> str:
    """Return the statement that creates what says the version of a shard, how many rows it has, and bytes."""
    tables = [f"{SCHEMA}.{name}" for name in SPREAD]
    is_empty = " AND ".join(f"NOT EXISTS (SELECT FROM {table})" for table in tables)
    size = " + ".join(f"pg_total_relation_size('{table}')" for table in tables)
    return f"CREATE VIEW {SCHEMA}.{VIEW} AS SELECT {VERSION} AS version, {is_empty} AS is_empty, {size} AS bytes"


def _create(connection: psycopg.Connection[Any], address: object) -> None:
    try:
        with connection.transaction():
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
    except (
        psycopg.errors.FeatureNotSupported,
        psycopg.errors.UndefinedFile,
        psycopg.errors.InsufficientPrivilege,
    ) as error:
        raise IndexFaultError(
            f"the database {address} has no extension vector: {str(error).partition(chr(10))[0]}",
            hint="install pgvector on the server, and have its owner run: CREATE EXTENSION vector",
        ) from error
    create_schema(connection, SCHEMA)
    servers = [name for (name,) in connection.execute(_SERVERS).fetchall()]
    for name, table in TABLES.items():
        if table.spread and servers:
            connection.execute(f"CREATE TABLE {name} ({table.defined}) PARTITION BY LIST (shard)")
        else:
            connection.execute(table.definition(name))
    connection.execute(COMPARED)
    connection.execute(OTHERS)
    for nth, server in enumerate(servers or [None]):
        connection.execute("INSERT INTO shards VALUES (%s, %s)", [nth, server])
        if server is not None:
            _add(connection, nth, server)


def _add(connection: psycopg.Connection[Any], nth: int, server: str) -> None:
    """Add a shard, which must be empty.

    Raises:
        IndexFaultError: It has rows, or no tables, or it is not the next one.
        IndexMismatchError: Its tables are of another version.
    """
    if server != f"citewell_shard_{nth}":
        raise IndexFaultError(f"there is a foreign server {server}, but none named citewell_shard_{nth}")
    connection.execute(
        f"CREATE FOREIGN TABLE {part(VIEW, nth)} (version int4, is_empty bool, bytes int8)"
        f" SERVER {server} OPTIONS (schema_name '{SCHEMA}', table_name '{VIEW}')"
    )
    try:
        with connection.transaction():
            version, is_empty = connection.execute(
                f"SELECT version, is_empty FROM {part(VIEW, nth)}"  # noqa: S608 - our own words
            ).fetchone() or (None, False)
    except psycopg.errors.UndefinedTable as error:
        raise IndexFaultError(f"the shard {server} has no tables of an index", hint=f"run {_SCRIPT} there") from error
    if version != VERSION:
        raise IndexMismatchError(
            f"the tables of the shard {server} have version {version}; this Citewell writes version {VERSION}",
            hint=f"drop them there (DROP SCHEMA {SCHEMA} CASCADE), and run {_SCRIPT} of this version",
        )
    if not is_empty:
        raise IndexFaultError(
            f"the shard {server} has rows of another index",
            hint=f"drop them there (DROP SCHEMA {SCHEMA} CASCADE), and run {_SCRIPT} again",
        )
    for name in SPREAD:
        connection.execute(
            f"CREATE FOREIGN TABLE {part(name, nth)} PARTITION OF {name} FOR VALUES IN ({nth})"
            f" SERVER {server} OPTIONS (schema_name '{SCHEMA}', table_name '{name}', {_ROWS})"
        )
        connection.execute(_MANY, [SCHEMA, part(name, nth), _PAGES, _TUPLES])
