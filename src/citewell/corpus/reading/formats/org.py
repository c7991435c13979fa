"""Org (``org_blocks``)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source


def read(source: Source) -> Extract:
    """Read an Org file.

    Raises:
        ReadingError: It is not text.
    """
    from citewell.corpus.reading.formats import org_blocks

    return org_blocks.read(source)


READER = FormatReader("org", 1, frozenset({".org"}), read)
