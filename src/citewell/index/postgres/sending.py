"""Vectors and many numbers as PostgreSQL receives them, in its binary formats, which take less time than texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

from citewell.index.numbering import Ordinals
from citewell.index.storage import Vectors

_INT4 = 23
# Before the values: how many there are, and two bytes of nothing.
HEAD = 4
WHOLE, HALF = np.dtype(">f4"), np.dtype(">f2")


@dataclass(frozen=True, slots=True)
class Sent:
    """A parameter whose type is known where it stands in a query (``%s::vector``, ``%s::halfvec``, ``%s::int4[]``)."""

    packed: bytes


class _SentDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Sent) -> Buffer:
        return obj.packed


def whole(vector: Vectors) -> Sent:
    """Return a vector as ``vector``: each value exactly."""
    return _sent(vector, WHOLE)


def half(vector: Vectors) -> Sent:
    """Return a vector as ``halfvec``: each value rounded to half precision."""
    return _sent(vector, HALF)


def numbers(some: Ordinals | Sequence[int]) -> Sent:
    """Return numbers as ``int4[]``."""
    values = np.empty(len(some), dtype=[("size", ">i4"), ("value", ">i4")])
    values["size"], values["value"] = 4, some
    # Dimensions, whether there are nulls, the type of the values, how many, and the number of the first.
    return Sent(np.array([1, 0, _INT4, len(some), 1], dtype=">i4").tobytes() + values.tobytes())


def adapt(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Let a connection send vectors."""
    connection.adapters.register_dumper(Sent, _SentDumper)


def _sent(vector: Vectors, values: np.dtype[np.floating]) -> Sent:
    return Sent(len(vector).to_bytes(2, "big") + bytes(2) + vector.astype(values).tobytes())
