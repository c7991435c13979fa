"""Subtitles: SubRip and WebVTT (``subtitles_blocks``)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_LONGEST_START = 200


def read(source: Source) -> Extract:
    """Read subtitles.

    Raises:
        ReadingError: It is not text.
    """
    from citewell.corpus.reading.formats import subtitles_blocks

    return subtitles_blocks.read(source)


def _is_certain(data: bytes) -> bool:
    if not (data.startswith((b"WEBVTT", b"\xef\xbb\xbfWEBVTT")) or b" --> " in data[:_LONGEST_START]):
        return False
    from citewell.corpus.reading.formats import subtitles_blocks

    return subtitles_blocks.is_start(data[:_LONGEST_START])


READER = FormatReader("subtitles", 1, frozenset({".srt", ".vtt"}), read, _is_certain)
