"""Questions of several parts: how a question can be divided, by its form alone.

"What did he say about insulin and about Ukraine?" may ask for two things, and "salt and pepper" for one; the form does not
tell. So this proposes divisions, and whether one holds, the documents decide (``citewell.search.parts``). A question is divided
where it is several sentences that ask, where a question word follows a joining word, or at the joining words of a list: "A and
B", "A, B or C", "A versus B", "compare A with B". The words of each language are in ``joining_words``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from citewell.document import Span
from citewell.text.joining import Joining, Token, joining_words, may_join, tokens_of
from citewell.text.language import detect
from citewell.text.phrases import phrases_in
from citewell.text.terms import DEFAULT_LANGUAGE

MOST_PARTS = 4
# A list has one division, and a question with several lists is tried at the first ones.
_MOST_DIVISIONS = 3
# A name or a thing has few words.
_LONGEST = 4
_QUESTION_MARKS = "?？؟"
# It begins where the one before ends, so a text without such a sign is read once.
_SENTENCE = regex.compile(r"(?<![^?？؟])[^?？؟]++[?？؟]++")
_LETTER = regex.compile(r"\p{L}")
_SPACE = regex.compile(r"\s")


@dataclass(frozen=True, slots=True)
class PartText:
    """A part that a question may have.

    ``text`` is the part as the question has it, ``key`` the words that stand in an answer to it. ``wordings`` are questions
    that ask for it alone, the likeliest first. ``is_sentence`` is whether it asks alone, and ``follows`` whether it may
    refer to the part before.
    """

    text: str
    key: str
    wordings: tuple[str, ...]
    is_sentence: bool = False
    follows: bool = False


Division = tuple[PartText, ...]


@lru_cache(maxsize=64)
def divisions(question: str, languages: Collection[str]) -> tuple[Division, ...]:
    """Return how a question can be divided into parts, the likeliest first.

    Args:
        question: The question.
        languages: The languages of the documents, for a question that does not tell its own.
    """
    several = sum(map(question.count, _QUESTION_MARKS)) > 1
    asking = [each for each in map(str.strip, _SENTENCE.findall(question) if several else ()) if _LETTER.search(each)]
    if len(asking) > 1:
        return (_sentences(asking[:MOST_PARTS]),)
    asked = detect(question)
    known = (asked,) if asked else tuple(languages) or (DEFAULT_LANGUAGE,)
    if not may_join(question, known):
        return ()
    tokens = tokens_of(question, known)
    joining = [joining_words(language) for language in known]
    asks = frozenset[str]().union(*(each.asks for each in joining))
    found = list(_clauses(question, tokens, asks)) or list(_lists(question, tokens, joining))
    return tuple(found[:_MOST_DIVISIONS])


def _sentences(asking: Sequence[str]) -> Division:
    return tuple(
        PartText(each.rstrip("?？؟ "), each, (each,), is_sentence=True, follows=nth > 0)
        for nth, each in enumerate(asking)
    )


def _clauses(question: str, tokens: Sequence[Token], asks: frozenset[str]) -> Iterator[Division]:
    """Yield divisions before a question word: "what is insulin and who discovered it"."""
    for nth, token in enumerate(tokens[:-1]):
        if token.kind != "join" or not _asks(question, tokens[nth + 1], asks):
            continue
        if any(each.kind == "word" for each in tokens[:nth]) and any(each.kind == "word" for each in tokens[nth + 1 :]):
            left = question[: token.span.start].rstrip(" ,;—–-")
            right = question[tokens[nth + 1].span.start :].strip()
            yield _sentences([left, right])


def _asks(question: str, token: Token, asks: frozenset[str]) -> bool:
    """Return whether a word is a question word, or the first of some that are one."""
    rest = question[token.span.start :].lower()
    return token.text.lower() in asks or any(" " in each and rest.startswith(each) for each in asks)


def _lists(question: str, tokens: Sequence[Token], joining: Sequence[Joining]) -> Iterator[Division]:
    """Yield the division of each list: "A and B", "A, B or C"."""
    between = frozenset[str]().union(*(each.between for each in joining))
    end = len(tokens)
    while end > 0:
        join = next((nth for nth in reversed(range(end)) if tokens[nth].kind == "join"), None)
        if join is None:
            return
        end = join
        items = _items(question, tokens, join)
        if len(items) > 1:
            end = items[0][0]
            if not (_is_range(tokens, items, between) or _reports(question, tokens, items)):
                yield _division(question, tokens, items)


def _items(question: str, tokens: Sequence[Token], join: int) -> list[tuple[int, int]]:
    """Return the items of the list that a joining word ends, each as the numbers of its tokens."""
    first = next((nth for nth in range(join + 1, len(tokens)) if tokens[nth].kind != "function"), len(tokens))
    items = [(first, _end_of_run(question, tokens, first))]
    edge = join
    while len(items) < MOST_PARTS and items[0][0] < items[0][1]:
        start = _start_of_run(question, tokens, edge)
        items.insert(0, (start, edge))
        if start and tokens[start - 1].kind == "join":
            edge = start - 1
        elif start and _is_comma(question, tokens[start - 1], tokens[start]):
            edge = start
        else:
            break
    return [item for item in items if item[0] < item[1]]


def _end_of_run(question: str, tokens: Sequence[Token], first: int) -> int:
    """Return the end of the words that stand side by side from one on."""
    for nth in range(first, min(first + _LONGEST, len(tokens))):
        if tokens[nth].kind != "word" or (nth > first and not _is_space(question, tokens[nth - 1], tokens[nth])):
            return nth
    return min(first + _LONGEST, len(tokens))


def _start_of_run(question: str, tokens: Sequence[Token], end: int) -> int:
    """Return the start of the words that stand side by side up to one."""
    for nth in range(end - 1, max(end - 1 - _LONGEST, -1), -1):
        is_apart = nth < end - 1 and not _is_space(question, tokens[nth], tokens[nth + 1])
        if tokens[nth].kind != "word" or is_apart:
            return nth + 1
    return max(end - _LONGEST, 0)


def _division(question: str, tokens: Sequence[Token], items: Sequence[tuple[int, int]]) -> Division:
    """Return the parts of a list: each is asked with what stands around the list, and without the other items.

    Of the words before the first item's last, and after the last item's first, nothing tells whether they belong to it or to
    all: "fish soup and beer", "sells rope and paint". So each is asked both ways.
    """
    runs = [Span(tokens[first].span.start, tokens[end - 1].span.end) for first, end in items]
    sizes = [end - first for first, end in items]
    before, after = question[: runs[0].start], question[runs[-1].end :]
    keys = [*runs[:-1], _near(tokens, *items[-1], from_end=False)]
    keys[0] = _near(tokens, *items[0], from_end=True)
    head, tail = question[runs[0].start : keys[0].start], question[keys[-1].end : runs[-1].end]
    lead = question[: tokens[_leading(tokens)].span.start]
    compares = any(token.kind == "compare" for token in tokens)
    parts = []
    for nth, (run, size) in enumerate(zip(runs, sizes, strict=True)):
        item = run.of(question)
        shared = f"{before}{head if size < sizes[0] else ''}{item}{'' if item.endswith(tail) else tail}{after}"
        alone = item if compares else f"{before}{item}" if nth == 0 else f"{lead}{item}{after}"
        wordings = tuple(dict.fromkeys(each.strip() for each in (shared, alone)))
        parts.append(PartText(item, keys[nth].of(question), wordings))
    return tuple(parts)


def _near(tokens: Sequence[Token], first: int, end: int, *, from_end: bool) -> Span:
    """Return the word of an item that is nearest to the joining word, or the name, which may be several words."""
    numbers = list(range(first, end))
    ordered = numbers[::-1] if from_end else numbers
    taken = [ordered[0]]
    for one, other in pairwise(ordered):
        if not (tokens[one].text[0].isupper() and tokens[other].text[0].isupper()):
            break
        taken.append(other)
    return Span(tokens[min(taken)].span.start, tokens[max(taken)].span.end)


def _leading(tokens: Sequence[Token]) -> int:
    """Return how many words a question begins with that are no subject."""
    return next((nth for nth, token in enumerate(tokens) if token.kind == "word"), 0)


def _is_range(tokens: Sequence[Token], items: Sequence[tuple[int, int]], between: frozenset[str]) -> bool:
    """Return whether a list is from one number to another."""
    numbers = all(any(map(str.isdecimal, tokens[nth].text)) for first, end in items for nth in range(first, end))
    return numbers and any(token.text.lower() in between for token in tokens[: items[0][0]])


def _reports(question: str, tokens: Sequence[Token], items: Sequence[tuple[int, int]]) -> bool:
    """Return whether the joining word says who said what is quoted: in Japanese, 「A」と語った has the word of 「A」と「B」."""
    one, other = (Span(tokens[first].span.start, tokens[end - 1].span.end) for first, end in items[-2:])
    quotations = [each.span for each in phrases_in(question)]
    quoted = [any(map(each.overlaps, quotations)) for each in (one, other)]
    return quoted == [True, False] and not _SPACE.search(question[one.end : other.start])


def _is_space(question: str, one: Token, other: Token) -> bool:
    return not question[one.span.end : other.span.start].strip()


def _is_comma(question: str, one: Token, other: Token) -> bool:
    return question[one.span.end : other.span.start].strip() in {",", "،", "，", "、"}
