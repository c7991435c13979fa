"""What a reader of a PDF's text should know: what was left out, and which pages look wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import regex

from citewell.corpus.reading.formats.pdf.characters import MOST_CHARACTERS
from citewell.corpus.reading.formats.pdf.words import Page

# Shares of a page, and what a page has at least for them to say anything.
_UNKNOWN, _PRIVATE = 0.05, 0.1
_SINGLE, _LONG, _NO_VOWEL = 0.5, 25.0, 0.5
_LEAST_LETTERS, _LEAST_WORDS = 20, 40
_SPACED = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}]")
_LATIN = regex.compile(r"[a-zA-Z]{4,}")
_VOWEL = regex.compile(r"(?i)[aeiouy]")
_SHOWN = 12


def warnings_of(pages: Sequence[Page]) -> Iterator[str]:
    """Yield what was left out of pages, and what is suspicious about them."""
    yield from _left_out(pages, "white", "in the colour of the paper")
    yield from _left_out(pages, "tiny", "too small to be read")
    yield from _left_out(pages, "outside", "outside the page")
    yield from _left_out(pages, "unsure", "that OCR is not sure of")
    cut = [page.number for page in pages if page.counts["cut"]]
    if cut:
        yield f"only the first {MOST_CHARACTERS:,} characters of a page are read ({numbers(cut)})"
    found: dict[str, list[int]] = {}
    for page in pages:
        for doubt in _doubts(page):
            found.setdefault(doubt, []).append(page.number)
    for doubt, several in found.items():
        yield f"{doubt} ({numbers(several)})"


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


def _doubts(page: Page) -> Iterator[str]:
    letters = page.counts["letters"]
    if page.counts["failed"]:
        yield "the text cannot be read"
    if letters < _LEAST_LETTERS:
        return
    if page.counts["unknown"] > _UNKNOWN * letters:
        yield "the file does not say which letters many of its signs are"
    if page.counts["private"] > _PRIVATE * letters:
        yield "many letters are in a code that only its font knows"
    words = [word.text for several in page.words.values() for word in several if _SPACED.search(word.text)]
    if len(words) < _LEAST_WORDS:
        if words and sum(map(len, words)) / len(words) > _LONG and sum(map(len, words)) > 10 * _LEAST_LETTERS:
            yield "the words have no spaces between them"
        return
    lengths = Counter(map(len, words))
    if sum(length * count for length, count in lengths.items()) / len(words) > _LONG:
        yield "the words have no spaces between them"
    if lengths[1] > _SINGLE * len(words):
        yield "most words have one letter"
    latin = [word for word in words if _LATIN.fullmatch(word)]
    if len(latin) >= _LEAST_WORDS and sum(not _VOWEL.search(word) for word in latin) > _NO_VOWEL * len(latin):
        yield "the letters make no words"
