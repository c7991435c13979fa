"""What a PDF says about itself: title, author, date, language, keywords, and the labels of its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as raw
import regex

from citewell.corpus.reading.formats.pdf.pdfium import text_of
from citewell.document import Fact
from citewell.text.dates import iso_date

_SOURCE = "file properties"
_DATE = regex.compile(r"(?:D:)?\s*(\d{4})(?:(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01])(?:\d\d.*)?)?)?")
_LANGUAGE = regex.compile(r"([a-zA-Z]{2,3})(?:[-_].*)?")
# What programs write where nobody has given a title: a file's name, or none at all.
_NO_TITLE = regex.compile(
    r"(?i)(?:microsoft (?:word|excel|powerpoint)|powerpoint pr[äe]\w+|untitled|unbenannt|sans titre|document ?\d*|dokument ?\d*"
    r"|presentation ?\d*|title|titel|slide ?\d*|print|layout ?\d*|template|default|\(?unknown\)?|about:blank|https?://\S*|none)"
    r"(?:\s*-\s.*)?|.*\.\w{2,4}|[\W\d_]*"
)
_NO_AUTHOR = regex.compile(
    r"(?i)(?:admin(?:istrator)?|user|owner|unknown|author|root|default|anonymous|\(?none\)?|.*\\.*|[\W\d_]*)\s*"
)
_LONGEST_LABEL = 20
_MOST_TAGS = 20


def title_of(document: pypdfium2.PdfDocument) -> str | None:
    """Return the title in the properties of a file, unless it is the name of a file or says nothing."""
    title = _property(document, "Title")
    return None if _NO_TITLE.fullmatch(title) or not 3 <= len(title) <= 300 or "\ufffd" in title else title


def facts_of(document: pypdfium2.PdfDocument) -> Iterator[Fact]:
    """Yield the facts in the properties of a file."""
    if title := title_of(document):
        yield Fact("title", title, _SOURCE)
    author = _property(document, "Author")
    if not _NO_AUTHOR.fullmatch(author):
        yield Fact("author", author, _SOURCE)
    if date := date_of(_property(document, "CreationDate")):
        yield Fact("date", date, _SOURCE)
    buffer = text_of(raw.FPDFCatalog_GetLanguage, document.raw)
    if match := _LANGUAGE.fullmatch(buffer.strip()):
        yield Fact("language", match[1].lower(), _SOURCE)
    keywords = [" ".join(each.split()) for each in regex.split(r"[;,]", _property(document, "Keywords"))]
    yield from (Fact("tag", each, _SOURCE) for each in [each for each in keywords if each][:_MOST_TAGS])


def date_of(text: str) -> str | None:
    """Return a date of a PDF ("D:20230405120000+02'00'") as ISO 8601, as exact as it is; None if it is none."""
    match = _DATE.fullmatch(text)
    if not match or not 1900 <= int(match[1]) <= 2200:
        # Some programs write dates as they please.
        return iso_date(text)
    return "-".join(part for part in match.groups() if part)


def label_of(document: pypdfium2.PdfDocument, index: int) -> str:
    """Return the label that a file gives a page, such as "iv"; nothing if it gives none."""
    label = " ".join(text_of(raw.FPDF_GetPageLabel, document.raw, index).split())
    return label if len(label) <= _LONGEST_LABEL else ""


def _property(document: pypdfium2.PdfDocument, name: str) -> str:
    return " ".join(text_of(raw.FPDF_GetMetaText, document.raw, name.encode()).replace("\0", " ").split())
