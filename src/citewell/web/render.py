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
    parts = [_understood(answer)]
    if answer.answered:
        further = cards[OPEN_PASSAGES:]
        parts += cards[:OPEN_PASSAGES]
        if further:
            parts.append(_folded(_count(len(further), "further passage"), further))
    else:
        parts.append(_refusal(answer))
        parts.append(_folded(f"The {_count(len(cards), 'nearest passage')}, in case one helps", cards))
    return Markup("").join([*parts, _opinions(answer)])


def render_reply(reply: str, headings: Iterable[str]) -> str:
    """Render what is said to a courtesy, with example questions to go on from."""
    return Markup(
        '<p class="cw-reply">{}</p><div class="cw-examples" role="group" aria-label="Questions">{}</div>'
    ).format(reply, render_examples(headings))


def render_noted(words: str) -> str:
    """Render that what a reader said is kept."""
    return Markup('<span class="cw-noted">{}</span>').format(words)


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


def _understood(answer: Answer) -> Markup:
    """Render what a question was understood with, and which of its words were read as others."""
    parts = []
    if answer.context:
        parts.append(
            Markup(
                '<p class="cw-understood" dir="auto">Understood together with {}. '
                '<button type="button" class="cw-plain" data-ask="{}" data-alone>Ask it alone</button></p>'
            ).format(_quoted(answer.context), answer.question)
        )
    if answer.slips:
        read = [Markup("“{}” as “{}”").format(*slip) for slip in answer.slips]
        parts.append(Markup('<p class="cw-understood" dir="auto">Read {}.</p>').format(Markup(", ").join(read)))
    return Markup("").join(parts)


def _refusal(answer: Answer) -> Markup:
    return Markup(
        '<p class="cw-refusal"><strong>The corpus does not seem to cover this.</strong> '
        "Try other words, or ask what comes nearest to it:</p>"
        '<div class="cw-examples" role="group" aria-label="Questions that come nearest">{}</div>'
    ).format(render_examples(answer.nearby()))


def _opinions(answer: Answer) -> Markup:
    """Render what a reader can say about an answer."""
    words = [
        ("helpful", Markup("{}This helps").format(_thumb("up"))),
        ("unhelpful", Markup("{}This does not help").format(_thumb("down"))),
        ("nothing here", escape("Nothing here answers it")),
    ]
    buttons = [_opinion(verdict, label) for verdict, label in words if verdict == "nothing here" or answer.answered]
    return Markup(
        '<div class="cw-opinions" role="group" aria-label="What you think of this answer" data-snapshot="{}">{}'
        '<span class="cw-said" role="status"></span></div>'
    ).format(answer.snapshot, Markup("").join(buttons))


def _thumb(way: str) -> Markup:
    return Markup(
        '<svg class="cw-thumb cw-{}" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">'
        '<path fill="currentColor" d="M1 7h3v7H1zM5 7l3-6c1.500 0 2 1 1.700 2.200L9 6h4.500c1 0 1.500.8 1.300 1.700l-1 5'
        'c-.2.800-.8 1.300-1.600 1.300H5z"/></svg>'
    ).format(way)


def _opinion(verdict: str, label: str, rank: int | None = None) -> Markup:
    return Markup(
        '<button type="button" class="cw-plain" data-verdict="{}" data-rank="{}" aria-pressed="false">{}</button>'
    ).format(verdict, "" if rank is None else rank, label)


def _quoted(texts: Iterable[str]) -> Markup:
    return Markup(", ").join(Markup("“{}”").format(text) for text in texts)


def _card(passage: FoundPassage) -> Markup:
    local = [Span(mark.start - passage.span.start, mark.end - passage.span.start) for mark in passage.highlights]
    percent = round(100 * passage.score)
    return Markup(
        '<article class="cw-card">'
        '<blockquote class="cw-quote" dir="auto">{quote}</blockquote>'
        '<footer class="cw-cite"><p class="cw-source" dir="auto">{source}</p>{repeated}'
        '<div class="cw-tools"><span class="cw-meter" role="meter" aria-label="Relevance" aria-valuemin="0" '
        'aria-valuemax="100" aria-valuenow="{percent}"><span style="width:{percent}%"></span></span>'
        '<span class="cw-percent">relevance {percent} %</span>{right}'
        '<button type="button" class="cw-show" data-path="{path}" data-start="{start}" data-end="{end}" '
        'data-marks="{marks}" data-key="{key}">Show in source</button></div>'
        '<span class="cw-said" role="status"></span></footer></article>'
    ).format(
        quote=marked(passage.text, Span(0, len(passage.text)), local),
        source=_source(passage),
        repeated=_repeated(passage),
        percent=percent,
        right=_opinion("right passage", "This is the right passage", passage.rank),
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
