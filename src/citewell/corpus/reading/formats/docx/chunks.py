"""Files that Word shows as a part of its text (`altChunk`), as programs write that turn pages into Word files."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import LINE_END, paragraphs
from citewell.corpus.reading.formats.html.charsets import begins_as_page, decode_page
from citewell.corpus.reading.formats.html.pages import read_markup
from citewell.errors import ReadingError

_PAGES = (".html", ".htm", ".xhtml")
_SAVED_PAGES = (".mht", ".mhtml")
# A saved page has one level of parts; a hostile one could have any number.
_MOST_BOUNDARIES = 20


def read_chunk(name: str, data: bytes) -> list[RawBlock] | None:
    """Return the blocks of a file that is a part of a text; None if it is of a kind that has to be read as a file of its own.

    Args:
        name: The name of its part.
        data: Its bytes.
    """
    lower = name.lower()
    try:
        if lower.endswith(_SAVED_PAGES):
            page = _saved_page(data)
            return None if page is None else list(read_markup(page, is_page=False).blocks)
        if lower.endswith(_PAGES) or begins_as_page(data):
            return list(read_markup(decode_page(data).text, is_page=False).blocks)
        if lower.endswith(".txt"):
            text = decode(data).text.replace("\r\n", "\n").replace("\n", LINE_END)
            return [RawBlock("prose", (each,)) for each in paragraphs(text)]
    except ReadingError:
        return None
    return None


def _saved_page(data: bytes) -> str | None:
    """Return the first page in a page that is saved as a mail."""
    if data.count(b"boundary") > _MOST_BOUNDARIES:
        return None
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            content = part.get_payload(decode=True)
            return decode_page(content).text if isinstance(content, bytes) else None
    return None
