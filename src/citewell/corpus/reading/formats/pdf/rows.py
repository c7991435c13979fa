"""Words to rows, by their baselines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from citewell.corpus.reading.formats.pdf.marks import is_bullet
from citewell.corpus.reading.formats.pdf.words import RISE, Word, size_of
from citewell.corpus.reading.raising import raised

# Baselines in one row differ by less than this, in the size of the letters.
_SAME_ROW = 0.3
# A raised or lowered word is smaller than its row by this.
_SMALL = 0.85
# A row of bullets alone is shorter.
_FEW = 6
# Dots that lead the eye from a title to its page number.
_DOTS, _LEADER = ".·…․", 4
_LEADERS = frozenset(dot * _LEADER for dot in _DOTS)


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Return words by their baselines, from the top; those of a row from left to right."""
    rows: list[list[Word]] = []
    anchor = size = 0.0
    for word in sorted(words, key=lambda word: word.base):
        if rows and word.base - anchor <= _SAME_ROW * min(size, word.style.size):
            rows[-1].append(word)
            continue
        rows.append([word])
        anchor, size = word.base, word.style.size
    rows = _with_raised(rows)
    return [_without_leaders(sorted(row, key=lambda word: word.left)) for row in rows]


def _without_leaders(row: list[Word]) -> list[Word]:
    """Return a row with the dots that lead to a page number in one word."""
    if sum(word.text[0] in _DOTS for word in row) < 2 and not any(word.text[:_LEADER] in _LEADERS for word in row):
        return row
    found: list[Word] = []
    dots: list[Word] = []
    for word in [*row, None]:
        if word is not None and not word.text.strip(_DOTS):
            dots.append(word)
            continue
        if sum(len(each.text) for each in dots) >= _LEADER:
            first, last = dots[0], dots[-1]
            found.append(replace(first, text="…", right=last.right, is_spaced=True))
        else:
            found += dots
        dots = []
        if word is not None:
            found.append(word)
    return found


def _with_raised(rows: list[list[Word]]) -> list[list[Word]]:
    """Put small raised or lowered words, and bullets of another size, into the row that they stand beside."""
    usual = size_of([word for row in rows for word in row])
    moved: set[int] = set()
    added: dict[int, list[Word]] = {}
    for at, row in enumerate(rows):
        for word in row:
            is_mark = len(word.text) == 1 and is_bullet(word.text) and len(row) < _FEW
            if not is_mark and word.style.size > _SMALL * usual:
                continue
            beside = _marks if is_mark else _stands_beside
            # Between them there may be rows of other columns.
            near = [at + step for step in (0, 1, -1, 2, -2, 3, -3) if 0 <= at + step < len(rows)]
            other = next((nth for nth in near if beside(word, rows[nth])), at)
            if not is_mark:
                _raise(word, rows[other])
            if other != at:
                moved.add(id(word))
                added.setdefault(other, []).append(word)
    kept = [[word for word in row if id(word) not in moved] + added.get(at, []) for at, row in enumerate(rows)]
    return [row for row in kept if row]


def _raise(word: Word, row: Sequence[Word]) -> None:
    """Show a raised number as one: a² is not a2."""
    beside = next((other for other in row if other is not word and _SMALL * other.style.size >= word.style.size), None)
    if beside and word.base < beside.base - RISE * beside.style.size and (text := raised(word.text)) != word.text:
        word.text = text
        word.is_spaced = False


def _marks(word: Word, row: Sequence[Word]) -> bool:
    """Return whether a bullet belongs to a row whose letters are of another size."""
    size = max(word.style.size, row[0].style.size)
    if word in row and len(row) > 1:
        return True
    return abs(word.base - row[0].base) < 0.6 * size and any(0 <= other.left - word.right < 4 * size for other in row)


def _stands_beside(word: Word, row: Sequence[Word]) -> bool:
    for other in row:
        size = other.style.size
        near = -size <= word.left - other.right <= 0.3 * size or -size <= other.left - word.right <= 0.2 * size
        if near and word.style.size <= _SMALL * size and -0.35 * size < other.base - word.base < 0.75 * size:
            return True
    return False
