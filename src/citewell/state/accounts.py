"""Accounts and ended sessions as they are kept, by any engine."""

from __future__ import annotations

import hashlib
import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["reader", "maintainer"]
NAME_CHARACTERS = 64
KEY_CHARACTERS = 64

# Per account. Beyond this, all earlier sessions of the account end, so that the list cannot grow without limit.
_MOST = 100
# If the clock was wrong for a moment, ended sessions must not become valid again.
_GRACE_SECONDS = 24 * 60 * 60

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Account(BaseModel):
    """An account: the argon2 hash of its password, and optionally the SHA-256 of a token for programs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    role: Role
    password: str = Field(pattern=r"^\$argon2id\$")
    token: _Digest | None = None

    @property
    def stamp(self) -> str:
        """A digest that changes with the password and the role, which ends older sessions."""
        return sha256(f"{self.role} {self.password}")


class Ended(BaseModel):
    """The ended sessions of one account: all that would last until ``all_until``, and some later ones by id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    all_until: float = 0.0
    until: dict[str, float] = {}

    def holds(self, session: str, until: float) -> bool:
        """Return whether a session has ended."""
        return until <= self.all_until or session in self.until

    def matters(self) -> bool:
        """Return whether a session of these could still be valid."""
        return max(self.all_until, 0.0, *self.until.values()) > time.time() - _GRACE_SECONDS

    def with_one_more(self, session: str, until: float) -> Ended:
        """Return these and another one."""
        kept = {**self.until, session: until}
        if len(kept) > _MOST:
            now = time.time()
            kept = {name: end for name, end in kept.items() if end > now - _GRACE_SECONDS}
        if len(kept) <= _MOST:
            return Ended(all_until=self.all_until, until=kept)
        return Ended(all_until=max(self.all_until, *kept.values()))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
