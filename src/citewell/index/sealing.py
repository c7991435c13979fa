"""Seals: short digests that say of a row of a store, when it is read, that it is what was written.

A seal guards against damage, not against whoever can write the index: that person can make seals as well.
"""

from __future__ import annotations

import hashlib
import json

# Of a SHA-256: more than chance ever meets, and half of what it would take in each row.
_BYTES = 16
# In ASCII it is the same from every version of Python, and it tells values apart wherever one ends and the next begins.
_AS_JSON = json.JSONEncoder(default=repr).encode


def seal(table: str, *values: object) -> bytes:
    """Return the digest of a row: of the table it belongs to and of all its values, its place among them.

    Args:
        table: The name of the table.
        values: Numbers, texts, and the seals of what is too long to stand here; anything else is what no row has.
    """
    return hashlib.sha256(_AS_JSON([table, *values]).encode("ascii")).digest()[:_BYTES]


def seal_text(text: object) -> str:
    """Return the digest of a long text, to be kept in its row; of anything else, none that a text has."""
    if not isinstance(text, str):
        return ""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[: 2 * _BYTES]
