"""Texts as PostgreSQL takes them."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return a text without the characters that a text of PostgreSQL may not have, which are escaped."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
