"""No reader, and neither the splitter nor the respelling, grows faster than its input, for texts made to be hard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.parsing import parse
from citewell.corpus.splitting import split
from citewell.document import Block, Document, Section, Span
from citewell.search.clauses import numbered_lines
from citewell.settings import Splitting
from citewell.text.concepts import concepts
from citewell.text.spelling import respell
from citewell.text.terms import analyse
from citewell.text.vocabulary import Known, Vocabulary
from tests.corpus.reading.shapes import SHAPES
from tests.support.cases import others_long
from tests.support.growth import best, check_growth
from tests.support.outlines import nothing, read_markdown, read_plain, words

Work = Callable[[str], object]


def cut(text: str, offsets: Callable[[str], npt.NDArray[np.int64]] = words) -> object:
    """Split a text that is one block."""
    whole = Span(0, len(text))
    return split(Document("a", "a", text, (Section((), whole, (Block(whole),)),), ""), Splitting(), offsets)


def decoded(encoding: str) -> Work:
    """Return the decoding of a text in an encoding that has no mark."""

    def work(text: str) -> object:
        # An accent at its end, so that no text is taken for UTF-8.
        return decode(text.encode(encoding, "replace") + "été".encode(encoding))

    return work


def parsed(path: str) -> Work:
    """Return the reading and the splitting of a file, as a build does it."""

    def work(text: str) -> object:
        return split(parse(path, text.encode("utf-8", "replace")), Splitting(), words)

    return work


WORK: dict[str, Work] = {
    "plain": read_plain,
    "markdown": read_markdown,
    "splitting": cut,
    "splitting without tokens": partial(cut, offsets=nothing),
    "utf-8": decoded("utf-8"),
    "western": decoded("cp1252"),
    "utf-16": decoded("utf-16-le"),
    "terms": lambda text: analyse(text, "en"),
    "lines that begin with numbers": numbered_lines,
    "text file": parsed("a.txt"),
    "markdown file": parsed("a.md"),
}
# What once took the square of its length, or may where a limit is taken away.
HARD = [
    ("plain", "log lines"),
    ("plain", "zero width lines"),
    ("markdown", "comments"),
    ("markdown", "table of short rows"),
    ("splitting", "quotations"),
    ("splitting", "quotation marks with stops"),
    ("splitting", "exclamations"),
    ("splitting", "one flag too many"),
    ("splitting without tokens", "zero width lines"),
    ("western", "abbreviations"),
    ("text file", "lines of data and of text"),
    ("text file", "signs of addresses in a table"),
    ("lines that begin with numbers", "signs of lists"),
    ("markdown file", "escaped pipes"),
]


@pytest.mark.parametrize(("work", "shape"), others_long(HARD, first=3), ids=[", ".join(pair) for pair in HARD])
@pytest.mark.promise("bounded-work")
def test_hard_texts(work: str, shape: str) -> None:
    check_growth(WORK[work], SHAPES[shape])


@pytest.mark.parametrize("work", others_long(WORK, first=3))
@pytest.mark.promise("bounded-work")
def test_every_shape(work: str, *, long: bool) -> None:
    """A short text of each shape is done at once; where there is time for it, each is grown like the hard ones."""
    for name, shape in SHAPES.items():
        if long:
            check_growth(WORK[work], shape)
        else:
            assert best(WORK[work], shape(1_000)) < 1, name


@pytest.mark.promise("bounded-work")
def test_spelling_grows_with_the_vocabulary_at_most() -> None:
    question = " ".join(f"wrd{chr(97 + nth % 26)}{chr(97 + nth // 26)}xq" for nth in range(200))
    letters = "abcdefghijklmnop"

    def vocabulary(size: int) -> list[str]:
        return ["w" + "".join(letters[(nth >> shift) & 15] for shift in (0, 4, 8, 12, 16)) for nth in range(size)]

    def work(known: list[str]) -> object:
        return respell(question, concepts(question), lambda _: False, Vocabulary(Known(word, 1) for word in known))

    # Of half as many, the words and what is known of them fit into the processor's cache, and of more they do not.
    check_growth(work, vocabulary, 32_000)


@pytest.mark.long
def test_what_grows_faster_than_its_input_is_found() -> None:
    def faster(text: str) -> object:
        return sum(range(round(len(text) ** 1.5)))

    with pytest.raises(AssertionError):
        check_growth(faster, lambda length: "a" * length)
