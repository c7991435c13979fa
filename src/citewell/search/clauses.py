"""Numbers at the beginning of lines and headings ("4.2 Housing", "3. No glass"): clauses and rules are asked for by them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from citewell.asked import Missing
from citewell.document import Span, above
from citewell.index.catalogue import Catalogue
from citewell.index.stored import StoredPassage
from citewell.index.weights import TermWeights
from citewell.search.headings import heading_forms
from citewell.search.labels import has_levels, is_called, is_clause
from citewell.search.page import Shown, inside
from citewell.text.terms import analyse, forms_of
from citewell.text.words import Kind

_LEVELS = r"(?P<number>\p{Nd}{1,3}(?:\.\p{Nd}{1,3})*)"
# A number of one level begins an item only with a sign after it: "3 eggs" are none.
_BEGINNING = regex.compile(
    rf"^[^\S\n]*(?:[#>*_•-]++[^\S\n]?+)*+\(?{_LEVELS}(?P<range>\s?[-‐‑–—~]\s?\p{{Nd}})?(?P<sign>[.):]*[*_]*)(?!\p{{Nd}})(?=\s)",
    regex.MULTILINE,
)
_HEADING = regex.compile(rf"{_LEVELS}(?!\p{{Nd}})[.):]*\s")
_END = regex.compile(r"\n[^\S\n]*\n")
# A list has at least so many numbers.
_FEWEST = 2
_NEAREST = 2
# All passages of a document are read to say that it has no such line; more would hold up other questions.
_MOST_READ = 1_000


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line that begins with a number, and its span with those that continue it; ``is_range`` is that of "7-9"."""

    number: str
    span: Span
    is_range: bool = False


def numbered_lines(text: str) -> list[NumberedLine]:
    """Return the lines of a text that begin with a number, as clauses and items do."""
    found = [each for each in _BEGINNING.finditer(text) if "." in each["number"] or each["sign"]]
    starts = [each.start() for each in found]
    lines = []
    for match, end in zip(found, [*starts[1:], len(text)], strict=False):
        blank = _END.search(text, match.end(), end)
        piece = text[match.start() : blank.start() if blank else end].rstrip()
        span = Span(match.end() - len(match.group().lstrip()), match.start() + len(piece))
        lines.append(NumberedLine(match["number"], span, match["range"] is not None))
    return lines


def numbers_of_headings(headings: Iterable[str]) -> list[str]:
    """Return the numbers with which headings begin: "4.2 Housing"."""
    return [match["number"] for heading in headings if (match := _HEADING.match(heading))]


class AskedLines:
    """The lines that begin with the numbers of a question.

    Args:
        weights: The concepts of the question.
        labels: Which of them are numbers that say which of something is meant.
    """

    def __init__(self, weights: TermWeights, labels: Sequence[int]) -> None:
        self._weights = weights
        self._labels = labels

    def stand(self, nth: int, shown: Shown) -> bool:
        """Return whether a line that is shown of a place, or a heading above it, begins with a number of the question."""
        if not self._may_begin(nth, shown.passage):
            return False
        asked = self._number(nth)
        if asked in numbers_of_headings(shown.passage.section):
            return True
        return any(line.number == asked for line in numbered_lines(inside(shown.passage, shown.span)))

    def head(self, passage: StoredPassage) -> bool:
        """Return whether a heading above a passage begins with a number of the question: sections mostly have headings."""
        numbers = numbers_of_headings(passage.section)
        return any(self._number(nth) in numbers and self._may_begin(nth, passage) for nth in self._labels)

    def rank(self, passage: StoredPassage) -> tuple[bool, bool]:
        """Return a key that puts first what is called as in the question ("Rules of the house"), and then headings."""
        called = any(self._weights.concepts[nth - 1].stands_in(heading_forms(passage)) for nth in self._labels if nth)
        return not called, not self.head(passage)

    def asked(self, shown: Shown) -> Span | None:
        """Return the first line shown of a place that begins with a number of the question, with those that continue it."""
        asked = {self._number(nth) for nth in self._labels if self._may_begin(nth, shown.passage)}
        if not asked or self.head(shown.passage):
            return None
        lines = numbered_lines(inside(shown.passage, shown.span))
        return next((line.span.shifted(shown.span.start) for line in lines if line.number in asked), None)

    def missing(self, passage: StoredPassage, catalogue: Catalogue) -> tuple[Missing, ...]:
        """Return the numbers of the question with which no line of a document begins, though they do with others like them."""
        here = [number for number, _ in _numbers_in([passage])]
        asked = [nth for nth in self._labels if self._may_begin(nth, passage)]
        asked = [nth for nth in asked if any(_are_alike(self._number(nth), number) for number in here)]
        if not asked:
            return ()
        ordinals = catalogue.passages_in(passage.document)
        if len(ordinals) > _MOST_READ:
            return ()
        document = catalogue.passages(ordinals)
        every = _numbers_in(document)
        if any(is_range for _, is_range in every):
            return ()
        numbers = [self._number(nth) for nth in asked if not self._is_said(nth, document)]
        found = ((number, _nearest_to(number, [each for each, _ in every])) for number in numbers)
        return tuple(Missing(word=number, nearest=nearest) for number, nearest in found if nearest)

    def _is_said(self, nth: int, document: Sequence[StoredPassage]) -> bool:
        """Return whether a number stands in a document as it may be meant.

        One of several levels is meant wherever a passage has it, even elsewhere; one of a single level, which mostly stands
        somewhere, at the beginning of a line, or in one with the word that it follows.
        """
        if has_levels(self._number(nth)):
            return bool(self._weights.concepts[nth].is_found)
        alone = regex.compile(rf"(?<![\p{{Nd}}\p{{L}}.,]){regex.escape(self._number(nth))}(?![\p{{Nd}}\p{{L}}])")
        called = self._weights.concepts[nth - 1]
        for passage in document:
            for line in (*passage.section, *passage.text.splitlines()):
                if (match := alone.search(line)) and (
                    not line[: match.start()].strip() or called.stands_in(forms_of(analyse(line, passage.language)))
                ):
                    return True
        return False

    def _number(self, nth: int) -> str:
        return self._weights.concepts[nth].concept.word

    def _may_begin(self, nth: int, passage: StoredPassage) -> bool:
        """Return whether a number of the question may be one with which lines of a passage begin.

        One of several levels may ("clause 4.2"), and one that follows a word that stands above numbered lines or headings
        ("rule 3", below "Rules of the house"; "24 months" are no item below "5 Warranty").
        """
        concept = self._weights.concepts[nth].concept
        if is_clause(self._weights, nth):
            return True
        if concept.kind is not Kind.NUMBER or concept.sign or not is_called(self._weights, nth):
            return False
        called, language = self._weights.concepts[nth - 1], passage.language
        if not called.stands_in(heading_forms(passage)):
            return False
        lines = (above(passage.document, passage.title, ()), *passage.section)
        at = next((at for at, line in enumerate(lines) if called.stands_in(forms_of(analyse(line, language)))), 0)
        return bool(numbers_of_headings(lines[at + 1 :]) or numbered_lines(passage.text))


def _numbers_in(passages: Iterable[StoredPassage]) -> list[tuple[str, bool]]:
    """Return the numbers with which lines of some passages and their headings begin, and whether they begin a range."""
    found = []
    for passage in passages:
        found += [(number, False) for number in numbers_of_headings(passage.section)]
        found += [(line.number, line.is_range) for line in numbered_lines(passage.text)]
    return found


def _are_alike(one: str, other: str) -> bool:
    return one.count(".") == other.count(".")


def _nearest_to(asked: str, numbers: Iterable[str]) -> tuple[str, ...]:
    """Return the nearest numbers of a list with as many levels, before and after one that it lacks; none without a list."""
    alike = sorted({_levels(each) for each in numbers if _are_alike(asked, each)})
    at = bisect_left(alike, _levels(asked))
    if len(alike) < _FEWEST or alike[at : at + 1] == [_levels(asked)]:
        return ()
    return tuple(".".join(map(str, each)) for each in alike[max(0, at - _NEAREST) : at + 1])


def _levels(number: str) -> tuple[int, ...]:
    return tuple(map(int, number.split(".")))
