"""Answers and documents to HTML. Whatever comes from a corpus or a reader is escaped by MarkupSafe, never trusted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import regex
from markupsafe import Markup, escape

from citewell.answer import Answer
from citewell.document import Span
from citewell.index.catalogue import StoredDocument
from citewell.web.chat.cards import answer_key, marked, opinion, render_card, render_drifted

# Passages shown at once; the others fold away.
OPEN_PASSAGES = 3
# Titles named on the empty page.
_TITLES = 3
_RELATED = 3
_WORD = regex.compile(r"[\p{L}\p{N}'’-]+")


def render_answer(answer: Answer, *, drifted: Mapping[str, str] | None = None, place: str = "") -> str:
    """Render an answer: the best passages open, the others folded; all are folded where the corpus does not cover it.

    Args:
        answer: The answer.
        drifted: Documents that are no longer what was indexed: ``changed``, ``gone`` or ``unreadable``, by path.
        place: The document or folder that was looked in; empty for all.
    """
    said = _words(answer)
    cards = [render_card(passage, said, (drifted or {}).get(passage.document)) for passage in answer.passages]
    if not answer.passages:
        nothing = Markup('<p class="cw-refusal">There is nothing to quote in the place you asked.</p>')
        return _where(answer, place) + nothing
    parts = [_where(answer, place), _understood(answer)]
    if answer.answered:
        further = cards[OPEN_PASSAGES:]
        parts += cards[:OPEN_PASSAGES]
        if further:
            parts.append(_folded(_count(len(further), "further passage"), further))
        parts += [_opinions(answer), _related(answer)]
    else:
        parts.append(_refusal(answer))
        parts.append(_folded(f"The {_count(len(cards), 'nearest passage')}, in case one helps", cards))
        parts.append(_opinions(answer))
    return Markup("").join(parts)


def render_reply(reply: str, headings: Iterable[str]) -> str:
    """Render what is said to a courtesy, with example questions to go on from."""
    return Markup(
        '<p class="cw-reply">{}</p><div class="cw-examples" role="group" aria-label="Questions">{}</div>'
    ).format(reply, render_examples(headings))


def render_noted(words: str) -> str:
    """Render that what a reader said is kept."""
    return Markup('<span class="cw-noted">{}</span>').format(words)


def render_document(document: StoredDocument, passage: Span, marks: Sequence[Span], drifted: str | None = None) -> str:
    """Render a whole document with its headings, the passage, and what is marked in it.

    Args:
        document: The document as it was indexed.
        passage: The passage to show the place of.
        marks: What is marked in it, inside the passage and elsewhere.
        drifted: ``changed``, ``gone`` or ``unreadable`` where it is no longer what was indexed.
    """
    headings = [each.span for each in document.headings if not each.span.overlaps(passage)]
    pieces = [(span, "h") for span in headings] + [(passage, "p")]
    html: list[Markup] = []
    at = 0
    for span, kind in sorted(pieces):
        html.append(marked(document.text, Span(at, span.start), marks))
        inner = marked(document.text, span, marks)
        html.append(
            Markup('<span class="cw-heading" data-at="{}" tabindex="-1">{}</span>').format(span.start, inner)
            if kind == "h"
            else Markup('<span class="cw-place" tabindex="-1">{}</span>').format(inner)
        )
        at = span.end
    html.append(marked(document.text, Span(at, len(document.text)), marks))
    return Markup(
        '<header class="cw-reader-head"><div><h2 class="cw-reader-title" dir="auto">{}</h2>'
        '<p class="cw-reader-path">{}</p>{}</div>'
        '<div class="cw-steps" role="group" aria-label="What is marked">'
        '<button type="button" class="cw-step" data-step="-1" aria-label="Previous mark">↑</button>'
        '<span class="cw-at" role="status"></span>'
        '<button type="button" class="cw-step" data-step="1" aria-label="Next mark">↓</button></div>'
        '<button type="button" class="cw-close" data-close aria-label="Close the source">Close</button></header>'
        '<div class="cw-reader-body">{}'
        '<div class="cw-reader-text" dir="auto" tabindex="0" role="region" aria-label="The whole document">{}</div></div>'
    ).format(document.title, document.path, render_drifted(drifted), _outline(document), Markup("").join(html))


def _outline(document: StoredDocument) -> Markup:
    """Render the headings of a document, each a way to its place; one without text of its own leads to the next below it."""
    entries: list[Markup] = []
    above: tuple[str, ...] = ()
    for heading in document.headings:
        known = _shared(above, heading.path)
        entries += [
            Markup(
                '<li style="--cw-depth: {}"><button type="button" class="cw-plain" data-go="{}" dir="auto">{}</button></li>'
            ).format(depth, heading.span.start, heading.path[depth])
            for depth in range(min(known, len(heading.path) - 1), len(heading.path))
        ]
        above = heading.path
    if not entries:
        return Markup("")
    return Markup(
        '<details class="cw-outline"><summary>Outline</summary><nav aria-label="Outline"><ol>{}</ol></nav></details>'
    ).format(Markup("").join(entries))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Count how many of the first are the same."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def render_examples(headings: Iterable[str]) -> str:
    """Render example questions made from the corpus' own headings, as buttons that ask them."""
    buttons = [
        Markup('<button type="button" class="cw-example" data-ask="{0}" dir="auto">{0}</button>').format(question)
        for question in map(example_question, headings)
    ]
    return Markup("").join(buttons)


def render_welcome(titles: Sequence[str], headings: Iterable[str], places: Iterable[str], snapshot: str) -> Markup:
    """Render what the page says while nothing is asked.

    Args:
        titles: The titles of all documents.
        headings: Those that are made example questions of.
        places: The documents and folders that a question can be kept to, as suggestions for an input.
        snapshot: The snapshot that all this is of.
    """
    return Markup(
        '<div class="cw-welcome" data-snapshot="{}" data-documents="{}">'
        "<h2>Ask your documents.<br>Every answer is a quotation you can check.</h2>"
        "<p>You can ask about {}. Answers are passages, word for word, with the sentence that answers marked and its place "
        "in the source. Nothing is made up.</p>"
        '<div class="cw-examples" role="group" aria-label="Example questions">{}</div>'
        '<datalist id="cw-places">{}</datalist></div>'
    ).format(
        snapshot,
        len(titles),
        _subject(titles),
        render_examples(headings),
        Markup("").join(Markup('<option value="{}"></option>').format(path) for path in places),
    )


def _subject(titles: Sequence[str]) -> Markup:
    """Render what the corpus is about: the titles of its first documents, and how many more there are."""
    shown = [Markup("<em>{}</em>").format(title) for title in titles[:_TITLES]]
    if len(titles) > _TITLES:
        shown.append(escape(_count(len(titles) - _TITLES, "more document")))
    return Markup(" and ").join([part for part in (Markup(", ").join(shown[:-1]), *shown[-1:]) if part])


def example_question(heading: str) -> str:
    """Make a question of a heading: one that already asks is left as it is."""
    return heading if heading.endswith("?") else f"What does the text say about “{heading}”?"


def _where(answer: Answer, place: str) -> Markup:
    """Render where alone was looked, with the way to look everywhere."""
    if not place:
        return Markup("")
    return Markup(
        '<div class="cw-understood"><span dir="auto">Looked only in <strong>{}</strong></span> '
        '<button type="button" class="cw-plain" data-ask="{}" data-everywhere>Look everywhere</button></div>'
    ).format(place, answer.question)


def _understood(answer: Answer) -> Markup:
    """Render what a question was understood with, and which of its words were read as others."""
    parts = []
    if answer.understood_with:
        parts.append(
            Markup(
                '<div class="cw-understood" data-context="{}"><span dir="auto">Understood together with {}</span> '
                '<button type="button" class="cw-plain" data-ask="{}" data-again>Ask it alone</button></div>'
            ).format(
                json.dumps(answer.understood_with, ensure_ascii=False), _quoted(answer.understood_with), answer.question
            )
        )
    if answer.read_as:
        read = [Markup("“{}” as “{}”").format(*slip) for slip in answer.read_as.items()]
        parts.append(Markup('<p class="cw-understood" dir="auto">Read {}.</p>').format(Markup(", ").join(read)))
    return Markup("").join(parts)


def _refusal(answer: Answer) -> Markup:
    return Markup(
        '<p class="cw-refusal"><strong>The corpus does not seem to cover this.</strong> '
        "Try other words, or ask what comes nearest to it:</p>"
        '<div class="cw-examples" role="group" aria-label="Questions that come nearest">{}</div>'
    ).format(render_examples(answer.nearby()))


def _related(answer: Answer) -> Markup:
    """Render what else the passages that come near are about, as questions."""
    first = answer.nearby(1)
    others = [heading for heading in answer.nearby(len(first) + _RELATED) if heading not in first]
    if not others:
        return Markup("")
    return Markup('<div class="cw-related" role="group" aria-label="Related questions"><p>Related:</p>{}</div>').format(
        render_examples(others)
    )


def _words(answer: Answer) -> list[str]:
    """Return the words that were looked for, as they were read."""
    read = answer.read_as
    words = _WORD.findall(" ".join([answer.question, *answer.understood_with]))
    return list(dict.fromkeys(read.get(word, word) for word in words))


def _opinions(answer: Answer) -> Markup:
    """Render what a reader can say about an answer."""
    words = [
        ("helpful", Markup("{}This helps").format(_thumb("up"))),
        ("unhelpful", Markup("{}This does not help").format(_thumb("down"))),
        ("nothing here", escape("Nothing here answers it")),
    ]
    buttons = [opinion(verdict, label) for verdict, label in words if verdict == "nothing here" or answer.answered]
    return Markup(
        '<div class="cw-opinions" role="group" aria-label="What you think of this answer" data-snapshot="{}" '
        'data-shown="{}">{}'
        '<button type="button" class="cw-plain" data-link>Copy link</button>'
        '<span class="cw-said" role="status"></span></div>'
    ).format(answer.snapshot, answer_key(answer), Markup("").join(buttons))


def _thumb(way: str) -> Markup:
    return Markup(
        '<svg class="cw-thumb cw-{}" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">'
        '<path fill="currentColor" d="M1 7h3v7H1zM5 7l3-6c1.500 0 2 1 1.700 2.200L9 6h4.500c1 0 1.500.8 1.300 1.700l-1 5'
        'c-.2.800-.8 1.300-1.600 1.300H5z"/></svg>'
    ).format(way)


def _quoted(texts: Iterable[str]) -> Markup:
    return Markup(", ").join(Markup("“{}”").format(text) for text in texts)


def _folded(summary: str, cards: Iterable[Markup]) -> Markup:
    return Markup('<details class="cw-more"><summary>{}</summary>{}</details>').format(summary, Markup("").join(cards))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
