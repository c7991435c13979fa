"""Archives for tests: made of names and texts, or with declarations that are not true."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

# Where the size of a part, unpacked, stands: in the entry before it, and in the list at the end.
_SIZE_BEFORE = 22
_SIZE_IN_LIST = 24


def zipped(parts: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def declaring(archive: bytes, size: int) -> bytes:
    """Return an archive of one part that says it is of another size when unpacked."""
    changed = bytearray(archive)
    struct.pack_into("<I", changed, archive.index(b"PK\x03\x04") + _SIZE_BEFORE, size)
    struct.pack_into("<I", changed, archive.index(b"PK\x01\x02") + _SIZE_IN_LIST, size)
    return bytes(changed)
