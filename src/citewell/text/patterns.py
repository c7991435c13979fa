"""Regular expressions that are compiled when they are first used.

The large ones take milliseconds each, and some commands, such as an update that finds nothing new, use none of them.
"""

from __future__ import annotations

from typing import cast

import regex


def pattern(written: str, flags: int = 0) -> regex.Pattern[str]:
    """Return a regular expression.

    Args:
        written: As it is written.
        flags: Those of ``regex.compile``.
    """
    return cast("regex.Pattern[str]", _Pattern(written, flags))


class _Pattern:
    """A regular expression; what it is asked for once it keeps, so that it is as fast then as a compiled one."""

    def __init__(self, written: str, flags: int) -> None:
        self.pattern = written
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        # Not for what Python itself looks for, such as how to copy it.
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(regex.compile(self.pattern, self._flags), name)
        self.__dict__[name] = found
        return found
