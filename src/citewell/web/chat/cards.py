"""A passage as a card: the quotation first, then where it stands, how near it is and why it was chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from markupsafe import Markup

from citewell.answer import Answer, FoundPassage
from citewell.confidence import THRESHOLDS
from citewell.document import Span
from citewell.index.lexical import terms
from citewell.web.templates import render

_RELEVANCE = {
    THRESHOLDS["strict"]: "very likely relevant",
    THRESHOLDS["balanced"]: "likely relevant",
    THRESHOLDS["generous"]: "perhaps relevant",
    0.0: "hardly relevant",
}
_DRIFTED = {
    "changed": "The file has changed since it was indexed: this is what it said then.",
    "gone": "The file is no longer in the corpus: this is what it said when it was indexed.",
    "unreadable": "The file cannot be read just now: this is what it said when it was indexed.",
}


def render_card(passage: FoundPassage, asked: Sequence[str], drifted: str | None) -> Markup:
    """Render a passage.

    Args:
        passage: The passage.
        asked: The words that were looked for.
        drifted: ``changed`` or ``gone`` where the document is no longer what was indexed, ``unreadable`` where nobody can tell.
    """
    return render(
        "chat/card.html",
        passage=passage,
        drifted=drift(drifted),
        quote=pieces(passage.text, Span(0, len(passage.text)), passage.marks),
        marks=",".join(f"{mark.start}-{mark.end}" for mark in passage.highlights),
        key=text_key(passage.text),
        section=json.dumps(passage.section, ensure_ascii=False),
        page="" if passage.page is None else str(passage.page),
        repeated=list(dict.fromkeys(place.document for place in passage.repeated)),
        percent=round(100 * passage.score),
        relevance=relevance_in_words(passage.confidence),
        words=matched_words(passage, asked),
        cosine=round(100 * max(0.0, passage.cosine)),
    )


def drift(drifted: str | None) -> dict[str, str] | None:
    """Say that a document is ``changed``, ``gone`` or ``unreadable`` since it was indexed, or None."""
    return {"name": drifted, "words": _DRIFTED[drifted]} if drifted else None


def relevance_in_words(confidence: float) -> str:
    """Say how relevant a passage is, by the thresholds that say what is answered."""
    return next(words for threshold, words in _RELEVANCE.items() if confidence >= threshold)


def matched_words(passage: FoundPassage, asked: Sequence[str]) -> list[str]:
    """Return which words were found in a passage or its headings, as BM25 takes words to be the same."""
    here = set(terms(" ".join([passage.title, *passage.section, passage.text])))
    return [word for word in asked if here & set(terms(word))]


def text_key(text: str) -> str:
    """Name a quotation by its text, so that a place is opened only while the quotation still stands there."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def answer_key(answer: Answer) -> str:
    """Name an answer by its snapshot and what it shows, so that an opinion is kept only of what its reader saw."""
    shown = [(each.document, *_ends(each.span), [_ends(mark) for mark in each.highlights]) for each in answer.passages]
    return text_key(json.dumps([answer.snapshot, shown]))


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def pieces(text: str, within: Span, marks: Sequence[Span]) -> list[tuple[str, bool]]:
    """Cut a part of a text where marks begin and end; each piece says whether it is marked."""
    cut: list[tuple[str, bool]] = []
    at = within.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, within.end)
        if start < end:
            cut += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [*cut, (text[at : within.end], False)]
