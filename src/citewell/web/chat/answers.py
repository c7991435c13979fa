"""Answers and documents as HTML. The templates escape everything that comes from the corpus or a reader."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from citewell.answer import Answer
from citewell.document import Fact, Span
from citewell.index.stored import StoredDocument
from citewell.search.similar import Similar
from citewell.text.excerpts import excerpt
from citewell.text.language_names import name_of_language
from citewell.web.chat.cards import Piece, answer_key, drift, in_short, is_cut, pieces, render_card
from citewell.web.chat.filters import used
from citewell.web.chat.matched import Matched, asked_words
from citewell.web.chat.requests import as_request
from citewell.web.templates import count, render

# Passages shown open; the others are folded.
OPEN_PASSAGES = 5
# Columns of a sentence at the beginning of an answer; a longer one unfolds.
_MOST_OF_A_SENTENCE = 400
# Titles in the welcome text.
_TITLES = 3
_RELATED = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a shown document: ``text``, a ``heading``, or the ``passage``."""

    kind: str
    start: int
    pieces: list[tuple[str, bool | str]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of an outline."""

    depth: int
    start: int
    title: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence at the beginning of an answer: its passage's rank and title, the head of its table, and its text in short."""

    rank: int
    title: str
    head: str
    pieces: list[Piece]
    is_cut: bool


def render_answer(
    answer: Answer,
    *,
    drifted: Mapping[str, str] | None = None,
    place: str = "",
    places: tuple[str, int] | None = None,
    matched: Mapping[int, Matched] | None = None,
    facts: Mapping[str, Sequence[Fact]] | None = None,
) -> str:
    """Render an answer: the sentences that answer, then the best passages in short, and the others folded.

    If the question is not answered, there are no sentences, and all passages are folded.

    Args:
        answer: The answer.
        drifted: Documents that differ from the index, by path: ``changed``, ``gone`` or ``unreadable``.
        place: The document or folder that was searched; empty for all.
        places: The query that finds every place of what it is about, and how many there are.
        matched: The words that each passage contains, by rank.
        facts: What is known about each document, by path.
    """
    words = asked_words(answer)
    cards = [
        render_card(
            each,
            words,
            (drifted or {}).get(each.document),
            (matched or {}).get(each.rank),
            facts=(facts or {}).get(each.document, ()),
        )
        for each in answer.passages
    ]
    shown = OPEN_PASSAGES if answer.answered else 0
    further = count(len(cards) - shown, "further passage" if answer.answered else "nearest passage")
    first = answer.nearby(1)
    others = [heading for heading in answer.nearby(len(first) + _RELATED) if heading not in first]
    return render(
        "chat/answer.html",
        answer=answer,
        filters=used(answer.filters),
        is_dated=len({each.date for each in answer.passages}) > 1,
        place=place,
        understood_with=json.dumps(answer.understood_with, ensure_ascii=False),
        lead=list(_sentences(answer, words)),
        open=cards[:shown],
        folded=cards[shown:],
        summary=further if answer.answered else f"Show the {further}",
        key=answer_key(answer),
        crossed=[name_of_language(each) for each in answer.languages_crossed or ()],
        unread=name_of_language(answer.unread) if answer.unread else None,
        nearest=answer.nearby(),
        related=others if answer.answered else [],
        everywhere=as_request(places[0], place, filters=map(str, answer.filters)) if places else "",
        places=places,
    )


def _sentences(answer: Answer, asked: Sequence[str]) -> Iterator[_Sentence]:
    """Yield the sentences that an answer begins with."""
    passages = {each.rank: each for each in answer.passages}
    for each in answer.lead:
        passage = passages[each.rank]
        text = each.span.shifted(-passage.start).of(passage.text)
        shorten = partial(excerpt, most=_MOST_OF_A_SENTENCE, question=" ".join(asked), language=passage.language)
        short = in_short(text, [Span(0, len(text))], shorten)
        # All of it is marked, so nothing is.
        parts = [replace(piece, marked=False) for piece in short]
        yield _Sentence(each.rank, passage.title, passage.head.names if passage.head else "", parts, is_cut(parts))


def render_similar(
    similar: Similar, drifted: Mapping[str, str], facts: Mapping[str, Sequence[Fact]] | None = None
) -> str:
    """Render the passages like one.

    Args:
        similar: The passages.
        drifted: Documents that differ from the index, by path: ``changed``, ``gone`` or ``unreadable``.
        facts: What is known about each document, by path.
    """
    known = facts or {}
    cards = [
        render_card(each, (), drifted.get(each.document), facts=known.get(each.document, ()), alike=True)
        for each in similar.passages
    ]
    repeated = dict.fromkeys(place.document for place in similar.repeated)
    return render("chat/similar.html", similar=similar, cards=cards, repeated=list(repeated))


def render_reply(reply: str, questions: Sequence[str]) -> str:
    """Render the reply to a greeting, with example questions."""
    return render("chat/reply.html", reply=reply, questions=questions)


def render_saved(words: str) -> str:
    """Render the confirmation of feedback."""
    return render("chat/saved.html", words=words)


def render_document(
    document: StoredDocument,
    passage: Span | None,
    marks: Sequence[Span],
    drifted: str | None = None,
    *,
    stops: Mapping[int, bool] | None = None,
    query: str = "",
    says: str = "",
) -> str:
    """Render a whole document with its headings, the passage and the marks.

    Args:
        document: The document as it was indexed.
        passage: The passage to show in it.
        marks: The marks, inside the passage and elsewhere.
        drifted: ``changed``, ``gone`` or ``unreadable`` if the file differs from the index.
        stops: Where places of ``query`` start, and whether each is the one to show.
        query: What was found in the document.
        says: What to say about it.
    """
    headings = [(each.span, "heading") for each in document.headings if not (passage and each.span.overlaps(passage))]
    marked = _Marks(document.text, marks, stops or {})
    parts: list[_Part] = []
    at = 0
    for span, kind in sorted([*headings, *([(passage, "passage")] if passage else [])]):
        for where, what in ((Span(at, span.start), "text"), (span, kind)):
            parts.append(_Part(what, where.start, marked.pieces(where)))
        at = span.end
    parts.append(_Part("text", at, marked.pieces(Span(at, len(document.text)))))
    return render(
        "chat/document.html",
        document=document,
        drifted=drift(drifted),
        outline=_outline(document),
        parts=parts,
        query=query,
        says=says,
    )


class _Marks:
    """The marks of a document, of which each part gets its own: there can be thousands of both."""

    def __init__(self, text: str, marks: Sequence[Span], stops: Mapping[int, bool]) -> None:
        self._text = text
        self._marks = sorted(marks)
        self._starts = [mark.start for mark in self._marks]
        self._stops = stops

    def pieces(self, where: Span) -> list[tuple[str, bool | str]]:
        """Split a part into pieces, each with whether it is marked; where a place starts, ``stop``, or ``here``."""
        first = bisect_left(self._starts, where.start)
        while first and self._marks[first - 1].end > where.start:
            first -= 1
        at = where.start
        found: list[tuple[str, bool | str]] = []
        for text, is_marked in pieces(self._text, where, self._marks[first : bisect_left(self._starts, where.end)]):
            is_stop = is_marked and at in self._stops
            found.append((text, ("here" if self._stops[at] else "stop") if is_stop else is_marked))
            at += len(text)
        return found


def _outline(document: StoredDocument) -> list[_Entry]:
    """Return the headings of a document with their places. A heading without text has the place of the next one below it."""
    entries: list[_Entry] = []
    above: tuple[str, ...] = ()
    for heading in document.headings:
        known = _shared(above, heading.path)
        entries += [
            _Entry(depth, heading.span.start, heading.path[depth])
            for depth in range(min(known, len(heading.path) - 1), len(heading.path))
        ]
        above = heading.path
    return entries


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the common prefix."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def render_welcome(titles: Sequence[str], questions: Sequence[str], places: Iterable[str], snapshot: str) -> Markup:
    """Render the welcome text.

    Args:
        titles: The titles of all documents; the first are shown.
        questions: The example questions.
        places: The documents and folders that a search can be limited to, as suggestions for the input field.
        snapshot: The snapshot that all this comes from.
    """
    more = len(titles) - _TITLES
    return render(
        "chat/welcome.html",
        titles=titles[:_TITLES],
        more=count(more, "more document") if more > 0 else "",
        documents=len(titles),
        questions=questions,
        places=list(places),
        snapshot=snapshot,
    )
