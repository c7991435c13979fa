"""Answers as HTML. The templates escape everything that comes from the corpus or a reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from citewell.answer import Answer
from citewell.document import Fact, Span
from citewell.search.similar import Similar
from citewell.text.excerpts import excerpt
from citewell.web.chat.cards import Piece, answer_key, in_short, is_cut, render_card
from citewell.web.chat.filters import used
from citewell.web.chat.matched import Matched, asked_words
from citewell.web.chat.requests import as_request
from citewell.web.language.core import said
from citewell.web.language.current import language_name, ngettext
from citewell.web.templates import render

# Passages shown open; the others are folded.
OPEN_PASSAGES = 5
# Columns of a sentence at the beginning of an answer; a longer one unfolds.
_MOST_OF_A_SENTENCE = 400
# Titles in the welcome text.
_TITLES = 3
_RELATED = 3


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
        summary=_summary(len(cards) - shown, is_answered=answer.answered),
        key=answer_key(answer),
        crossed=[language_name(each) for each in answer.languages_crossed or ()],
        unread=language_name(answer.unread) if answer.unread else None,
        nearest=answer.nearby(),
        related=others if answer.answered else [],
        everywhere=as_request(places[0], place, filters=map(str, answer.filters)) if places else "",
        places=places,
    )


def _summary(folded: int, *, is_answered: bool) -> str:
    if is_answered:
        return ngettext("%(num)s further passage", "%(num)s further passages", folded)
    return ngettext("Show the %(num)s nearest passage", "Show the %(num)s nearest passages", folded)


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
    return render("chat/reply.html", reply=said(reply), questions=questions)


def render_saved(words: str) -> str:
    """Render the confirmation of feedback."""
    return render("chat/saved.html", words=words)


def render_empty(*, may_add: bool) -> Markup:
    """Render what is shown as long as there is no index.

    Args:
        may_add: Whether the visitor may add documents.
    """
    return render("chat/empty.html", may_add=may_add)


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
        more=max(0, more),
        documents=len(titles),
        questions=questions,
        places=list(places),
        snapshot=snapshot,
    )
