"""What a name, a password and a role can be. What is too long is refused before anything is done with it."""

from __future__ import annotations

import unicodedata
from typing import Literal

from citewell.errors import UsageError

Role = Literal["reader", "maintainer"]

# Of what is typed: to normalise many combining marks takes the square of them.
NAME_CHARACTERS = 64
# NIST SP 800-63B-4 (2025), 3.1.1.2: at least 15 characters where the password is all that is asked for, at least 64 taken, no
# rules about which. The upper bound only keeps a page of text out of the hash.
LEAST_CHARACTERS = 15
PASSWORD_CHARACTERS = 256


def normal_name(name: str) -> str:
    """Return a name as it is kept: however it was typed, it is the same one.

    Raises:
        UsageError: It is too long to be one.
    """
    if len(name) > NAME_CHARACTERS:
        raise _no_name(name)
    return unicodedata.normalize("NFKC", name).strip().casefold()


def normal_password(password: str) -> str:
    """Return a password as it is hashed: however its accents are typed, it is the same one.

    Raises:
        UsageError: It is too long to be one.
    """
    if len(password) > PASSWORD_CHARACTERS:
        raise _unfit()
    return unicodedata.normalize("NFKC", password)


def checked_name(name: str) -> str:
    """Return a name as it is kept.

    Raises:
        UsageError: It cannot be one.
    """
    normal = normal_name(name)
    if not (0 < len(normal) <= NAME_CHARACTERS and all(each.isalnum() or each in "._@+-" for each in normal)):
        raise _no_name(name)
    return normal


def checked_password(password: str, name: str) -> str:
    """Return a password as it is hashed.

    Args:
        password: The password.
        name: The name that it goes with, as it is kept.

    Raises:
        UsageError: It is too short or too long, or is little more than the name or one character.
    """
    normal = normal_password(password)
    if not LEAST_CHARACTERS <= len(normal) <= PASSWORD_CHARACTERS:
        raise _unfit()
    if len(set(normal)) < 5 or len(normal.casefold().replace(name, "")) < LEAST_CHARACTERS // 2:
        raise UsageError("this password is guessed at once", hint="take four or five words that nobody would expect")
    return normal


def _no_name(name: str) -> UsageError:
    shown = name if len(name) <= NAME_CHARACTERS else f"{name[:NAME_CHARACTERS]}…"
    return UsageError(f"{shown!r} is no name: letters, digits and . _ @ + -, at most {NAME_CHARACTERS} of them")


def _unfit() -> UsageError:
    return UsageError(
        f"a password has {LEAST_CHARACTERS} to {PASSWORD_CHARACTERS} characters (NIST SP 800-63B-4, 3.1.1.2)",
        hint="take four or five words that have nothing to do with each other",
    )
