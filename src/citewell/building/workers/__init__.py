"""Builds on other machines: the workers of a scheduler of Dask read and split files, and encode windows.

``pool`` gives tasks to the workers that are there, ``tasks`` is what runs on them, ``shared`` is what a build has them do, and
does itself where they cannot. It needs the extra ``citewell[workers]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from citewell.document import Document, Passage
from citewell.errors import UsageError

if TYPE_CHECKING:
    from citewell.building.workers.pool import Workers


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A document that was read, and by their paths the passages of it and of those inside it, if it is split already."""

    document: Document
    passages: dict[str, list[Passage]] = field(default_factory=dict)


class GivenUpError(Exception):
    """Several workers have died, one after the other, while they did a task."""


def workers_at(address: str) -> Workers:
    """Return the workers of a scheduler; nothing is asked of it before there is a task.

    Args:
        address: Its address: ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.

    Raises:
        UsageError: The address is not one, or Dask is not installed.
    """
    scheme, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if scheme not in {"tcp", "tls"} or not host or not port.isdecimal():
        raise UsageError(
            f"{address!r} is not the address of a scheduler", hint="write tcp://HOST:8786, or tls://HOST:8786"
        )
    try:
        from citewell.building.workers.pool import Workers
    except ImportError as error:
        raise UsageError(
            f"a build on workers needs Dask ({error})", command="pip install 'citewell[workers]'"
        ) from error
    return Workers(address)
