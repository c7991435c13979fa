"""What was left out of a PDF, in words. Whether the text looks wrong is decided for all formats alike (``suspecting``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from citewell.corpus.reading.formats.pdf.characters import MOST_CHARACTERS
from citewell.corpus.reading.formats.pdf.words import Page

_SHOWN = 12


def warnings_of(pages: Sequence[Page]) -> Iterator[str]:
    """Yield what was left out of pages."""
    yield from _left_out(pages, "white", "in the colour of the paper")
    yield from _left_out(pages, "tiny", "too small to be read")
    yield from _left_out(pages, "outside", "outside the page")
    yield from _left_out(pages, "unsure", "that OCR is not sure of")
    cut = [page.number for page in pages if page.counts["cut"]]
    if cut:
        yield f"only the first {MOST_CHARACTERS:,} characters of a page are read ({numbers(cut)})"
    failed = [page.number for page in pages if page.counts["failed"]]
    if failed:
        yield f"the text cannot be read ({numbers(failed)})"


def numbers(pages: Iterable[int]) -> str:
    """Return numbers of pages in short ("page 3", "pages 2, 5-7")."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:_SHOWN])
    several = len(runs) > 1 or runs[0][0] != runs[0][1]
    return f"page{'s' if several else ''} {shown}{' and more' if len(runs) > _SHOWN else ''}"


def _left_out(pages: Sequence[Page], name: str, what: str) -> Iterator[str]:
    found = {page.number: page.counts[name] for page in pages if page.counts[name]}
    if found:
        count = sum(found.values())
        words = "1 word" if count == 1 else f"{count:,} words"
        yield f"{words} {what} {'is' if count == 1 else 'are'} left out ({numbers(found)})"
