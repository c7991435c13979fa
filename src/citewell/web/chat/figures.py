"""The pictures beside a document's text, and which of them are shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

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
    r"!\[(?P<text>[^\]\n]{0,500}+)\]\(\s{0,9}+<?(?P<address>[^)\s>]{1,900}+)"
    r"|<img\b[^>\n]{0,500}?\ssrc\s{0,9}+=\s{0,9}+[\"'](?P<source>[^\"'\n]{1,900}+)"
)
_LONGEST_LINE = 300
_FENCE = regex.compile(r"^ {0,3}+(?P<fence>`{3,}+|~{3,}+)", regex.MULTILINE)


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A picture beside a text: where it stands, which it is, what is said about it, and why it is not shown, if it is not."""

    start: int
    nth: int
    words: str
    reason: str | None


def shown_figures(document: StoredDocument) -> list[ShownFigure]:
    """Return the pictures beside a document's text, as they are shown.

    Args:
        document: The document as indexed.
    """
    found = []
    for nth, figure in enumerate(figures_of(document)):
        line = document.text[figure.start : figure.start + _LONGEST_LINE].partition("\n")[0]
        match = _MARKDOWN.match(line)
        words = (match["text"] or "") if match else line
        found.append(ShownFigure(figure.start, nth, words.strip(), not_shown(document, figure)))
    return found


def figures_of(document: StoredDocument) -> list[Figure]:
    """Return the pictures beside a document's text, in order.

    Args:
        document: The document as indexed.
    """
    if format_of(document) == "markdown":
        return list(_in_markdown(document.text))[:_MOST]
    return list(document.figures[:_MOST])


def part_of(document: StoredDocument, figure: Figure) -> str | None:
    """Return the name of a picture inside the document's own file, or None if it is a file beside that."""
    return figure.reference if format_of(document) in _ARCHIVES or _is_inlined(document, figure) else None


def _is_inlined(document: StoredDocument, figure: Figure) -> bool:
    return format_of(document) == "html" and figure.reference.startswith("data:")


def not_shown(document: StoredDocument, figure: Figure) -> str | None:
    """Return why a picture is not shown, in words that follow "The picture", or None if it may be."""
    if document.container and part_of(document, figure) is None:
        return "is part of a message, of which only the text is shown"
    return None if _is_inlined(document, figure) else fault_of(figure.reference)


def format_of(document: StoredDocument) -> str:
    """Return the name of the reader of a document."""
    return document.reader.partition(" ")[0]


def _in_markdown(text: str) -> Iterator[Figure]:
    is_code = Fences(text)
    for match in _MARKDOWN.finditer(text):
        if match.start() not in is_code:
            yield Figure(match.start(), match["address"] or match["source"])


class Fences:
    """The code between the fences of Markdown: which places of a text are in it.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        fence = ""
        for match in _FENCE.finditer(text):
            if not fence:
                fence = match["fence"]
                self._starts.append(match.start())
            elif match["fence"].startswith(fence):
                fence = ""
                self._ends.append(match.end())
        if fence:
            self._ends.append(len(text))

    def __contains__(self, at: int) -> bool:
        nth = bisect_right(self._starts, at) - 1
        return nth >= 0 and at < self._ends[nth]
