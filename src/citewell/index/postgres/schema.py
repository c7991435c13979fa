"""The tables of an index in PostgreSQL.

A table of rows has the number of their segment first; one that can be spread over shards (``creating``) has the number of the
shard before it, on one server as well. A snapshot is its manifest, which names its segments; one row names the current
snapshot, and counts how often that has changed. A segment is begun, for good, before its rows are written: a shard may have
rows of one that was never finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import psycopg

from citewell.errors import IndexMismatchError

# Increase when a table changes: a database of another version is refused.
VERSION = 3
SCHEMA = "citewell"
# What takes its lock writes the index.
LOCK = 0x63697465
Value = TypeVar("Value", int, npt.NDArray[np.int64])


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rows of a segment are distributed over shards: so many neighbours in one column stay together."""

    column: str
    together: int

    def shard(self, segment: Value, value: Value, shards: int) -> Value:
        """Return the shard of a row, by its value in the column, or of many."""
        found: Value = (segment + value // self.together) % shards
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """A table of rows: its columns after the number of the segment, with their types; which are its key; how it is spread."""

    columns: dict[str, str]
    key: str
    spread: Spread | None = None

    def definition(self, name: str) -> str:
        """Return the statement that creates it."""
        key = f"segment, {self.key}" + (", shard" if self.spread else "")
        return f"CREATE TABLE {name} ({self.defined}, PRIMARY KEY ({key}))"

    @property
    def defined(self) -> str:
        """All its columns, as they are defined."""
        numbers = ["shard int4 NOT NULL"] * bool(self.spread) + ["segment int4 NOT NULL"]
        columns = [f'"{column}" {_DEFINED.get(kind, kind)} NOT NULL' for column, kind in self.columns.items()]
        return ", ".join(numbers + columns).replace('"page" int4 NOT NULL', '"page" int4')

    @property
    def types(self) -> list[str]:
        """The types of all its columns."""
        numbers = ["int4"] * (2 if self.spread else 1)
        return numbers + [_PLAIN.get(kind, kind) for kind in self.columns.values()]


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
        Spread("block", 1),
    ),
    VECTORS: Table({"number": "int4", "vector": "halfvec"}, "number", Spread("number", 256)),
}
SPREAD = {name: table for name, table in TABLES.items() if table.spread}
SHARDS = "SELECT server FROM shards ORDER BY shard"
# What a shard says of itself.
VIEW = "shard"
COMPARED = f"ALTER TABLE {VECTORS} ALTER vector SET STORAGE PLAIN"
OTHERS = f"""
CREATE TABLE version (version int4 NOT NULL);
INSERT INTO version VALUES ({VERSION});
CREATE TABLE begun (segment int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE segments (id int4 PRIMARY KEY REFERENCES begun, name text NOT NULL UNIQUE);
CREATE TABLE shards (shard int4 PRIMARY KEY, server text);
CREATE TABLE snapshots (name text PRIMARY KEY, manifest bytea NOT NULL);
CREATE TABLE pointer (name text PRIMARY KEY, snapshot text NOT NULL REFERENCES snapshots, switches int8 NOT NULL);
"""  # noqa: S608 - our own words


def spread_of(table: str) -> Spread:
    """Return how a table is spread that is."""
    spread = TABLES[table].spread
    if spread is None:
        raise ValueError(f"the table {table} is on one server")
    return spread


def part(table: str, shard: int) -> str:
    """Return the name of what a spread table has on a shard."""
    return f"{table}_{shard}"


def servers_of(connection: psycopg.Connection[Any]) -> list[str | None]:
    """Return the foreign server of each shard, in the order of their numbers; None is a shard that has none."""
    return [server for (server,) in connection.execute(SHARDS).fetchall()]


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
