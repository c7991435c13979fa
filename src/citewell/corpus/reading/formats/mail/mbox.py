"""Mailboxes: messages one after another in a file, each after a line that begins with "From " (RFC 4155)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from citewell.corpus.reading.extract import Attachment, Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.formats.mail.eml import as_bytes
from citewell.corpus.reading.formats.mail.messages import MAIL, body_of, headers_of
from citewell.corpus.reading.formats.mail.mime import read_part
from citewell.errors import ReadingError

# A line of a text may begin with "From ", too; this one ends with a time, stands after an empty line, and headers follow.
_FROM = (
    rb"From [^\r\n]*?\d{1,2}:\d{2}(?::\d{2})?(?:[ \t]++(?:[+-]?\d{4}|[A-Z]{1,5}))*+[ \t]*+\r?\n(?:>From [^\r\n]*\r?\n)?"
    rb"(?=[!-9;-~]{1,80}:[^\r\n]*\r?\n)"
)
_FIRST = regex.compile(rb"(?:\xef\xbb\xbf)?\s*+" + _FROM)
_NEXT = regex.compile(rb"(?:\A\s*+|(?<=\n)\r?\n)" + _FROM)
# Programs put a sign before lines that could be taken for such a one.
_SIGN = regex.compile(rb"^>(>*From )", regex.MULTILINE)
_MOST_MESSAGES = 10_000


def read(source: Source) -> Extract:
    """Read the messages of a mailbox; each is a section.

    Raises:
        ReadingError: It is no mailbox.
    """
    data = as_bytes(source.data)
    if not _FIRST.match(data):
        raise ReadingError("is no mailbox: it does not begin with a message")
    blocks: list[RawBlock] = []
    warnings: list[str] = []
    attachments: list[Attachment] = []
    for nth, message in enumerate(_messages(data)):
        if nth == _MOST_MESSAGES:
            warnings.append(f"only the first {_MOST_MESSAGES:,} messages are read")
            break
        source.progress("Messages", nth, 0)
        _read_message(message, nth + 1, blocks, warnings, attachments)
    return Extract(tuple(blocks), facts=(MAIL,), warnings=tuple(warnings), attachments=tuple(attachments))


def _messages(data: bytes) -> Iterator[bytes]:
    starts = [(match.start(), match.end()) for match in _NEXT.finditer(data)]
    for at, (_, start) in enumerate(starts):
        end = starts[at + 1][0] if at + 1 < len(starts) else len(data)
        yield _SIGN.sub(rb"\1", data[start:end])


def _read_message(
    data: bytes, number: int, blocks: list[RawBlock], warnings: list[str], attachments: list[Attachment]
) -> None:
    try:
        root = read_part(data)
        headers, body = headers_of(root), body_of(root)
    except ReadingError as error:
        warnings.append(f"message {number:,} is left out: it {error.message}")
        return
    subject = headers["Subject"] or "(no subject)"
    blocks.append(RawBlock("heading", (subject,), level=1, location=headers.location))
    blocks += headers.blocks()
    blocks += (replace(block, level=block.level + 1) if block.kind == "heading" else block for block in body.blocks)
    warnings += (f"message {number:,}: {warning}" for warning in body.all_warnings())
    attachments += headers.with_facts(body.attachments)


def is_mailbox(data: bytes) -> bool:
    """Return whether bytes are certainly a mailbox."""
    return bool(_FIRST.match(data[:4_096]))


READER = FormatReader("mailbox", 3, frozenset({".mbox", ".mbx"}), read, is_mailbox)
