"""Running heads and feet, and the page numbers in them: lines that stand at the same place on several pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import regex

from citewell.corpus.reading.formats.pdf.words import ARTIFACT, Page, Word, size_of

# The part of the page at the top and at the bottom where they stand, and where the outermost row may be one.
_ZONE, _WIDER_ZONE, _OUTERMOST = 0.13, 0.22, 1
# Points between two at the same height.
_SAME_HEIGHT = 4
_FEW_PAGES = 6
# A title of a slide stands at the same height, too, but in larger letters.
_LARGE = 1.25
_ROMAN = regex.compile(r"(?i)(?<![\p{L}\p{M}])[ivxlc]+(?![\p{L}\p{M}])")
_DIGITS = regex.compile(r"\d+")
_NUMBER = regex.compile(r"(?<![\p{L}\d.,])\d{1,4}(?![\p{L}\d]|[.,]\d)")
_ONLY_NUMBER = regex.compile(r"[-–—\s\[(]*\d{1,4}[-–—\s\])]*")
# In the size of its letters: how far a page number is from the text.
_APART = 2.0
_ONLY_ROMAN = regex.compile(r"(?i)\W*([ivxlc]{1,7})\W*")
_LONGEST = 200

Row = list[Word]


@dataclass(slots=True, eq=False)
class _Candidate:
    """A row at the edge of a page; ``is_lone`` says that it is the outermost, and stands apart from the others."""

    page: Page
    row: Row
    text: str
    height: float
    is_head: bool
    is_lone: bool
    key: str = field(init=False)

    def __post_init__(self) -> None:
        self.key = _DIGITS.sub("#", _ROMAN.sub("#", self.text)).casefold()


def without_margins(pages: Sequence[Page], rows: dict[int, list[Row]]) -> int:
    """Take running heads and feet away, and keep the printed number of each page (``Page.printed``).

    Args:
        pages: The pages in order.
        rows: The rows of each page by its number, from the top; changed in place.

    Returns:
        How many rows were taken away.
    """
    candidates = [each for page in pages for each in _candidates(page, rows.get(page.number, []))]
    found = {id(each.row): each for each in [*_repeated(candidates, len(pages)), *_numbered(candidates, len(pages))]}
    for each in candidates:
        if each.is_lone and _ONLY_NUMBER.fullmatch(each.text):
            found[id(each.row)] = each
        if all(word.mark == ARTIFACT for word in each.row):
            found[id(each.row)] = each
    for each in found.values():
        rows[each.page.number] = [row for row in rows[each.page.number] if row is not each.row]
    _name_pages(list(found.values()))
    return len(found)


def _candidates(page: Page, rows: Sequence[Row]) -> list[_Candidate]:
    height = page.width if page.turn % 2 else page.height
    found: list[_Candidate] = []
    for at, row in enumerate(rows):
        base = max(word.base for word in row)
        zone = _WIDER_ZONE if min(at, len(rows) - 1 - at) < _OUTERMOST else _ZONE
        if zone * height < base < (1 - zone) * height:
            continue
        text = " ".join(word.text for word in row)
        if len(text) <= _LONGEST:
            is_head = base < height / 2
            is_lone = at in {0, len(rows) - 1} and _gap(rows, at) > _APART * max(word.style.size for word in row)
            found.append(_Candidate(page, row, text, base if is_head else base - height, is_head, is_lone))
    return found


def _gap(rows: Sequence[Row], at: int) -> float:
    """Return the distance of a row at the edge from the next one."""
    if len(rows) < 2:
        return 0.0
    other = rows[1] if at == 0 else rows[at - 1]
    return abs(rows[at][0].base - other[0].base)


def _repeated(candidates: Iterable[_Candidate], count: int) -> list[_Candidate]:
    """Return the rows with the same text at the same height on several pages."""
    least = 2 if count < _FEW_PAGES else 3
    by_text: defaultdict[tuple[str, bool], list[_Candidate]] = defaultdict(list)
    for each in candidates:
        by_text[each.key, each.is_head].append(each)
    found: list[_Candidate] = []
    for group in by_text.values():
        for same in _at_one_height(group):
            pages = {each.page.number for each in same}
            if len(pages) >= least and (len(pages) * 2 > count or not _is_large(same[0])):
                found += same
    return found


def _at_one_height(group: list[_Candidate]) -> list[list[_Candidate]]:
    found: list[list[_Candidate]] = []
    for each in sorted(group, key=lambda each: each.height):
        if found and each.height - found[-1][0].height <= _SAME_HEIGHT:
            found[-1].append(each)
        else:
            found.append([each])
    return found


def _is_large(candidate: _Candidate) -> bool:
    page = candidate.page
    return size_of(candidate.row) > _LARGE * size_of(page.words.get(page.turn, []))


def _numbered(candidates: Sequence[_Candidate], count: int) -> list[_Candidate]:
    """Return the rows at one height that begin or end with the number of their page, whatever else they say."""
    least = 2 if count < _FEW_PAGES else 3
    offsets: defaultdict[tuple[bool, int], list[_Candidate]] = defaultdict(list)
    for each in candidates:
        for number in _numbers(each):
            offsets[each.is_head, number - each.page.number].append(each)
    found: list[_Candidate] = []
    for group in offsets.values():
        for same in _at_one_height(group):
            pages = {each.page.number for each in same}
            if len(pages) >= least and not (len(pages) * 3 < count and _is_large(same[0])):
                found += same
    return found


def _numbers(candidate: _Candidate) -> set[int]:
    """Return the numbers at the two ends of a row."""
    text = candidate.text
    ends = [
        match
        for match in _NUMBER.finditer(text)
        if not text[: match.start()].strip(" -–—|·[(") or not text[match.end() :].strip(" -–—|·])")
    ]
    return {int(match[0]) for match in ends}


def _name_pages(found: Sequence[_Candidate]) -> None:
    """Keep the printed number of each page: the one that counts on like the pages do."""
    offsets: Counter[int] = Counter()
    for each in found:
        offsets.update(number - each.page.number for number in _numbers(each))
    for each in found:
        roman = _ONLY_ROMAN.fullmatch(each.text)
        if roman and not each.page.printed:
            each.page.printed = roman[1]
        lone = bool(_ONLY_NUMBER.fullmatch(each.text))
        numbers = [number for number in _numbers(each) if lone or offsets[number - each.page.number] > 1]
        if numbers:
            each.page.printed = str(max(numbers, key=lambda number: offsets[number - each.page.number]))
