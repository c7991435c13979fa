"""E-mail: one message in a file, as mail programs save it (RFC 5322)."""

from __future__ import annotations

import codecs
from dataclasses import replace

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, Source
from citewell.corpus.reading.formats.mail.messages import body_of, headers_of
from citewell.corpus.reading.formats.mail.mime import read_part
from citewell.errors import ReadingError

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)
_HEAD = 4_096
# Mail of Apple begins with the length of the message, and has settings after it.
_COUNTED = regex.compile(rb"\s*+(\d{1,12})[ \t]*+\r?\n")
_FIELD = regex.compile(rb"(?P<name>[!-9;-~]{1,60}):[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+\r?\n")
# No letter on paper has these above its text, and no message that was sent is without one.
_OF_PROGRAMS = frozenset({b"message-id", b"mime-version", b"received", b"return-path", b"content-type", b"x-mailer"})
_OF_PEOPLE = frozenset({b"from", b"to", b"subject", b"date", b"sender"})


def read(source: Source) -> Extract:
    """Read a message.

    Raises:
        ReadingError: It is no text, nested too deeply, or has too many parts.
    """
    data = as_bytes(source.data)
    counted = _COUNTED.match(data)
    if counted:
        data = data[counted.end() : counted.end() + int(counted[1])]
    return read_message(data)


def read_message(data: bytes) -> Extract:
    """Read the bytes of a message.

    Raises:
        ReadingError: It is nested too deeply, or has too many parts.
    """
    root = read_part(data)
    headers, body = headers_of(root), body_of(root)
    blocks = [*headers.blocks(), *body.blocks]
    if blocks:
        blocks[0] = replace(blocks[0], location=headers.location)
    return Extract(
        tuple(blocks),
        title=headers["Subject"] or None,
        facts=headers.facts(),
        warnings=body.all_warnings(),
        attachments=tuple(headers.with_facts(body.attachments)),
    )


def as_bytes(data: bytes) -> bytes:
    """Return a message in bytes of which those of ASCII are ASCII: one saved in UTF-16 is written again in UTF-8.

    Raises:
        ReadingError: It is no text.
    """
    if data.startswith(_MARKS) or b"\0" in data[:_HEAD]:
        return decode(data).text.encode("utf-8", "replace")
    return data


def is_message(data: bytes) -> bool:
    """Return whether bytes are certainly a message: they begin with headers that people and programs write."""
    try:
        head = as_bytes(data[:_HEAD] if len(data) > _HEAD else data)
    except ReadingError:
        return False
    names = set()
    counted = _COUNTED.match(head)
    at = counted.end() if counted else 0
    while match := _FIELD.match(head, at):
        names.add(match["name"].lower())
        at = match.end()
    return bool(names & _OF_PROGRAMS) and len(names & _OF_PEOPLE) > 1


READER = FormatReader("mail", 3, frozenset({".eml", ".emlx"}), read, is_message)
