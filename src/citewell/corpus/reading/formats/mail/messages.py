"""A message to blocks: its headers that matter, its text, and the files that come with it.

Of a text that is there as plain text and as HTML, the plain one is read, unless it is only a hint that there is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from email.utils import getaddresses, parsedate_to_datetime

from citewell.corpus.reading.extract import Attachment, RawBlock
from citewell.corpus.reading.formats.mail.mime import Part, head_of
from citewell.corpus.reading.formats.mail.text import html_blocks, plain_blocks
from citewell.document import Fact, Location
from citewell.errors import ReadingError

HEADERS = ("From", "To", "Cc", "Date", "Subject")
_SOURCE = "message"
# Of every message, whatever its format is called.
MAIL = Fact("kind", "mail", _SOURCE)
_PGP = "-----BEGIN PGP MESSAGE-----"
# The plain text is a hint if the HTML has this many words, and it has less than that part of them.
_MANY_WORDS = 60
_HINT = 5
_SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/markdown": ".md",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
}
_SIGNATURES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-keys",
    }
)
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP_PARTS = frozenset({"application/pgp-encrypted"})
_MESSAGES = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a message that matter, as text."""

    values: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> str:
        return dict(self.values).get(name, "")

    @property
    def date(self) -> str | None:
        """The day on which it was sent (ISO 8601), if that is known."""
        return _day(self["Date"])

    @property
    def location(self) -> Location:
        """The message as a place."""
        return Location("message", ", ".join(filter(None, (self["Subject"] or "(no subject)", self.date))))

    def facts(self) -> tuple[Fact, ...]:
        """Return them as facts: subject, author and date, and that it is mail."""
        subject = [Fact("title", self["Subject"], _SOURCE)] if self["Subject"] else []
        return (*subject, *self._sent(), MAIL)

    def with_facts(self, attachments: Iterable[Attachment]) -> Iterator[Attachment]:
        """Yield what comes with the message, with its author and date, which count where a file names none itself."""
        sent = tuple(self._sent())
        return (replace(each, facts=sent) for each in attachments)

    def _sent(self) -> Iterator[Fact]:
        """Return by whom it was sent, and when, as far as it says."""
        author = next(
            (name or address for name, address in getaddresses([self["From"]]) if name or address), self["From"]
        )
        found = (("author", author), ("date", self.date or ""))
        return (Fact(name, value, _SOURCE) for name, value in found if value)

    def blocks(self) -> Iterator[RawBlock]:
        """Yield them as a block."""
        lines = [f"{name}: {value}" for name, value in self.values if value]
        if lines:
            yield RawBlock("verbatim", ("\n".join(lines),), location=self.location)


@dataclass(slots=True)
class Body:
    """What a message holds below its headers."""

    blocks: list[RawBlock] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pictures: int = 0

    def all_warnings(self) -> tuple[str, ...]:
        """Return what was left out or replaced, each once."""
        pictures = [f"pictures in the text are left out ({self.pictures})"] if self.pictures else []
        return tuple(dict.fromkeys([*self.warnings, *pictures]))


def headers_of(part: Part) -> Headers:
    """Return the headers of a message that matter."""
    return Headers(tuple((name, part.value(name)) for name in HEADERS))


def body_of(root: Part) -> Body:
    """Return the text and the attachments of a message."""
    body = Body()
    pending = [root]
    while pending:
        part = pending.pop()
        if part.kind.startswith("multipart/"):
            pending += reversed(list(_read_parts(part, body)))
        else:
            _read_leaf(part, body, is_root=part is root)
    return body


def _read_parts(part: Part, body: Body) -> Iterable[Part]:
    """Return the parts of a part that are read."""
    if part.kind == "multipart/alternative":
        return _alternative(part, body)
    if part.kind == "multipart/signed":
        # The other is the signature.
        return part.parts[:1]
    if part.kind == "multipart/encrypted":
        body.warnings.append("is encrypted (PGP): only its headers are read")
        return []
    if part.kind == "multipart/related":
        first, *others = part.parts or [part]
        return [first, *(other for other in others if not _is_picture(other, body))]
    return part.parts


def _alternative(part: Part, body: Body) -> Iterator[Part]:
    """Yield the best of the forms in which a text is there, and the files that come with one of them."""
    plain = next((each for each in part.parts if each.kind == "text/plain"), None)
    rich = next((each for each in reversed(part.parts) if each is not plain and _html_in(each)), None)
    best = plain or rich or next(iter(part.parts), None)
    if plain and rich:
        few, many = _words(plain), _words(_html_in(rich) or rich)
        if not few or (many >= _MANY_WORDS and _HINT * few < many):
            best = rich
    for each in part.parts:
        if each is best:
            yield each
        else:
            yield from (leaf for leaf in _leaves(each) if not _is_form(leaf.kind) and not _is_picture(leaf, body))


def _is_form(kind: str) -> bool:
    """Return whether a part is another form of a text, and no file such as an invitation."""
    return kind.startswith("text/") and kind not in {"text/calendar", "text/csv"}


def _leaves(part: Part) -> list[Part]:
    """Return the parts in a part that have no others in them, in order."""
    pending, found = [part], []
    while pending:
        each = pending.pop()
        if each.parts:
            pending += reversed(each.parts)
        else:
            found.append(each)
    return found


def _html_in(part: Part) -> Part | None:
    return next((leaf for leaf in _leaves(part) if leaf.kind == "text/html"), None)


def _words(part: Part) -> int:
    try:
        text = part.text().text
    except ReadingError:
        return 0
    if part.kind == "text/html":
        return sum(len("".join(block.pieces).split()) for block in html_blocks(text)[0])
    return len(text.split())


def _is_picture(part: Part, body: Body) -> bool:
    """Return whether a part is a picture inside the text, and count it."""
    is_inside = part.disposition == "inline" or (not part.disposition and "Content-ID" in part.headers)
    is_one = is_inside and part.kind.startswith("image/")
    body.pictures += is_one
    return is_one


def _read_leaf(part: Part, body: Body, *, is_root: bool) -> None:
    kind = part.kind
    if kind in _SMIME:
        is_signed = "signed" in str(part.headers.get("Content-Type", "")).lower()
        body.warnings.append(
            "is signed in a form that is not read (S/MIME)"
            if is_signed
            else "is encrypted (S/MIME): only its headers are read"
        )
    elif kind in _MESSAGES:
        data = part.data().lstrip(b"\r\n")
        body.attachments.append(Attachment(_message_name(part, head_of(data)), data))
    elif kind in _SIGNATURES or kind in _PGP_PARTS or _is_picture(part, body):
        return
    elif is_root or (part.disposition != "attachment" and not part.name and _is_text(kind)):
        _read_text(part, body)
    elif data := part.data():
        body.attachments.append(Attachment(part.name or f"attachment{_SUFFIXES.get(kind, '')}", data))


def _is_text(kind: str) -> bool:
    return kind in {"text/plain", "text/html", "text/enriched", "message/delivery-status", "text/rfc822-headers"}


def _message_name(part: Part, inner: Part) -> str:
    name = part.name
    if not name:
        name = inner.value("Subject")
    return name if name.lower().endswith(".eml") else f"{name or 'message'}.eml"


def _read_text(part: Part, body: Body) -> None:
    try:
        decoded = part.text()
    except ReadingError as error:
        if part.data():
            body.warnings.append(f"a part that should be text is left out: it {error.message}")
        return
    body.warnings += decoded.warnings
    if part.kind == "text/html":
        blocks, warnings = html_blocks(decoded.text)
        body.blocks += blocks
        body.warnings += warnings
    else:
        if _PGP in decoded.text:
            body.warnings.append("holds text that is encrypted (PGP)")
        body.blocks += plain_blocks(decoded.text)


def _day(date: str) -> str | None:
    try:
        return parsedate_to_datetime(date).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
