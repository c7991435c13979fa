"""A passage as a card: its source, the quotation in short, its relevance and why it was chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from citewell.answer import Answer, FoundPassage, Newer
from citewell.confidence import THRESHOLDS
from citewell.document import Fact, Span
from citewell.text.excerpts import excerpt
from citewell.web.chat.matched import Matched
from citewell.web.facts import Known, known
from citewell.web.language.core import said
from citewell.web.language.current import date, gettext, noop
from citewell.web.templates import render

_RELEVANCE = {
    THRESHOLDS["strict"]: noop("very likely relevant"),
    THRESHOLDS["balanced"]: noop("likely relevant"),
    THRESHOLDS["generous"]: noop("perhaps relevant"),
    0.0: noop("hardly relevant"),
}
_DRIFTED = {
    "changed": noop("The file has changed since it was indexed. This is the indexed text."),
    "gone": noop("The file is no longer in the corpus. This is the indexed text."),
    "unreadable": noop("The file cannot be read at the moment. This is the indexed text."),
}
_UNPICTURED = noop("Its pages and pictures are not shown, because they may be others.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text that is shown in short, or cut off until the text is unfolded.

    ``dots`` is where dots stand for what is cut off: at the ``start`` of the text, or ``later``; empty is nowhere.
    """

    text: str
    is_shown: bool
    dots: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that is shown in short."""

    parts: list[Part]
    marked: bool


def render_card(
    passage: FoundPassage,
    asked: Sequence[str],
    drifted: str | None,
    matched: Matched | None = None,
    *,
    facts: Sequence[Fact] = (),
    alike: bool = False,
) -> Markup:
    """Render a passage.

    Args:
        passage: The passage.
        asked: The words that were searched for.
        drifted: ``changed``, ``gone`` or ``unreadable`` if the file differs from the index or cannot be compared with it.
        matched: The words and names that it contains.
        facts: What is known about its document.
        alike: Whether it is like another passage, and answers no question.
    """
    cosine = round(100 * max(0.0, passage.cosine))
    quote = in_short(passage.text, passage.marks, partial(excerpt, question=" ".join(asked), language=passage.language))
    return render(
        "chat/card.html",
        passage=passage,
        drifted=drift(drifted),
        quote=quote,
        facts=shown_facts(facts),
        newer=newer(passage.newer),
        is_cut=is_cut(quote),
        marks=",".join(f"{mark.start}-{mark.end}" for mark in passage.highlights),
        key=text_key(passage.text),
        section=json.dumps(passage.section, ensure_ascii=False),
        place=_place(passage),
        repeated=list(dict.fromkeys(place.document for place in passage.repeated)),
        alike=alike,
        percent=cosine if alike else round(100 * passage.score),
        relevance=gettext("alike") if alike else relevance_in_words(passage.confidence),
        matched=matched or Matched(),
        cosine=cosine,
    )


def _place(passage: FoundPassage) -> str:
    """Return where a passage is looked up, in words; of a message, only its date if its subject is the title."""
    words = passage.place.words if passage.place else ""
    return "" if words == passage.title else date(said(words.removeprefix(f"{passage.title}, ")))


def shown_facts(facts: Iterable[Fact]) -> list[Known]:
    """Return what is known about a document; a title that stands above the passage anyway is left out."""
    return known(each for each in facts if not (each.name == "title" and each.source == "text"))


def newer(passage: Newer | None) -> dict[str, Any] | None:
    """Return the note for a newer edition that says otherwise, or None."""
    return {"said": passage, "key": text_key(passage.text)} if passage else None


def drift(drifted: str | None, *, is_pictured: bool = False) -> dict[str, str] | None:
    """Return the note for a document that is ``changed``, ``gone`` or ``unreadable``, or None.

    Args:
        drifted: Which of these.
        is_pictured: Whether it has pages or pictures, which are then not shown.
    """
    if not drifted:
        return None
    words = [_DRIFTED[drifted], *([_UNPICTURED] if is_pictured else [])]
    return {"name": drifted, "words": " ".join(map(gettext, words))}


def relevance_in_words(confidence: float) -> str:
    """Return how relevant a passage is, in words, by the thresholds of the strictness levels."""
    return next(gettext(words) for threshold, words in _RELEVANCE.items() if confidence >= threshold)


def text_key(text: str) -> str:
    """Return a digest of a quotation, to check that the text at its place is unchanged."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def answer_key(answer: Answer) -> str:
    """Return a digest of an answer's content and snapshot, to check that feedback is about what its reader saw."""
    shown = [(each.document, *_ends(each.span), [_ends(mark) for mark in each.highlights]) for each in answer.passages]
    return text_key(json.dumps([answer.snapshot, shown]))


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def pieces(text: str, within: Span, marks: Sequence[Span]) -> list[tuple[str, bool]]:
    """Split a part of a text into pieces, each with whether it is marked."""
    cut: list[tuple[str, bool]] = []
    at = within.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, within.end)
        if start < end:
            cut += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [*cut, (text[at : within.end], False)]


def in_short(text: str, marks: Sequence[Span], shorten: Callable[[str, Sequence[Span]], list[Span]]) -> list[Piece]:
    """Split a text into pieces, marked and not, whose parts are shown first or cut off.

    Args:
        text: The text.
        marks: Its marks.
        shorten: Chooses what is shown first.
    """
    shown = shorten(text, marks)
    found, at = [], 0
    for piece, marked in pieces(text, Span(0, len(text)), marks):
        end = at + len(piece)
        if piece:
            found.append(Piece(_parts(text, Span(at, end), shown), marked))
        at = end
    return found


def _parts(text: str, within: Span, shown: Sequence[Span]) -> list[Part]:
    parts, at = [], within.start
    for part, is_shown in pieces(text, within, shown):
        at += len(part)
        # What is cut off goes on, in the next piece, unless something shown or nothing follows.
        goes_on = not is_shown and at < len(text) and not any(each.start == at for each in shown)
        dots = "" if is_shown or goes_on else "later" if at > shown[0].start else "start"
        if part:
            parts.append(Part(part, is_shown, dots))
    return parts


def is_cut(pieces: Sequence[Piece]) -> bool:
    """Return whether something of a text is cut off at first."""
    return not all(part.is_shown for piece in pieces for part in piece.parts)
