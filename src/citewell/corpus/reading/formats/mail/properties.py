"""The properties of a message of Outlook, of its recipients and of its attachments (MS-OXMSG 2).

A text that is not in the encoding that the message names is guessed, and a property that is broken is one that is missing.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import olefile

from citewell.corpus.reading.decoding import decode
from citewell.errors import ReadingError

# What `olefile` raises for containers that are broken.
_BROKEN = (OSError, ValueError, IndexError, TypeError, struct.error, OverflowError)
_LIST = "__properties_version1.0"
# The list of properties of a message begins with counts; where it is inside another, with fewer.
_HEADS = {"": 32, "__substg": 24}
_HEAD = 8
_ENTRY = struct.Struct("<HHI8s")
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)
_MESSAGE_CODEPAGE = 0x3FFD
_TEXT, _BYTE_TEXT, _BINARY = "001F", "001E", "0102"


class Properties:
    """The properties in one folder of a container.

    Args:
        container: The container.
        folder: The names of the folders that lead to it.
        children: The names inside each folder of the container.
    """

    def __init__(
        self,
        container: olefile.OleFileIO,
        folder: tuple[str, ...],
        children: Mapping[tuple[str, ...], list[str]],
    ) -> None:
        self._container = container
        self._folder = folder
        self._children = children
        self._fixed = dict(self._entries())

    def text(self, number: int) -> str:
        """Return a text; empty if there is none."""
        data = self._stream(number, _TEXT)
        if data:
            return data.decode("utf-16-le", "replace").rstrip("\0")
        data = self._stream(number, _BYTE_TEXT).rstrip(b"\0")
        try:
            return data.decode(f"cp{self.number(_MESSAGE_CODEPAGE) or 1252}")
        except (LookupError, UnicodeDecodeError):
            return _guessed(data)

    def data(self, number: int) -> bytes:
        """Return bytes; empty if there are none."""
        return self._stream(number, _BINARY)

    def number(self, number: int) -> int | None:
        """Return a whole number; None if there is none."""
        found = self._fixed.get(number)
        return int.from_bytes(found[:4], "little") if found else None

    def time(self, number: int) -> datetime.datetime | None:
        """Return a time; None if there is none."""
        found = self._fixed.get(number)
        try:
            # In tenths of a microsecond.
            return _EPOCH + datetime.timedelta(microseconds=int.from_bytes(found, "little") // 10) if found else None
        except OverflowError:
            return None

    def inside(self, beginning: str) -> Iterator[Properties]:
        """Yield the properties in each folder inside this one whose name begins like that, in their order."""
        for name in sorted(self._children.get(self._folder, [])):
            if name.startswith(beginning) and (*self._folder, name) in self._children:
                yield Properties(self._container, (*self._folder, name), self._children)

    def _entries(self) -> Iterator[tuple[int, bytes]]:
        """Yield the numbers of the properties that are in the list itself, with their values."""
        name = self._folder[-1] if self._folder else ""
        head = next((size for of, size in _HEADS.items() if (name.startswith(of) if of else not name)), _HEAD)
        data = self._read(_LIST)[head:]
        for at in range(0, len(data) - _ENTRY.size + 1, _ENTRY.size):
            _, number, _, value = _ENTRY.unpack_from(data, at)
            yield number, value

    def _stream(self, number: int, kind: str) -> bytes:
        return self._read(f"__substg1.0_{number:04X}{kind}")

    def _read(self, name: str) -> bytes:
        if name not in self._children.get(self._folder, []):
            return b""
        try:
            found: bytes = self._container.openstream([*self._folder, name]).read()
        except _BROKEN:
            return b""
        return found


@contextmanager
def opened(data: bytes) -> Iterator[Properties]:
    """Open the properties of a message.

    Raises:
        ReadingError: It is damaged, or no message.
    """
    try:
        container = olefile.OleFileIO(data)
        paths = container.listdir(streams=True, storages=False)
    except RecursionError as error:
        raise ReadingError("is nested too deeply") from error
    except _BROKEN as error:
        raise ReadingError("is damaged, or no message of Outlook") from error
    children: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        for depth in range(len(path)):
            names = children.setdefault(tuple(path[:depth]), [])
            if path[depth] not in names:
                names.append(path[depth])
    if _LIST not in children.get((), []):
        raise ReadingError("is damaged, or no message of Outlook")
    with container:
        yield Properties(container, (), children)


def _guessed(data: bytes) -> str:
    try:
        return decode(data).text
    except ReadingError:
        return data.decode("utf-8", "replace")
