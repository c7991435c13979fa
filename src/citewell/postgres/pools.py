"""Pools of connections to a database, which say why one cannot be opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from citewell.postgres.address import Address


def open_pool(
    address: Address,
    options: dict[str, Any],
    configure: Callable[[psycopg.Connection[Any]], None],
    *,
    most: int,
    seconds: float,
    name: str,
) -> ConnectionPool[psycopg.Connection[Any]]:
    """Open a pool.

    Args:
        address: The database.
        options: How to connect.
        configure: Prepares a new connection.
        most: The maximum number of connections.
        seconds: How long is waited for one.
        name: The name of the pool.

    Raises:
        psycopg.OperationalError: The database cannot be reached.
    """
    # A pool goes on trying, and does not say why it has to.
    psycopg.connect(address.conninfo, **options).close()
    return ConnectionPool(
        address.conninfo,
        min_size=0,
        max_size=most,
        open=True,
        kwargs=options,
        configure=configure,
        timeout=seconds,
        name=name,
    )
