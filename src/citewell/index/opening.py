"""An index by the place that a user names: a folder, or the address of a database."""

from __future__ import annotations

from pathlib import Path

from citewell.errors import UsageError
from citewell.index.folder import IndexFolder
from citewell.index.index import AnyIndex
from citewell.settings import is_address


def open_index(place: str, corpus: Path | None = None) -> AnyIndex:
    """Return the index at a place; it need not exist yet.

    Args:
        place: A folder, or the address of a database: ``postgresql://USER@HOST:PORT/DATABASE``.
        corpus: The folder of the documents, as long as there is no index that names one.

    Raises:
        UsageError: The address is not one, or its driver is not installed.
    """
    if not is_address(place):
        return IndexFolder(Path(place), corpus)
    try:
        from citewell.index.postgres.index import PostgresIndex
    except ImportError as error:
        raise UsageError(
            f"an index in PostgreSQL needs a driver ({error})", command="pip install 'citewell[postgresql]'"
        ) from error
    return PostgresIndex(place, corpus)


def folder_of(place: str) -> Path:
    """Return the folder on this machine of the index at a place, beside which user data are."""
    return open_index(place).path
