"""Words, lines and pages of a PDF, in points, as their reader sees them: y grows downwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from citewell.corpus.reading.extract import Box

# Instead of the number of a word in the structure tree.
NO_MARK, ARTIFACT = -1, -2
# Raised digits, and how far they are raised in the size of the letters beside them.
RISE = 0.15
# Between two words without a space character, in their size: half a narrow space.
_SPACE = 0.15


# A thin line, as left, top, right, bottom.
Rule = tuple[float, float, float, float]


class Style(NamedTuple):
    """How words look: the size in points, the weight of the font (400 is regular), and what it is."""

    size: float
    weight: int
    is_italic: bool = False
    is_fixed: bool = False
    is_unseen: bool = False


_NO_STYLE = Style(0, 0)


@dataclass(slots=True, eq=False)
class Word:
    """A word and its rectangle in the direction of reading; ``base`` is its baseline.

    ``is_spaced`` says that a space stands before it in the file. ``mark`` is the number that the structure tree knows it by;
    ``ARTIFACT`` where the file calls it page furniture.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    base: float
    style: Style
    is_spaced: bool = True
    mark: int = NO_MARK


@dataclass(slots=True, eq=False)
class Line:
    """Words on one baseline, in reading order, of one column.

    ``column`` numbers the columns of the document in reading order. ``turn`` is how the line stands on its page, in quarter
    turns clockwise. ``tag`` is its level and number among the headings of the structure tree.
    """

    words: list[Word]
    page: int
    turn: int = 0
    column: int = 0
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0
    base: float = 0
    style: Style = _NO_STYLE
    is_rtl: bool = False
    tag: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self.measure()

    def measure(self) -> None:
        """Find the rectangle, baseline and style of the words."""
        words = self.words
        self.left = min([word.left for word in words])
        self.right = max([word.right for word in words])
        self.top = min([word.top for word in words])
        self.bottom = max([word.bottom for word in words])
        style = words[0].style
        if all(word.style is style for word in words):
            self.style, self.base = style, words[0].base
            return
        share: Counter[Style] = Counter()
        for word in words:
            share[word.style] += len(word.text)
        self.style = max(share, key=lambda style: (share[style], style.size))
        self.base = next(word.base for word in words if word.style == self.style)

    @property
    def size(self) -> float:
        """The size of most of its letters."""
        return self.style.size

    @property
    def text(self) -> str:
        """Its words, with the spaces between them."""
        return "".join(piece for word, gap in self.spaced() for piece in (gap, word.text))

    def spaced(self) -> list[tuple[Word, str]]:
        """Return each word with the space before it; the first has none."""
        apart = [" " if is_apart(word, following) else "" for word, following in pairwise(self.words)]
        return list(zip(self.words, ["", *apart], strict=True))


def is_apart(word: Word, following: Word) -> bool:
    """Return whether a space stands between two words of a line."""
    if following.is_spaced:
        return True
    gap = max(following.left - word.right, word.left - following.right)
    return gap > _SPACE * min(word.style.size, following.style.size)


@dataclass(slots=True, eq=False)
class Page:
    """What was found on a page.

    ``width`` and ``height`` are as its reader sees it. ``words`` are those of each direction, in quarter turns clockwise,
    ``pale`` those in a colour like paper, ``slanted`` those in no direction. ``counts`` are
    what ``leaving_out`` names; ``tags`` the headings of the structure tree, by the mark of their words; ``turn`` is
    the direction of most words.
    """

    number: int
    width: float
    height: float
    words: dict[int, list[Word]] = field(default_factory=dict)
    pale: dict[int, list[Word]] = field(default_factory=dict)
    slanted: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    tags: dict[int, tuple[int, int]] = field(default_factory=dict)
    picture_share: float = 0
    label: str = ""
    printed: str = ""
    turn: int = 0
    is_scan: bool = False
    is_read_by_ocr: bool = False

    def settle(self) -> None:
        """Find the direction of most words (``turn``), once they are there."""
        self.turn = max(self.words, key=lambda turn: sum(len(word.text) for word in self.words[turn]), default=0)

    def box(self, word: Word, turn: int) -> Box:
        """Return the rectangle of a word on the page, in tenths of a point."""
        left, top, right, bottom = turned(word.left, word.top, word.right, word.bottom, turn, self.width, self.height)
        sides = round(left * 10), round(top * 10), round(right * 10), round(bottom * 10)
        most_x, most_y = round(self.width * 10), round(self.height * 10)
        if min(sides) < 0 or sides[2] > most_x or sides[3] > most_y:
            x, y = sorted((0, sides[0], most_x)), sorted((0, sides[1], most_y))
            return self.number, x[1], y[1], sorted((0, sides[2], most_x))[1], sorted((0, sides[3], most_y))[1]
        return (self.number, *sides)


def turned(
    left: float, top: float, right: float, bottom: float, turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """Return a rectangle in the direction of reading as one of the page.

    Args:
        left: Where it begins, in the direction of reading.
        top: Its upper side.
        right: Where it ends.
        bottom: Its lower side.
        turn: How the text stands on the page, in quarter turns clockwise.
        width: The width of the page.
        height: Its height.
    """
    if turn == 1:
        return width - bottom, left, width - top, right
    if turn == 2:
        return width - right, height - bottom, width - left, height - top
    if turn == 3:
        return top, height - right, bottom, height - left
    return left, top, right, bottom


def size_of(words: Sequence[Word]) -> float:
    """Return the size of most letters; 0 for no words."""
    share: Counter[float] = Counter()
    for word in words:
        share[word.style.size] += len(word.text)
    return max(share, key=lambda size: (share[size], size)) if share else 0
