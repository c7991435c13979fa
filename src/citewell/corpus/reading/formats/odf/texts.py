"""An OpenDocument text as a whole."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract
from citewell.corpus.reading.formats.odf.body import Body
from citewell.corpus.reading.formats.odf.file import OdfFile
from citewell.corpus.reading.formats.odf.styles import Styles
from citewell.corpus.reading.formats.office.package import title_of
from citewell.document import UnreadPart

UNREAD = "is an embedded object, which only the program that made it can read"


def read_text(data: bytes) -> Extract:
    """Read an OpenDocument text.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """
    file = OdfFile(data)
    body = Body(file, Styles(file.styles))
    blocks = body.read(file.body("text"))
    facts = file.facts()
    hidden = [f"{body.hidden:,} hidden words are left out"] if body.hidden else []
    furniture = file.furniture()
    return Extract(
        tuple(blocks),
        title=body.title or title_of(facts),
        facts=facts,
        warnings=(*file.warnings, *hidden, *([furniture] if furniture else [])),
        unread=tuple(UnreadPart(name, UNREAD) for name in body.unread),
    )
