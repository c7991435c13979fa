"""Validates names, passwords and roles. Input that is too long is rejected before any processing."""

from __future__ import annotations

import unicodedata

from citewell.errors import UsageError

# Checked before normalisation, which takes quadratic time for many combining marks.
from citewell.state.accounts import NAME_CHARACTERS

# NIST SP 800-63B-4 (2025), 3.1.1.2: at least 15 characters if there is no second factor, at least 64 accepted, no composition
# rules. The upper bound keeps very long texts out of the hash.
LEAST_CHARACTERS = 15
PASSWORD_CHARACTERS = 256


def normal_name(name: str) -> str:
    """Return the normalised form of a name, equal for all ways of typing it.

    Raises:
        UsageError: It is too long.
    """
    if len(name) > NAME_CHARACTERS:
        raise _no_name(name)
    return unicodedata.normalize("NFKC", name).strip().casefold()


def normal_password(password: str) -> str:
    """Return the normalised form of a password, equal for all ways of typing its accents.

    Raises:
        UsageError: It is too long.
    """
    if len(password) > PASSWORD_CHARACTERS:
        raise _unfit()
    return unicodedata.normalize("NFKC", password)


def checked_name(name: str) -> str:
    """Return the normalised form of a valid name.

    Raises:
        UsageError: It is invalid.
    """
    normal = normal_name(name)
    if not (0 < len(normal) <= NAME_CHARACTERS and all(each.isalnum() or each in "._@+-" for each in normal)):
        raise _no_name(name)
    return normal


def checked_password(password: str, name: str) -> str:
    """Return the normalised form of a suitable password.

    Args:
        password: The password.
        name: The normalised name of its account.

    Raises:
        UsageError: It is too short or too long, or mostly the name or one character.
    """
    normal = normal_password(password)
    if not LEAST_CHARACTERS <= len(normal) <= PASSWORD_CHARACTERS:
        raise _unfit()
    if len(set(normal)) < 5 or len(normal.casefold().replace(name, "")) < LEAST_CHARACTERS // 2:
        raise UsageError("this password is too easy to guess", hint="use four or five unexpected words")
    return normal


def _no_name(name: str) -> UsageError:
    shown = name if len(name) <= NAME_CHARACTERS else f"{name[:NAME_CHARACTERS]}…"
    return UsageError(
        f"{shown!r} is not a valid name: use letters, digits and . _ @ + -, at most {NAME_CHARACTERS} of them"
    )


def _unfit() -> UsageError:
    return UsageError(
        f"a password needs {LEAST_CHARACTERS} to {PASSWORD_CHARACTERS} characters (NIST SP 800-63B-4, 3.1.1.2)",
        hint="use four or five unrelated words",
    )
