"""reStructuredText, parsed by docutils; spans are positions in the unchanged file.

docutils says on which line a part starts, and gives its source; the lines there are compared with that source, so that a span
is where the part stands. Nothing is inserted from other files, no raw markup is passed on, and text in a paragraph is not
parsed. Directives and roles that docutils does not know, such as those of Sphinx, hold text.
"""

from __future__ import annotations

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, Source
from citewell.corpus.reading.formats import plain
from citewell.corpus.reading.rows import Rows


def read(source: Source) -> Extract:
    """Read a reStructuredText file; what docutils cannot read is read as plain text.

    Raises:
        ReadingError: It is not text.
    """
    from citewell.corpus.reading.formats.rst_blocks import UnparsedError, find_blocks

    decoded = decode(source.data)
    try:
        found = find_blocks(Rows(decoded.text))
    except UnparsedError as error:
        title, blocks = plain.find_blocks(decoded.text)
        warning = f"is read as plain text, because docutils could not read it: {error}"
        return Extract(tuple(blocks), decoded.text, title, warnings=(*decoded.warnings, warning))
    return Extract(tuple(found.blocks), decoded.text, None, tuple(found.facts), (*decoded.warnings, *found.warnings))


READER = FormatReader("rst", 1, frozenset({".rst", ".rest"}), read)
