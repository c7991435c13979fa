"""Paragraphs that go on in the next column or on the next page."""

from __future__ import annotations

from collections.abc import Sequence

from citewell.corpus.reading.formats.pdf.flow import FINAL, Chunk, same_look

# In the size of the letters: how far a full line may end before the others, and an indent.
_FULL = 3.0
_INDENT = 0.7
_HYPHENS = ("-", "\u2010", "\u00ad")
# Footnotes, figures and tables that may stand between the two parts.
_MOST_BETWEEN = 12


def joined(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return chunks with those in one that are a paragraph parted by the end of a column or page.

    What stands between the parts, such as a footnote or a table, comes after the paragraph.
    """
    found: list[Chunk] = []
    # The paragraph that may go on, and what has come since.
    waiting: list[Chunk] = []
    for chunk in chunks:
        if chunk.is_first:
            waiting = _open(found)
        target = next((each for each in waiting if _goes_on(each, chunk)), None)
        if target is not None:
            target.lines += chunk.lines
            waiting = []
            continue
        if chunk.kind in {"heading", "item"} or (
            chunk.kind != "row" and waiting and chunk.size >= waiting[0].size - 0.3
        ):
            waiting = []
        found.append(chunk)
    return found


def _open(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return the paragraph at the end of a column that may go on: the last one before footnotes and tables."""
    for chunk in reversed(chunks[-_MOST_BETWEEN:]):
        if chunk.kind == "heading":
            return []
        if chunk.kind not in {"prose", "item"} or chunk.is_note:
            continue
        largest = max(
            each.size for each in chunks[-_MOST_BETWEEN:] if each.kind in {"prose", "item"} and not each.is_note
        )
        if chunk.size >= largest - 0.3 or _is_broken(chunk):
            return [chunk] if _is_broken(chunk) else []
    return []


def _is_broken(chunk: Chunk) -> bool:
    """Return whether a paragraph ends in the middle of a sentence."""
    return not FINAL.search(chunk.lines[-1].text)


def _goes_on(chunk: Chunk, following: Chunk) -> bool:
    first, last = following.lines[0], chunk.lines[-1]
    if following.kind != "prose" or following.is_note or not same_look(last, first) or first.is_rtl != last.is_rtl:
        return False
    if first.page - last.page > 1 or first.turn != last.turn:
        return False
    word = next((letter for letter in first.words[0].text if letter.isalnum()), "")
    if last.text.endswith(_HYPHENS) or word.islower():
        return True
    start, end = chunk.margin
    is_full = (-last.left if last.is_rtl else last.right) > end - _FULL * last.size and end - start > 8 * last.size
    begins = -first.right if first.is_rtl else first.left
    return is_full and begins < following.margin[0] + _INDENT * first.size
