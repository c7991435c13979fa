"""The text of a message that Outlook keeps as compressed Rich Text (MS-OXRTFCP)."""

from __future__ import annotations

import struct

from citewell.corpus.reading.formats.rtf.document import read_document
from citewell.errors import ReadingError

# What every text is taken to begin with, so that even its first words can refer to something (MS-OXRTFCP 2.1.2.1).
_BEFORE = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans Serif"
    b"SymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_HEAD = struct.Struct("<III4x")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4_096
_LARGEST = 50_000_000


def text_of(data: bytes) -> str:
    """Return the text of a compressed Rich Text, with an empty line between its paragraphs; empty if it is damaged."""
    try:
        extract = read_document(decompressed(data))
    except ReadingError:
        return ""
    return "\n\n".join("".join(block.pieces) for block in extract.blocks)


def decompressed(data: bytes) -> bytes:
    """Return the bytes of a compressed text: runs of eight signs, each a byte or a place before and a length."""
    if len(data) < _HEAD.size:
        return b""
    _, size, kind = _HEAD.unpack_from(data)
    if kind == _PLAIN:
        return data[_HEAD.size : _HEAD.size + size]
    if kind != _COMPRESSED:
        return b""
    found = bytearray(_BEFORE)
    at, end = _HEAD.size, len(_BEFORE) + min(size, _LARGEST)
    while at < len(data) and len(found) < end:
        signs, at = data[at], at + 1
        for bit in range(8):
            if signs >> bit & 1 == 0:
                found += data[at : at + 1]
                at += 1
                continue
            pair = int.from_bytes(data[at : at + 2], "big")
            at += 2
            # The place is one in a window that goes round; the one where the window is now is the end.
            back = (len(found) - (pair >> 4)) % _WINDOW
            if back == 0 or at > len(data):
                return bytes(found[len(_BEFORE) : end])
            for _ in range((pair & 0xF) + 2):
                found.append(found[-back] if back <= len(found) else 0x20)
    return bytes(found[len(_BEFORE) : end])
