"""AsciiDoc (``asciidoc_blocks``)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source


def read(source: Source) -> Extract:
    """Read an AsciiDoc file.

    Raises:
        ReadingError: It is not text.
    """
    from citewell.corpus.reading.formats import asciidoc_blocks

    return asciidoc_blocks.read(source)


READER = FormatReader("asciidoc", 2, frozenset({".adoc", ".asciidoc", ".asc"}), read)
