"""Seals: short digests that are stored with a row and verified when it is read.

A seal detects accidental damage. It does not protect against someone who can write the index, who can compute seals, too.
"""

from __future__ import annotations

import hashlib

# Of a SHA-256. There are as many seals as windows and passages, so those of rows are short: one in 10^19 fits by chance.
_BYTES = 16
_BYTES_OF_ROWS = 8


def seal(table: str, *values: object) -> bytes:
    """Return the digest of a row: of its table and all its values, including its ordinal.

    The ASCII form of a tuple is the same in every version of Python, and separates values unambiguously.

    Args:
        table: The name of the table.
        values: Numbers, texts, and the seals of long texts; other types do not occur in rows.
    """
    return hashlib.sha256(ascii((table, *values)).encode("ascii")).digest()[:_BYTES_OF_ROWS]


def seal_text(text: object) -> str:
    """Return the digest of a long text, to be stored in its row; for other types, a value that no text has."""
    if not isinstance(text, str):
        return ""
    return seal_bytes(text.encode("utf-8", "surrogatepass"))


def seal_bytes(data: bytes) -> str:
    """Return the digest of long data, to be stored in its row."""
    return hashlib.sha256(data).hexdigest()[: 2 * _BYTES]
