"""Files of settings: INI, TOML, YAML, properties (``settings_file_blocks``)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = ".ini .cfg .conf .config .toml .properties .env .editorconfig .desktop .service .yaml .yml"


def read(source: Source) -> Extract:
    """Read a file of settings.

    Raises:
        ReadingError: It is not text.
    """
    from citewell.corpus.reading.formats import settings_file_blocks

    return settings_file_blocks.read(source)


READER = FormatReader("settings", 1, frozenset(_SUFFIXES.split()), read)
