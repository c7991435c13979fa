"""User data by the place that a user names: a folder, or the address of a database."""

from __future__ import annotations

from pathlib import Path

from citewell.errors import UsageError
from citewell.settings import is_address
from citewell.state.files.state import FileState
from citewell.state.folder import StateFolder
from citewell.state.storage import State


def open_state(place: str | Path, folder: StateFolder) -> State:
    """Return the user data at a place; there need not be any yet.

    Args:
        place: A folder, or the address of a database: ``postgresql://USER@HOST:PORT/DATABASE``.
        folder: Where documents that were replaced or removed are kept, if the place is a database.

    Raises:
        UsageError: The address is not one, or its driver is not installed.
    """
    if isinstance(place, Path) or not is_address(place):
        return FileState(StateFolder(Path(place)))
    try:
        from citewell.state.postgres.state import PostgresState
    except ImportError as error:
        raise UsageError(
            f"user data in PostgreSQL need a driver ({error})", command="pip install 'citewell[postgresql]'"
        ) from error
    return PostgresState(place, folder)


def state_beside(index: Path) -> FileState:
    """Return the user data in the folder beside an index; see `StateFolder.beside` for errors."""
    return FileState(StateFolder.beside(index))
