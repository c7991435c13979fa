"""PowerPoint: slide by slide in PowerPoint's reading order, with tables, charts, speaker notes and comments.

``presentation`` is the door, ``slides`` goes through the shapes of a slide, and ``texts`` through the text of a shape.
"""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = frozenset({".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"})


def _read(source: Source) -> Extract:
    from citewell.corpus.reading.formats.pptx.presentation import read_presentation

    return read_presentation(source)


def _is_presentation(data: bytes) -> bool:
    from citewell.corpus.reading.archives import holds_parts

    return holds_parts(data, "[Content_Types].xml", "ppt/")


READER = FormatReader("pptx", 2, _SUFFIXES, _read, _is_presentation, is_binary=True)
