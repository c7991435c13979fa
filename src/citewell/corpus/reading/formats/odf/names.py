"""The namespaces of OpenDocument."""

from __future__ import annotations

_START = "urn:oasis:names:tc:opendocument:xmlns"

OFFICE = f"{{{_START}:office:1.0}}"
TEXT = f"{{{_START}:text:1.0}}"
TABLE = f"{{{_START}:table:1.0}}"
DRAW = f"{{{_START}:drawing:1.0}}"
STYLE = f"{{{_START}:style:1.0}}"
PRESENTATION = f"{{{_START}:presentation:1.0}}"
META = f"{{{_START}:meta:1.0}}"
SVG = f"{{{_START}:svg-compatible:1.0}}"
XLINK = "{http://www.w3.org/1999/xlink}"
DC = "{http://purl.org/dc/elements/1.1/}"


def small_number(text: str | None, usual: int) -> int:
    """Return a number as files have it; the usual one if it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else usual
