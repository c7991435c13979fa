"""A message of Outlook, written as a message of the internet, so that both are read in the same way."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.utils import encode_rfc2231, format_datetime, formataddr

from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.domain import constants as pids
from oxmsg.domain.model import UnrecognizedCodePageError
from oxmsg.properties import Properties

from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.formats.mail.eml import read_message
from citewell.errors import ReadingError

# What `olefile` and `oxmsg` raise for files that are broken.
_BROKEN = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    LookupError,
    struct.error,
    AssertionError,
    TypeError,
    OverflowError,
)
_DEEPEST = 6
_EMBEDDED = "__substg1.0_3701000D"
_TO, _CC = 1, 2


def read_outlook(data: bytes) -> Extract:
    """Read a message of Outlook.

    Raises:
        ReadingError: It is damaged, or no message.
    """
    try:
        message = Message.load(data)
        written = _written(message, 0)
    except RecursionError as error:
        raise ReadingError("is nested too deeply") from error
    except _BROKEN as error:
        raise ReadingError("is damaged, or no message of Outlook") from error
    extract = read_message(written)
    has_text = any(_has(message.properties, pid) for pid in (pids.PID_BODY, pids.PID_HTML, pids.PID_BODY_HTML))
    if not has_text and _has(message.properties, pids.PID_RTF_COMPRESSED):
        return replace(
            extract,
            warnings=(*extract.warnings, "its text is only there in Outlook's own form (RTF), which is not read"),
        )
    return extract


def _has(properties: Properties, pid: int) -> bool:
    return any(each.pid == pid for each in properties)


def _written(message: Message, depth: int) -> bytes:
    """Return a message as bytes (RFC 5322), with the messages and files inside it."""
    heads = [f"{name}: {' '.join(value.split())}" for name, value in _headers(message) if value.strip()]
    sent_as = message.message_headers.get("Content-Type", "").lower()
    kind = message.message_class.lower()
    if sent_as.startswith("multipart/encrypted"):
        return _message([*heads, "Content-Type: multipart/encrypted"], b"")
    if kind.startswith("ipm.note.smime") and "multipart" not in kind:
        return _message([*heads, "Content-Type: application/pkcs7-mime"], b"")
    forms = [part for part in (_plain(message), _rich(message)) if part]
    parts = [_multipart("alternative", forms, depth)] if forms else []
    parts += [part for each in message.attachments if (part := _attached(each, depth))]
    return _message(heads, _multipart("mixed", parts, depth), is_part=True)


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    sent = message.message_headers
    given = {name.lower(): value for name, value in sent.items()}
    recipients = [(each.properties.int_prop_value(pids.PID_RECIPIENT_TYPE), each) for each in message.recipients]
    yield "From", message.sender or ""
    for name, number in (("To", _TO), ("Cc", _CC)):
        people = (
            formataddr((each.name, each.email_address)) if each.email_address else each.name
            for kind, each in recipients
            if kind == number
        )
        yield name, given.get(name.lower(), "") or ", ".join(people)
    yield "Date", given.get("date", "") or (format_datetime(message.sent_date) if message.sent_date else "")
    yield "Subject", message.subject


def _plain(message: Message) -> bytes:
    text = message.body
    return _part('text/plain; charset="utf-8"', text.encode("utf-8", "replace")) if text and text.strip() else b""


def _rich(message: Message) -> bytes:
    data = message.properties.binary_prop_value(pids.PID_HTML)
    if data:
        return _part(f'text/html; charset="{message.properties.body_encoding}"', data)
    text = message.properties.str_prop_value(pids.PID_BODY_HTML)
    return _part('text/html; charset="utf-8"', text.encode("utf-8", "replace")) if text else b""


def _attached(attachment: Attachment, depth: int) -> bytes:
    """Return a file that comes with a message, or a message inside it, as a part; nothing if it is only a link."""
    properties = attachment.properties
    name = (
        attachment.file_name
        or _string(properties, pids.PID_ATTACH_FILENAME)
        or _string(properties, pids.PID_DISPLAY_NAME)
    )
    inner = next((each for each in getattr(attachment._storage, "storages", ()) if each.name == _EMBEDDED), None)
    if inner is not None:
        data = _written(Message(inner), depth + 1) if depth < _DEEPEST else b"Subject: nested too deeply\n\n"
        return _part("message/rfc822", data, f"{name or 'message'}.eml")
    data = attachment.file_bytes or b""
    identity = _string(properties, pids.PID_ATTACH_CONTENT_ID)
    more = [f"Content-ID: <{' '.join(identity.split())}>"] if identity else []
    return _part(attachment.mime_type or "application/octet-stream", data, name or "attachment", more) if data else b""


def _string(properties: Properties, pid: int) -> str:
    return properties.str_prop_value(pid) or ""


def _multipart(kind: str, parts: list[bytes], depth: int) -> bytes:
    # Bodies are in Base64, in which no such line can stand.
    mark = f"=_{kind}_{depth}"
    pieces = [f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n'.encode()]
    pieces += [f"\r\n--{mark}\r\n".encode() + part for part in parts]
    return b"".join([*pieces, f"\r\n--{mark}--\r\n".encode()])


def _part(kind: str, data: bytes, name: str = "", more: Sequence[str] = ()) -> bytes:
    heads = [f"Content-Type: {' '.join(kind.split())}", "Content-Transfer-Encoding: base64", *more]
    if name:
        where = "inline" if more else "attachment"
        heads.append(f"Content-Disposition: {where}; filename*={encode_rfc2231(name, 'utf-8')}")
    return _message(heads, base64.encodebytes(data))


def _message(heads: Sequence[str], body: bytes, *, is_part: bool = False) -> bytes:
    """Return headers and a body; one that is a part goes on with its own headers."""
    lines = "".join(f"{head}\r\n" for head in heads).encode("utf-8", "replace")
    return lines + (b"" if is_part else b"\r\n") + body
