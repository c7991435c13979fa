"""A Word file as a whole: its text, its title and facts, what is left out of it, and the files inside."""

from __future__ import annotations

from collections.abc import Iterator

from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.flowing import flat
from citewell.corpus.reading.formats.docx.body import Body
from citewell.corpus.reading.formats.docx.styles import W
from citewell.corpus.reading.formats.office.embedded import Embedded
from citewell.corpus.reading.formats.office.package import Package, title_of
from citewell.corpus.reading.formats.office.xml import optional_part, parse_part
from citewell.errors import ReadingError

_USUAL = "word/document.xml"
_LONGEST_SHOWN = 60


def read_document(data: bytes) -> Extract:
    """Read a Word file.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """
    package = Package(data)
    part = package.main(_USUAL)
    root = parse_part(package.archive, part)
    if not str(root.tag).startswith(W):
        raise ReadingError("is no Word file of this kind: its main part is something else")
    body = Body(package, part)
    blocks = body.read(root)
    facts = package.facts()
    embedded = Embedded(package)
    embedded.take(part, body.files)
    return Extract(
        tuple(blocks),
        title=body.title or title_of(facts),
        facts=facts,
        warnings=tuple(_warnings(package, part, body)),
        attachments=tuple(embedded.attachments),
        unread=tuple(embedded.unread),
    )


def _warnings(package: Package, part: str, body: Body) -> Iterator[str]:
    yield from package.archive.warnings
    if body.hidden:
        yield f"{body.hidden:,} hidden words are left out"
    outside = dict.fromkeys(text for kind in ("header", "footer") for text in _outside(package, part, kind))
    if outside:
        first = next(iter(outside))
        shown = first if len(first) <= _LONGEST_SHOWN else f"{first[:_LONGEST_SHOWN]}…"
        yield f"page headers and footers are left out ({len(outside)}, such as “{shown}”)"


def _outside(package: Package, part: str, kind: str) -> Iterator[str]:
    """Yield the texts of the heads or feet of pages that have more than a number."""
    for name in package.of_kind(part, kind):
        root = optional_part(package.archive, name)
        text = "" if root is None else flat(" ".join(each.text or "" for each in root.iter(f"{W}t")))
        if any(map(str.isalpha, text)):
            yield text
