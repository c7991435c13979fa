"""A passage as a card: the quotation first, then where it stands, how near it is and why it was chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from markupsafe import Markup, escape

from citewell.answer import Answer, FoundPassage
from citewell.confidence import THRESHOLDS
from citewell.document import Span
from citewell.index.lexical import terms

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
    percent = round(100 * passage.score)
    relevance = relevance_in_words(passage.confidence)
    return Markup(
        '<article class="cw-card" tabindex="-1" aria-label="Passage {rank}" {data}>{drifted}'
        '<blockquote class="cw-quote" dir="auto">{quote}</blockquote>'
        '<footer class="cw-cite"><p class="cw-source" dir="auto">{source}</p>{repeated}'
        '<div class="cw-tools"><span class="cw-meter" role="meter" aria-label="Relevance" aria-valuemin="0" '
        'aria-valuemax="100" aria-valuenow="{percent}" aria-valuetext="{relevance}, {percent} %">'
        '<span style="width:{percent}%"></span></span><span class="cw-percent">{relevance}</span>'
        '<button type="button" class="cw-show">Show in source</button></div>'
        '<div class="cw-tools cw-more-tools">{right}{copy}{why}</div>'
        '<span class="cw-said" role="status"></span></footer></article>'
    ).format(
        rank=passage.rank,
        data=_data(passage),
        drifted=render_drifted(drifted),
        quote=marked(passage.text, Span(0, len(passage.text)), passage.marks),
        source=_source(passage),
        repeated=_repeated(passage),
        percent=percent,
        relevance=relevance,
        right=opinion("right passage", "This is the right passage", passage.rank),
        copy=_COPY,
        why=_why(passage, asked),
    )


def render_drifted(drifted: str | None) -> Markup:
    """Render that a document is ``changed``, ``gone`` or ``unreadable`` since it was indexed, or nothing."""
    if not drifted:
        return Markup("")
    return Markup('<p class="cw-drifted" role="note" data-drifted="{}">{}</p>').format(drifted, _DRIFTED[drifted])


def relevance_in_words(confidence: float) -> str:
    """Say how relevant a passage is, by the thresholds that say what is answered."""
    return next(words for threshold, words in _RELEVANCE.items() if confidence >= threshold)


def matched_words(passage: FoundPassage, asked: Sequence[str]) -> list[str]:
    """Return which words were found in a passage or its headings, as BM25 takes words to be the same."""
    here = set(terms(" ".join([passage.title, *passage.section, passage.text])))
    return [word for word in asked if here & set(terms(word))]


def opinion(verdict: str, label: str | Markup, rank: int | None = None) -> Markup:
    """Render a button by which a reader says something of an answer, or of one passage of it."""
    return Markup(
        '<button type="button" class="cw-plain" data-verdict="{}" data-rank="{}" aria-pressed="false">{}</button>'
    ).format(verdict, "" if rank is None else rank, label)


def text_key(text: str) -> str:
    """Name a quotation by its text, so that a place is opened only while the quotation still stands there."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def answer_key(answer: Answer) -> str:
    """Name an answer by its snapshot and what it shows, so that an opinion is kept only of what its reader saw."""
    shown = [(each.document, *_ends(each.span), [_ends(mark) for mark in each.highlights]) for each in answer.passages]
    return text_key(json.dumps([answer.snapshot, shown]))


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def marked(text: str, within: Span, marks: Sequence[Span]) -> Markup:
    """Escape a part of a text, with the marks that fall inside it in ``<mark>``."""
    html: list[Markup] = []
    at = within.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, within.end)
        if start < end:
            html.append(escape(text[at:start]))
            html.append(Markup("<mark>{}</mark>").format(text[start:end]))
            at = end
    html.append(escape(text[at : within.end]))
    return Markup("").join(html)


_COPY = Markup(
    '<details class="cw-menu"><summary>Copy</summary><div role="group" aria-label="Copy the quotation with its citation">'
    '<button type="button" class="cw-plain" data-copy="plain">Plain text</button>'
    '<button type="button" class="cw-plain" data-copy="markdown">Markdown</button>'
    '<button type="button" class="cw-plain" data-copy="bibtex">BibTeX</button></div></details>'
)


def _data(passage: FoundPassage) -> Markup:
    """Say what a card is of, for showing it in its source and for citing it."""
    return Markup(
        'data-path="{}" data-start="{}" data-end="{}" data-marks="{}" data-key="{}" '
        'data-title="{}" data-section="{}" data-page="{}"'
    ).format(
        passage.document,
        passage.span.start,
        passage.span.end,
        ",".join(f"{mark.start}-{mark.end}" for mark in passage.highlights),
        text_key(passage.text),
        passage.title,
        json.dumps(passage.section, ensure_ascii=False),
        "" if passage.page is None else passage.page,
    )


def _why(passage: FoundPassage, asked: Sequence[str]) -> Markup:
    words = matched_words(passage, asked)
    found = Markup(", ").join(Markup("“{}”").format(word) for word in words)
    said = Markup("It has your words {}.").format(found) if words else escape("It has none of your words.")
    return Markup(
        '<details class="cw-menu"><summary>Why this?</summary><p class="cw-why" dir="auto">{} '
        "In meaning its nearest sentences are {} % like the question (cosine).</p></details>"
    ).format(said, round(100 * max(0.0, passage.cosine)))


def _source(passage: FoundPassage) -> Markup:
    parts = [Markup('<cite title="{}">{}</cite>').format(passage.document, passage.title)]
    parts += [Markup("<span>{}</span>").format(heading) for heading in passage.section]
    if passage.page is not None:
        parts.append(Markup("<span>page {}</span>").format(passage.page))
    return Markup('<span class="cw-sep" aria-hidden="true"> › </span>').join(parts)


def _repeated(passage: FoundPassage) -> Markup:
    if not passage.repeated:
        return Markup("")
    places = dict.fromkeys(place.document for place in passage.repeated)
    return Markup('<p class="cw-also">Almost the same in {}</p>').format(", ".join(places))
