"""Pictures that tests make themselves, and archives of them."""

from __future__ import annotations

import io
import zipfile

from PIL import Image


def picture(width: int = 40, height: int = 20, kind: str = "PNG", colour: str = "red") -> bytes:
    """Return a picture of one colour."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind)
    return written.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return written.getvalue()
