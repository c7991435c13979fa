"""The tables of an index in PostgreSQL.

A table of rows has the number of their segment first, which also is what to distribute it by. A snapshot is its manifest, which
names its segments; one row names the current snapshot, and counts how often that has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from citewell.errors import IndexFaultError, IndexMismatchError
from citewell.postgres.schemas import create_schema

# Increase when a table changes: a database of another version is refused.
VERSION = 1
SCHEMA = "citewell"
# What takes its lock writes the index.
LOCK = 0x63697465


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows: its columns after the number of the segment, with their types, and which of them is the key."""

    columns: dict[str, str]
    key: str

    def definition(self, name: str) -> str:
        """Return the statement that creates it."""
        columns = ", ".join(f'"{column}" {_DEFINED.get(kind, kind)} NOT NULL' for column, kind in self.columns.items())
        columns = columns.replace('"page" int4 NOT NULL', '"page" int4')
        return f"CREATE TABLE {name} (segment int4 NOT NULL, {columns}, PRIMARY KEY (segment, {self.key}))"

    @property
    def types(self) -> list[str]:
        """The types of all its columns."""
        return ["int4", *(_PLAIN.get(kind, kind) for kind in self.columns.values())]


# Words are compared by their code points, whatever the language of the database.
_DEFINED = {"word": 'text COLLATE "C"'}
VECTORS = "vectors"
_PLAIN = {"word": "text"}
_SEALED = {"seal": "bytea"}
TABLES = {
    "listing": Table(
        {"ordinal": "int4", "columns": "text"}
        | dict.fromkeys(("digests", "text_seals", "passages", "windows"), "bytea")
        | _SEALED,
        "ordinal",
    ),
    # A text may have characters that a text of PostgreSQL may not.
    "documents": Table(
        {"ordinal": "int4", "seal": "bytea", "figures": "text", "headings": "text", "text": "bytea"}, "ordinal"
    ),
    "locations": Table(
        {"document": "int4", "start": "int4", "kind": "text", "label": "text", "page": "int4", "is_ocr": "int4"}
        | _SEALED,
        "document, start",
    ),
    "boxes": Table({"document": "int4", "packed": "bytea"} | _SEALED, "document"),
    "passages": Table(
        {"ordinal": "int4", "id": "text", "document": "int4", "section": "text", "start": "int4", "end": "int4"}
        | {"first_window": "int4", "end_window": "int4", "head": "text"}
        | {"first_record": "int8", "end_record": "int8", "outline": "text"}
        | _SEALED,
        "ordinal",
    ),
    "windows": Table({"ordinal": "int4", "key": "text", "head": "text"} | _SEALED, "ordinal"),
    "sentences": Table({"ordinal": "int4", "spans": "bytea", "windows": "bytea"} | _SEALED, "ordinal"),
    "words": Table({"ordinal": "int4", "words": "text"} | _SEALED, "ordinal"),
    "concordance_blocks": Table({"ordinal": "int4", "end_number": "int8", "paragraphs": "bytea"} | _SEALED, "ordinal"),
    "concordance_words": Table(
        {"block": "int4", "word": "word", "count": "int4", "places": "bytea"} | _SEALED, "block, word"
    ),
    "term_records": Table({"chunk": "int4", "records": "bytea"} | _SEALED, "chunk"),
    "lengths": Table({"ordinal": "int4", "tokens": "int8", "codes": "bytea"} | _SEALED, "ordinal"),
    "postings": Table(
        {"field": "word", "form": "word", "block": "int4", "count": "int4"}
        | {
            "passages": "bytea",
            "frequencies": "bytea",
            "positions": "bytea",
            "seal": "bytea",
            "positions_seal": "bytea",
        },
        "field, form, block",
    ),
    VECTORS: Table({"number": "int4", "vector": "vector"}, "number"),
}
_OTHERS = f"""
CREATE TABLE version (version int4 NOT NULL);
INSERT INTO version VALUES ({VERSION});
CREATE TABLE segments (id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE snapshots (name text PRIMARY KEY, manifest bytea NOT NULL);
CREATE TABLE pointer (name text PRIMARY KEY, snapshot text NOT NULL REFERENCES snapshots, switches int8 NOT NULL);
ALTER TABLE vectors ALTER vector SET STORAGE PLAIN;
"""  # noqa: S608 - our own words


def create(connection: psycopg.Connection[Any], address: object) -> None:
    """Create the tables in a database, if they are not there.

    Raises:
        IndexFaultError: It has no pgvector, or this user may not create it.
        IndexMismatchError: It has tables of another version.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
        if version_of(connection) is None:
            _create(connection, address)
    check(version_of(connection), address)


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
    for name, table in TABLES.items():
        connection.execute(table.definition(name))
    connection.execute(_OTHERS)


def version_of(connection: psycopg.Connection[Any]) -> int | None:
    """Return the version of the tables of a database; None if it has none."""
    (there,) = connection.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.version"]).fetchone() or (None,)
    if there is None:
        return None
    (version,) = connection.execute(f"SELECT version FROM {SCHEMA}.version").fetchone() or (None,)  # noqa: S608 - our own word
    return version


def check(version: int | None, address: object) -> None:
    """Check the version of the tables of a database.

    Raises:
        IndexMismatchError: It is another one.
    """
    if version != VERSION:
        raise IndexMismatchError(
            f"the tables of the index in {address} have version {version}; this Citewell reads version {VERSION}",
            hint=f"use the Citewell that wrote them, or drop them (DROP SCHEMA {SCHEMA} CASCADE) and build the index again",
        )
