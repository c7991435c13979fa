"""The parts of a message (RFC 2045 to 2047), as they stand in its bytes: a message inside a message is a slice of it.

The standard library parses headers; the parts are divided here, because its parser calls itself for each level and gives a
message inside another only as it would write it.
"""

from __future__ import annotations

import binascii
import email.errors
import email.header
import email.message
import email.parser
import email.policy
import email.utils
from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from citewell.corpus.reading.decoding import Decoded, decode
from citewell.errors import ReadingError

_DEEPEST = 40
_MOST_PARTS = 2_000
_LARGEST_HEADER = 256_000
_END_OF_HEADER = regex.compile(rb"\r?\n[ \t]*+\r?\n|\r[ \t]*+\r")
_HEADER_LINE = regex.compile(rb"[!-9;-~]{1,80}[ \t]*+:")
_PARSER = email.parser.BytesHeaderParser(policy=email.policy.compat32)
_WORD = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?="
# White space between two of them is none of the text, and a character may begin in one and end in the next.
_ENCODED_WORDS = regex.compile(rf"{_WORD}(?:\s*+{_WORD})*+")
_NO_CHARSETS = frozenset({"", "us-ascii", "ascii"})
# Every sequence of bytes is text in these, so what is whole UTF-8 is that.
_ONE_BYTE = ("iso-8859-", "windows-125", "latin")
# These write other letters with those of ASCII.
_OF_ASCII = ("utf-16", "utf-32", "utf-7", "iso-2022", "hz")
# Those of HTML (WHATWG Encoding Standard): what calls itself by the first is written by programs that use the second.
_LARGER = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
}


@dataclass(slots=True, eq=False)
class Part:
    """A part of a message: its headers, and its undecoded body, or the parts of which it is made."""

    headers: email.message.Message
    body: bytes
    parts: list[Part] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Its type, such as "text/plain", in small letters."""
        return self.headers.get_content_type()

    @property
    def disposition(self) -> str:
        """Whether it is to be seen "inline" or is an "attachment", in small letters; nothing if it does not say."""
        return str(self.headers.get("Content-Disposition", "")).partition(";")[0].strip().lower()

    @property
    def name(self) -> str:
        """The name of the file that it is, or nothing."""
        found = self._parameter("filename", "Content-Disposition") or self._parameter("name", "Content-Type")
        return readable(found)

    def value(self, name: str) -> str:
        """Return a header as one line of text, its encoded words decoded; nothing if it is missing."""
        return readable(self._raw(name))

    def _raw(self, name: str) -> str:
        # Not `get`, which replaces bytes that are no ASCII.
        return next((str(value) for key, value in self.headers.raw_items() if key.lower() == name.lower()), "")

    def data(self) -> bytes:
        """Return the bytes of its body, without their transfer encoding."""
        carrier = email.message.Message()
        carrier["Content-Transfer-Encoding"] = str(self.headers.get("Content-Transfer-Encoding", "")).strip()
        carrier.set_payload(self.body.decode("ascii", "surrogateescape"))
        try:
            payload = carrier.get_payload(decode=True)
        except (ValueError, binascii.Error):
            return self.body
        return payload if isinstance(payload, bytes) else self.body

    def text(self) -> Decoded:
        """Return the text of its body, and what had to be replaced in it.

        Raises:
            ReadingError: It is no text.
        """
        data = self.data()
        charset = self._parameter("charset", "Content-Type")
        named = _named(data, charset)
        return Decoded(named, ()) if named is not None else decode(data)

    def _parameter(self, name: str, header: str) -> str:
        carrier = email.message.Message()
        carrier[header] = _whole(self._raw(header))
        try:
            found = carrier.get_param(name, "", header)
            return email.utils.collapse_rfc2231_value(found) if isinstance(found, tuple) else str(found)
        except (ValueError, IndexError, LookupError):
            return ""


def read_part(data: bytes) -> Part:
    """Divide a message into its parts; those of messages inside it are not divided.

    Raises:
        ReadingError: It is nested too deeply, or has too many parts.
    """
    root = _part(data)
    count = 1
    pending = [(root, 0)]
    while pending:
        part, depth = pending.pop()
        if not part.kind.startswith("multipart/"):
            continue
        if depth >= _DEEPEST:
            raise ReadingError(f"is nested too deeply: it has parts in more than {_DEEPEST} others")
        part.parts = [_part(piece, within=part.kind) for piece in _pieces(part)]
        count += len(part.parts)
        if count > _MOST_PARTS:
            raise ReadingError(f"has more than {_MOST_PARTS:,} parts")
        pending += [(inner, depth + 1) for inner in part.parts]
    return root


def head_of(data: bytes) -> Part:
    """Return a message of which only the headers are divided."""
    return _part(data)


def _part(data: bytes, *, within: str = "") -> Part:
    """Divide the headers of a part from its body."""
    data = data.lstrip(b"\r\n") if not within else data
    if within and data[:2].lstrip(b"\r")[:1] in (b"\n", b""):
        # A part may have no headers at all.
        head, body = b"", data.lstrip(b"\r").removeprefix(b"\n")
    elif not _HEADER_LINE.match(data) and not data.startswith(b"From "):
        head, body = b"", data
    else:
        end = _END_OF_HEADER.search(data, 0, _LARGEST_HEADER)
        head, body = (
            (data[: end.start()], data[end.end() :]) if end else (data[:_LARGEST_HEADER], data[_LARGEST_HEADER:])
        )
    headers = _PARSER.parsebytes(head)
    if within == "multipart/digest":
        headers.set_default_type("message/rfc822")
    return Part(headers, body)


def _pieces(part: Part) -> Iterator[bytes]:
    """Yield what stands between the boundaries of a part; all of it, if it has none."""
    boundary = part.headers.get_boundary()
    mark = regex.escape(boundary.encode("utf-8", "surrogateescape")) if boundary else b""
    found = (
        list(regex.finditer(rb"(?:^|(?<=[\r\n]))--" + mark + rb"(--)?[ \t]*+(?:\r\n|\n|\r|$)", part.body))
        if boundary
        else []
    )
    if not found:
        yield b"\n" + part.body
        return
    for at, match in enumerate(found):
        if match[1] is not None:
            return
        end = found[at + 1].start() if at + 1 < len(found) else len(part.body)
        piece = part.body[match.end() : end]
        yield piece.removesuffix(b"\n").removesuffix(b"\r") if end < len(part.body) else piece


def readable(header: str) -> str:
    """Return a header as text of one line: encoded words (RFC 2047) decoded, and bytes that are no ASCII guessed."""
    return " ".join(_ENCODED_WORDS.sub(lambda match: _decoded_words(match[0]), _whole(header)).split())


def _whole(header: str) -> str:
    """Return a header with the bytes that are no ASCII guessed."""
    if not any("\udc80" <= character <= "\udcff" for character in header):
        return header
    try:
        return decode(header.encode("utf-8", "surrogateescape")).text
    except ReadingError:
        return header.encode("utf-8", "replace").decode("utf-8")


def _decoded_words(words: str) -> str:
    try:
        found = email.header.decode_header(words)
    except (ValueError, email.errors.HeaderParseError):
        return words
    return "".join(part if isinstance(part, str) else _word(part, charset or "") for part, charset in found)


def _word(data: bytes, charset: str) -> str:
    named = _named(data, charset)
    return named if named is not None else data.decode("utf-8", "replace")


def _named(data: bytes, charset: str) -> str | None:
    """Return text in the charset that it names; None if it names none that it can be in."""
    named = charset.strip(" '\"").lower()
    if named.startswith(_ONE_BYTE) and not data.isascii() and _is_utf8(data):
        named = "utf-8"
    if named not in _NO_CHARSETS and (not data.isascii() or named.startswith(_OF_ASCII)):
        try:
            return data.decode(_LARGER.get(named, named))
        except (LookupError, ValueError):
            return None
    return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
