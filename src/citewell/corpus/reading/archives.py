"""ZIP archives as Office files and books are: checked before a byte is unpacked, and never unpacked to a disk.

A hostile archive holds far more than its size, says that it holds little, or names parts outside of it. What it declares is
compared with limits first, and each part is then unpacked up to its declared size, so that a false one cannot fill the memory.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib

from citewell.errors import ReadingError

# In sum, unpacked: some 40 novels, or the longest sheets that are still read within the time limit.
_LARGEST = 200_000_000
# XML shrinks to a tenth, and equal rows to a hundredth; only a small archive may do so without harm.
_FOLD = 100
_HARMLESS = 10_000_000
_MOST_PARTS = 10_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Office wraps what it encrypts in an old container, whose only stream of that size has this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IS_ENCRYPTED = 0x1
_IS_UTF_8 = 0x800
_PROTECTED = "is protected by a password"
# What `zipfile` raises for archives that are broken.
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error)


def is_archive(data: bytes) -> bool:
    """Return whether bytes begin as a ZIP archive does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_encrypted_office(data: bytes) -> bool:
    """Return whether bytes are an Office file that is encrypted as a whole, which is not an archive."""
    return data.startswith(_OLE) and _ENCRYPTED in data


def holds_parts(data: bytes, *beginnings: str) -> bool:
    """Return whether bytes are an archive with parts whose names begin in certain ways, one for each; nothing is unpacked."""
    if not is_archive(data):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [_key(name) for name in archive.namelist()]
    except (*_BROKEN, NotImplementedError):
        return False
    return all(any(name.startswith(beginning.casefold()) for name in names) for beginning in beginnings)


def declared_kind(data: bytes) -> bytes:
    """Return the media type that an archive declares in its first part, as books and OpenDocument files do; empty if none."""
    name, start = data[30:38], data[38:118]
    return start if is_archive(data) and name == b"mimetype" else b""


class Archive:
    """An archive in memory, whose declared sizes are within limits.

    Names of parts are compared without their case, and with forward slashes, as Office does. ``damaged`` are the names of parts
    that were read only in part, or not at all, although the rest could be read, with the reason where there is a special one.
    ``repeated`` are the names of parts that a later one of the same name replaces.

    Args:
        data: The bytes of the archive.

    Raises:
        ReadingError: It is no archive, is damaged or protected by a password, or holds too much.
    """

    def __init__(self, data: bytes) -> None:
        if is_encrypted_office(data):
            raise ReadingError(_PROTECTED)
        if not data:
            raise ReadingError("is empty")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except NotImplementedError as error:
            raise ReadingError("is an archive of a kind that is not read") from error
        except _BROKEN as error:
            raise ReadingError("is damaged: it is not a whole archive") from error
        parts = self._zip.infolist()
        _check(parts, len(data))
        self._parts: dict[str, zipfile.ZipInfo] = {}
        self.repeated: list[str] = []
        for part in parts:
            if not part.is_dir():
                earlier = self._parts.get(_key(_name_of(part)))
                self.repeated += [_plain(_name_of(earlier))] if earlier else []
                self._parts[_key(_name_of(part))] = part
        self.damaged: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """The names of the parts, in their order in the archive, with forward slashes."""
        return [_plain(_name_of(part)) for part in self._parts.values()]

    @property
    def warnings(self) -> list[str]:
        """What to tell of the parts that are damaged."""
        special = list(dict.fromkeys(filter(None, self.damaged.values())))
        others = [name for name, reason in self.damaged.items() if not reason]
        return [*special, *([f"is damaged, so that text may be missing ({', '.join(others)})"] if others else [])]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _key(name) in self._parts

    def size(self, name: str) -> int:
        """Return the declared size of a part, unpacked, in bytes; 0 if there is no such part."""
        part = self._parts.get(_key(name))
        return part.file_size if part else 0

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            ReadingError: There is no such part, or it is damaged, encrypted, or packed in a way that is not read.
        """
        part = self._parts.get(_key(name))
        if part is None:
            raise ReadingError(f"is damaged: its part {_plain(name)} is missing")
        if part.flag_bits & _IS_ENCRYPTED:
            raise ReadingError(_PROTECTED)
        try:
            with self._zip.open(part) as stream:
                # With a size, unlike without, `zipfile` unpacks no more than that.
                data = stream.read(part.file_size)
        except NotImplementedError as error:
            raise ReadingError(f"has a part that is packed in a way that is not read ({_plain(name)})") from error
        except (*_BROKEN, RuntimeError) as error:
            raise ReadingError(f"is damaged: its part {_plain(name)} cannot be unpacked") from error
        if len(data) < part.file_size:
            raise ReadingError(f"is damaged: its part {_plain(name)} ends too early")
        return data


def _check(parts: list[zipfile.ZipInfo], size: int) -> None:
    """Check the declarations of an archive.

    Raises:
        ReadingError: It holds too many parts, too much, or a name that leads outside.
    """
    if len(parts) > _MOST_PARTS:
        raise ReadingError(f"holds {len(parts):,} parts; at most {_MOST_PARTS:,} are read")
    total = sum(part.file_size for part in parts)
    if total > _LARGEST:
        raise ReadingError(f"unpacks to {total // 1_000_000:,} MB; at most {_LARGEST // 1_000_000} MB are read")
    if total > max(_HARMLESS, _FOLD * size):
        raise ReadingError(f"unpacks to {total // size:,} times its size; at most {_FOLD} times are read")
    outside = next((part for part in parts if ".." in _plain(part.filename).split("/")), None)
    if outside:
        raise ReadingError("has a part whose name leads outside of it")


def _name_of(part: zipfile.ZipInfo) -> str:
    """Return the name of a part. Many programs write it in UTF-8 without saying so, and `zipfile` then reads code page 437."""
    if part.flag_bits & _IS_UTF_8:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return part.filename


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _key(name: str) -> str:
    return _plain(name).casefold()
