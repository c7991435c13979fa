"""The pictures beside a document's text, and which of them are shown."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.document import Figure
from citewell.index.originals import fault_of
from citewell.index.stored import StoredDocument

# Beyond these, a page would be slow, and nobody has so many.
_MOST = 500
# Files of these formats are archives, and their pictures are parts of them.
_ARCHIVES = frozenset({"docx", "pptx", "odt", "odp", "epub", "xlsx", "ods"})
# Markdown is not parsed within its paragraphs when it is read, so its pictures are looked for here.
_MARKDOWN = regex.compile(
    r"!\[[^\]\n]{0,500}+\]\(\s{0,9}+<?(?P<address>[^)\s>]{1,900}+)"
    r"|<img\b[^>\n]{0,500}?\ssrc\s{0,9}+=\s{0,9}+[\"'](?P<source>[^\"'\n]{1,900}+)"
)
_FENCE = regex.compile(r"^ {0,3}+(?P<fence>`{3,}+|~{3,}+)", regex.MULTILINE)


def figures_of(document: StoredDocument) -> list[Figure]:
    """Return the pictures beside a document's text, in order.

    Args:
        document: The document as indexed.
    """
    if _format(document) == "markdown":
        return list(_in_markdown(document.text))[:_MOST]
    return list(document.figures[:_MOST])


def part_of(document: StoredDocument, figure: Figure) -> str | None:
    """Return the name of a picture inside the document's own file, or None if it is a file beside that."""
    return figure.reference if _format(document) in _ARCHIVES else None


def not_shown(document: StoredDocument, figure: Figure) -> str | None:
    """Return why a picture is not shown, in words that follow "The picture", or None if it may be."""
    if document.container and part_of(document, figure) is None:
        return "is part of a message, of which only the text is shown"
    return fault_of(figure.reference)


def _format(document: StoredDocument) -> str:
    return document.reader.partition(" ")[0]


def _in_markdown(text: str) -> Iterator[Figure]:
    fences = list(_fenced(text))
    for match in _MARKDOWN.finditer(text):
        if not any(start <= match.start() < end for start, end in fences):
            yield Figure(match.start(), match["address"] or match["source"])


def _fenced(text: str) -> Iterator[tuple[int, int]]:
    """Yield where code between fences begins and ends."""
    begun: regex.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if begun is None:
            begun = match
        elif match["fence"].startswith(begun["fence"]):
            yield begun.start(), match.end()
            begun = None
    if begun is not None:
        yield begun.start(), len(text)
