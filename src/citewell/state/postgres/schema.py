"""The tables of user data in PostgreSQL."""

from __future__ import annotations

from typing import Any

import psycopg

from citewell.errors import StateError
from citewell.postgres.schemas import create_schema

# Increase when a table changes: a database of another version is refused.
VERSION = 1
SCHEMA = "citewell_state"
# What takes these locks changes the tables, the accounts, or the feedback.
_LOCK = 0x63697374
ACCOUNTS_LOCK = _LOCK + 1
FEEDBACK_LOCK = _LOCK + 2
# Names are compared by their code points, whatever the language of the database. What was counted for limits is UNLOGGED, so
# that no request waits for a disk or a standby: after a crash, or on a new primary, counting begins from zero.
_TABLES = f"""
CREATE TABLE version (version int4 NOT NULL);
INSERT INTO version VALUES ({VERSION});
CREATE TABLE keys (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE accounts (name text COLLATE "C" PRIMARY KEY, role text NOT NULL, password text NOT NULL, token text UNIQUE);
CREATE TABLE sessions (account text COLLATE "C" PRIMARY KEY, ended text NOT NULL);
CREATE TABLE feedback (
    id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, answer text, part int4 NOT NULL, verdict text NOT NULL, decision text,
    content text NOT NULL, UNIQUE (answer, part));
CREATE TABLE runs (name text COLLATE "C" PRIMARY KEY, head text NOT NULL, rest text NOT NULL);
CREATE UNLOGGED TABLE limits (
    name text, key text, times float8[] NOT NULL DEFAULT '{{}}', costs int4[] NOT NULL DEFAULT '{{}}', until float8,
    PRIMARY KEY (name, key));
"""  # noqa: S608 - our own words
_HAS_TABLES = f"SELECT to_regclass('{SCHEMA}.version') IS NOT NULL"
_READ_VERSION = f"SELECT version FROM {SCHEMA}.version"  # noqa: S608 - our own word


def is_there(connection: psycopg.Connection[Any], address: object) -> bool:
    """Return whether a database has the tables.

    Raises:
        StateError: They have another version.
    """
    (there,) = connection.execute(_HAS_TABLES).fetchone() or (False,)
    if there:
        (version,) = connection.execute(_READ_VERSION).fetchone() or (None,)
        _check(version, address)
    return bool(there)


def create(connection: psycopg.Connection[Any], address: object) -> None:
    """Create the tables in a database, if they are not there, in the transaction of the caller.

    Raises:
        StateError: They have another version.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if not is_there(connection, address):
        create_schema(connection, SCHEMA)
        connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
        connection.execute(_TABLES)


def _check(version: int | None, address: object) -> None:
    if version != VERSION:
        raise StateError(
            f"the tables of user data in {address} have version {version}; this Citewell uses version {VERSION}",
            hint="use the Citewell that wrote them, or a newer one",
            command="pip install --upgrade 'citewell[postgresql]'",
        )
