"""E-mail as Outlook saves it (MS-OXMSG)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES = "__properties_version1.0"


def read(source: Source) -> Extract:
    """Read a message.

    Raises:
        ReadingError: It is damaged, or no message.
    """
    from citewell.corpus.reading.formats.mail.outlook import read_outlook

    return read_outlook(source.data)


def is_message(data: bytes) -> bool:
    """Return whether bytes are certainly a message of Outlook."""
    if not data.startswith(_OLE) or _PROPERTIES.encode("utf-16-le") not in data:
        return False
    import olefile

    try:
        with olefile.OleFileIO(data) as container:
            return bool(container.exists(_PROPERTIES))
    except (OSError, ValueError, IndexError):
        return False


READER = FormatReader("outlook", 3, frozenset({".msg", ".oft"}), read, is_message, is_binary=True)
