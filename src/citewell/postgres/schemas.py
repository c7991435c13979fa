"""Schemas, which an owner may have created for a role that could not."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

_IS_THERE = "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)"


def create_schema(connection: psycopg.Connection[Any], name: str) -> None:
    """Create a schema unless it is there: "IF NOT EXISTS" needs the right to create one also where it is.

    Args:
        connection: The database.
        name: The name of the schema.

    Raises:
        psycopg.errors.InsufficientPrivilege: This user may not.
    """
    (is_there,) = connection.execute(_IS_THERE, [name]).fetchone() or (False,)
    if not is_there:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
