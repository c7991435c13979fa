"""A property that is computed when it is first asked for: ``functools.cached_property`` as it is from Python 3.12 on.

Before, one lock is held for all instances while a value is computed, so that questions would wait for one another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property as lazy
else:
    T = TypeVar("T")

    class lazy(Generic[T]):  # noqa: N801 - used as a decorator
        """A property that is computed once for each instance; two threads may both compute it."""

        def __init__(self, compute: Callable[[object], T]) -> None:
            self._compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            """Remember its name, under which an instance keeps the value."""
            self._name = name

        def __get__(self, instance: object, owner: type | None = None) -> T | lazy[T]:
            """Compute the value; once it is kept, Python finds it without asking here."""
            if instance is None:
                return self
            return instance.__dict__.setdefault(self._name, self._compute(instance))


__all__ = ["lazy"]
