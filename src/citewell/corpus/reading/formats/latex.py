"""LaTeX (``latex_blocks``)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source


def read(source: Source) -> Extract:
    """Read a LaTeX file.

    Raises:
        ReadingError: It is not text.
    """
    from citewell.corpus.reading.formats import latex_blocks

    return latex_blocks.read(source)


READER = FormatReader("latex", 1, frozenset({".tex", ".latex", ".ltx"}), read)
