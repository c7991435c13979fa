"""Spreadsheets: XLSX, XLSM, XLSB, XLS and ODS; a row of a sheet is a unit, with the names of its columns."""

from __future__ import annotations

import io
import zipfile

from citewell.corpus.reading.archives import is_archive
from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".ods", ".ots"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# The type of an OpenDocument file stands at its very beginning.
_TYPE = slice(30, 150)


def read(source: Source) -> Extract:
    """Read the sheets of a file.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """
    from citewell.corpus.reading.formats.spreadsheet.workbook import read_workbook

    return read_workbook(source.data)


def is_spreadsheet(data: bytes) -> bool:
    """Return whether bytes are certainly a spreadsheet."""
    if data.startswith(_OLE):
        return _has_workbook(data)
    if not is_archive(data):
        return False
    if data[_TYPE].startswith(b"mimetype" + _ODS):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    return any(name.lower().replace("\\", "/").startswith("xl/workbook") for name in names)


def _has_workbook(data: bytes) -> bool:
    import olefile

    try:
        with olefile.OleFileIO(data) as container:
            return bool(container.exists("Workbook") or container.exists("Book"))
    except (OSError, ValueError, IndexError):
        return False


READER = FormatReader("spreadsheet", 2, _SUFFIXES, read, is_spreadsheet, is_binary=True)
