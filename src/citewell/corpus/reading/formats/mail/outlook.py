"""A message of Outlook, written as a message of the internet, so that both are read in the same way."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from email.utils import encode_rfc2231, format_datetime, quote

import regex

from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.formats.mail.eml import read_message
from citewell.corpus.reading.formats.mail.properties import Properties, opened
from citewell.corpus.reading.formats.mail.rich_text import text_of

_DEEPEST = 6
# Properties, by their numbers (MS-OXPROPS).
_CLASS, _SUBJECT, _HEADERS, _SENT, _CODEPAGE = 0x001A, 0x0037, 0x007D, 0x0039, 0x3FDE
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _SENT_FOR = 0x0C1A, 0x0C1F, 0x5D01, 0x0042
_NAME, _ADDRESS, _SMTP, _RECIPIENT_KIND = 0x3001, 0x3003, 0x39FE, 0x0C15
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_FILE, _LONG_FILE, _SHORT_FILE, _MIME, _CONTENT_ID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
_TO, _CC = 1, 2
_HEADER = regex.compile(r"(?m)^([!-9;-~]+):[ \t]*+([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)")
_SPECIAL = regex.compile(r"[][()<>@,:;.\\\"]")
_TYPE = regex.compile(r"[\w.+-]+/[\w.+-]+")


def read_outlook(data: bytes) -> Extract:
    """Read a message of Outlook.

    Raises:
        ReadingError: It is damaged, or no message.
    """
    with opened(data) as message:
        return read_message(_written(message, 0))


def _written(message: Properties, depth: int) -> bytes:
    """Return a message as bytes (RFC 5322), with the messages and files inside it."""
    sent = {name.lower(): value for name, value in _HEADER.findall(message.text(_HEADERS))}
    heads = [f"{name}: {' '.join(value.split())}" for name, value in _headers(message, sent) if value.strip()]
    kind = message.text(_CLASS).lower()
    if sent.get("content-type", "").lower().startswith("multipart/encrypted"):
        return _message([*heads, "Content-Type: multipart/encrypted"], b"")
    if kind.startswith("ipm.note.smime") and "multipart" not in kind:
        return _message([*heads, "Content-Type: application/pkcs7-mime"], b"")
    forms = list(_forms(message))
    parts = [_multipart("alternative", forms, depth)] if forms else []
    parts += [part for each in message.inside("__attach_version1.0_#") if (part := _attached(each, depth))]
    return _message(heads, _multipart("mixed", parts, depth), is_part=True)


def _headers(message: Properties, sent: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the headers that matter: as they were sent, or as Outlook keeps them."""
    name = message.text(_SENDER) or message.text(_SENT_FOR)
    yield "From", sent.get("from", "") or _person(name, message.text(_SENDER_SMTP) or message.text(_SENDER_ADDRESS))
    people = [
        (each.number(_RECIPIENT_KIND), _person(each.text(_NAME), each.text(_SMTP) or each.text(_ADDRESS)))
        for each in message.inside("__recip_version1.0_#")
    ]
    for header, kind in (("To", _TO), ("Cc", _CC)):
        yield header, sent.get(header.lower(), "") or ", ".join(person for of, person in people if of == kind)
    date = message.time(_SENT)
    yield "Date", sent.get("date", "") or (format_datetime(date) if date else "")
    yield "Subject", message.text(_SUBJECT)


def _person(name: str, address: str) -> str:
    # The address of somebody in the same house is a path of Exchange.
    if "@" not in address:
        return name
    if not name or name == address:
        return address
    return f'"{quote(name)}" <{address}>' if _SPECIAL.search(name) else f"{name} <{address}>"


def _forms(message: Properties) -> Iterator[bytes]:
    """Yield the text as plain text and as HTML, as far as they are there."""
    text = message.text(_BODY)
    if text.strip():
        yield _part('text/plain; charset="utf-8"', text.encode("utf-8", "replace"))
    data = message.data(_HTML)
    if data:
        yield _part(f'text/html; charset="cp{message.number(_CODEPAGE) or 0}"', data)
    elif message.text(_HTML):
        yield _part('text/html; charset="utf-8"', message.text(_HTML).encode("utf-8", "replace"))
    elif not text.strip():
        rich = text_of(message.data(_RTF))
        yield from [_part('text/plain; charset="utf-8"', rich.encode("utf-8", "replace"))] if rich.strip() else []


def _attached(attachment: Properties, depth: int) -> bytes:
    """Return a file that comes with a message, or a message inside it, as a part; nothing if it is only a link."""
    name = attachment.text(_LONG_FILE) or attachment.text(_SHORT_FILE) or attachment.text(_NAME)
    inner = next(attachment.inside(f"__substg1.0_{_FILE:04X}000D"), None)
    if inner is not None:
        data = _written(inner, depth + 1) if depth < _DEEPEST else b"Subject: nested too deeply\r\n\r\n"
        return _part("message/rfc822", data, f"{name or 'message'}.eml")
    data = attachment.data(_FILE)
    identity = " ".join(attachment.text(_CONTENT_ID).split())
    kind = _TYPE.match(attachment.text(_MIME))
    more = [f"Content-ID: <{identity}>"] if identity else []
    return _part(kind[0] if kind else "application/octet-stream", data, name or "attachment", more) if data else b""


def _multipart(kind: str, parts: list[bytes], depth: int) -> bytes:
    # Bodies are in Base64, in which no such line can stand.
    mark = f"=_{kind}_{depth}"
    pieces = [f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n'.encode()]
    pieces += [f"\r\n--{mark}\r\n".encode() + part for part in parts]
    return b"".join([*pieces, f"\r\n--{mark}--\r\n".encode()])


def _part(kind: str, data: bytes, name: str = "", more: Sequence[str] = ()) -> bytes:
    heads = [f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more]
    if name:
        where = "inline" if more else "attachment"
        heads.append(f"Content-Disposition: {where}; filename*={encode_rfc2231(name, 'utf-8')}")
    return _message(heads, base64.encodebytes(data))


def _message(heads: Sequence[str], body: bytes, *, is_part: bool = False) -> bytes:
    """Return headers and a body; one that is a part goes on with its own headers."""
    lines = "".join(f"{head}\r\n" for head in heads).encode("utf-8", "replace")
    return lines + (b"" if is_part else b"\r\n") + body
