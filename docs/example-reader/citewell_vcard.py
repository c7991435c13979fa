"""Reads address books (.vcf, RFC 6350): each contact is a section with a line for each of its properties."""

from __future__ import annotations

from collections.abc import Iterator

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.document import Location
from citewell.errors import ReadingError

_NAMES = {
    "TEL": "Telephone",
    "EMAIL": "E-mail",
    "ADR": "Address",
    "ORG": "Organisation",
    "TITLE": "Role",
    "NOTE": "Note",
}


def read(source: Source) -> Extract:
    """Read the contacts of a file.

    Raises:
        ReadingError: There is none; a build lists the file with this reason.
    """
    decoded = decode(source.data)
    blocks = tuple(_blocks(decoded.text))
    if not blocks:
        raise ReadingError("has no contact")
    return Extract(blocks, warnings=decoded.warnings)


def _blocks(text: str) -> Iterator[RawBlock]:
    """Yield the name of each contact as a heading, and what is known of it as rows."""
    contact: dict[str, str] = {}
    number = 0
    # A line that begins with a space continues the one before.
    for line in text.replace("\r\n", "\n").replace("\n ", "").split("\n"):
        key, _, value = line.partition(":")
        name = key.partition(";")[0].upper()
        if name == "BEGIN":
            contact = {}
        elif name == "END" and contact.get("FN"):
            number += 1
            place = Location("record", str(number))
            yield RawBlock("heading", (contact.pop("FN"),), level=1, location=place)
            yield RawBlock("row", (" | ".join(f"{_NAMES[each]}: {contact[each]}" for each in contact),))
        elif name == "FN" or name in _NAMES:
            contact[name] = " ".join(value.replace("\\n", " ").replace("\\,", ",").replace(";", " ").split())


def _is_vcard(data: bytes) -> bool:
    return data[:200].lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCARD")


READER = FormatReader("vcard", 1, frozenset({".vcf"}), read, _is_vcard)
