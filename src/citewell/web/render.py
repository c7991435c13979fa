"""Answers and documents to HTML. Whatever comes from a corpus or a reader is escaped by MarkupSafe, never trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from citewell.answer import Answer, FoundPassage
from citewell.catalogue import StoredDocument
from citewell.document import Span

# Passages shown at once; the others fold away.
OPEN_PASSAGES = 3
# Titles named on the empty page.
_TITLES = 3


def render_answer(answer: Answer) -> str:
    """Render an answer: the best passages open, the others folded; all are folded where the corpus does not cover it."""
    cards = [_card(passage) for passage in answer.passages]
    if not answer.passages:
        return Markup('<p class="cw-refusal">There is nothing to quote: no document is in the place you asked.</p>')
    if not answer.answered:
        return Markup(
            '<p class="cw-refusal"><strong>The corpus does not seem to cover this.</strong> '
            "Try other words, or ask about one of its own subjects.</p>{}"
        ).format(_folded(f"The {_count(len(cards), 'nearest passage')}, in case one helps", cards))
    further = cards[OPEN_PASSAGES:]
    parts = cards[:OPEN_PASSAGES]
    if further:
        parts.append(_folded(_count(len(further), "further passage"), further))
    return Markup("").join(parts)


def render_error(message: str) -> str:
    """Render what went wrong, in the words of the error."""
    return Markup('<p class="cw-error" role="alert">{}</p>').format(message[:1].upper() + message[1:])


def render_document(document: StoredDocument, passage: Span, marks: Sequence[Span]) -> str:
    """Render a whole document with its headings, the passage, and what is marked in it.

    Args:
        document: The document as it was indexed.
        passage: The passage to show the place of.
        marks: The highlights, inside the passage.
    """
    headings = [span for span in document.headings if not span.overlaps(passage)]
    pieces = [(span, "h") for span in headings] + [(passage, "p")]
    html: list[Markup] = []
    at = 0
    for span, kind in sorted(pieces):
        html.append(escape(document.text[at : span.start]))
        inner = marked(document.text, span, marks)
        html.append(
            Markup('<span class="cw-heading">{}</span>').format(inner)
            if kind == "h"
            else Markup('<span class="cw-place" tabindex="-1">{}</span>').format(inner)
        )
        at = span.end
    html.append(escape(document.text[at:]))
    return Markup(
        '<header class="cw-reader-head"><div><h2 class="cw-reader-title" dir="auto">{}</h2>'
        '<p class="cw-reader-path">{}</p></div>'
        '<button type="button" class="cw-close" data-close aria-label="Close the source">Close</button></header>'
        '<div class="cw-reader-text" dir="auto" tabindex="0" role="region" aria-label="The whole document">{}</div>'
    ).format(document.title, document.path, Markup("").join(html))


def render_examples(headings: Iterable[str]) -> str:
    """Render example questions made from the corpus' own headings, as buttons that ask them."""
    buttons = [
        Markup('<button type="button" class="cw-example" data-ask="{0}" dir="auto">{0}</button>').format(question)
        for question in map(example_question, headings)
    ]
    return Markup("").join(buttons)


def render_subject(titles: Sequence[str]) -> str:
    """Render what the corpus is about: the titles of its first documents, and how many more there are."""
    shown = [Markup("<em>{}</em>").format(title) for title in titles[:_TITLES]]
    if len(titles) > _TITLES:
        shown.append(escape(_count(len(titles) - _TITLES, "more document")))
    return Markup(" and ").join([part for part in (Markup(", ").join(shown[:-1]), *shown[-1:]) if part])


def render_places(paths: Iterable[str]) -> str:
    """Render the documents and folders that a question can be kept to, as suggestions for an input."""
    return Markup("").join(Markup('<option value="{}"></option>').format(path) for path in paths)


def text_key(text: str) -> str:
    """Name a quotation by its text, so that a place is opened only while the quotation still stands there."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def example_question(heading: str) -> str:
    """Make a question of a heading: one that already asks is left as it is."""
    return heading if heading.endswith("?") else f"What does the text say about “{heading}”?"


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


def _card(passage: FoundPassage) -> Markup:
    local = [Span(mark.start - passage.span.start, mark.end - passage.span.start) for mark in passage.highlights]
    percent = round(100 * passage.score)
    return Markup(
        '<article class="cw-card">'
        '<blockquote class="cw-quote" dir="auto">{quote}</blockquote>'
        '<footer class="cw-cite"><p class="cw-source" dir="auto">{source}</p>{repeated}'
        '<div class="cw-tools"><span class="cw-meter" role="meter" aria-label="Relevance" aria-valuemin="0" '
        'aria-valuemax="100" aria-valuenow="{percent}"><span style="width:{percent}%"></span></span>'
        '<span class="cw-percent">relevance {percent} %</span>'
        '<button type="button" class="cw-show" data-path="{path}" data-start="{start}" data-end="{end}" '
        'data-marks="{marks}" data-key="{key}">Show in source</button></div></footer></article>'
    ).format(
        quote=marked(passage.text, Span(0, len(passage.text)), local),
        source=_source(passage),
        repeated=_repeated(passage),
        percent=percent,
        path=passage.document,
        start=passage.span.start,
        end=passage.span.end,
        key=text_key(passage.text),
        marks=",".join(f"{mark.start}-{mark.end}" for mark in passage.highlights),
    )


def _source(passage: FoundPassage) -> Markup:
    parts = [Markup('<cite title="{}">{}</cite>').format(passage.document, passage.title)]
    parts += [Markup("<span>{}</span>").format(heading) for heading in passage.section]
    return Markup('<span class="cw-sep" aria-hidden="true"> › </span>').join(parts)


def _repeated(passage: FoundPassage) -> Markup:
    if not passage.repeated:
        return Markup("")
    places = dict.fromkeys(place.document for place in passage.repeated)
    return Markup('<p class="cw-also">Almost the same in {}</p>').format(", ".join(places))


def _folded(summary: str, cards: Iterable[Markup]) -> Markup:
    return Markup('<details class="cw-more"><summary>{}</summary>{}</details>').format(summary, Markup("").join(cards))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
