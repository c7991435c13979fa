"""Feedback to decide on, and the map of a corpus, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from citewell.evaluation.charts import map_chart
from citewell.evaluation.mapping import Region, boxes
from citewell.evaluation.misses import MISSED_BELOW
from citewell.evaluation.questions.reviewing import Review
from citewell.evaluation.questions.sets import Question
from citewell.web.judge_parts import chart, count, run_form, set_chooser
from citewell.web.judging import CorpusMap, choices, said_key

# More than these are read by nobody.
_MOST_REVIEWS = 50
_MOST_LISTED = 10
_SHORT = 90


def render_feedback(reviews: Sequence[Review], sets: Sequence[str], said: str = "", chosen: str = "") -> Markup:
    """Render feedback to decide on, and what came of the last decision."""
    to = set_chooser("Add to", sets, chosen) if sets else run_form(sets)
    items = [_review(each, may_accept=bool(sets)) for each in reviews[:_MOST_REVIEWS]]
    if len(reviews) > _MOST_REVIEWS:
        items.append(Markup("<p>and {:,} more after these</p>").format(len(reviews) - _MOST_REVIEWS))
    return Markup(
        '<div data-view="feedback"><h3>What readers said ({})</h3><div role="status">{}</div>{}{}</div>'
    ).format(
        len(reviews),
        said,
        to if reviews else "",
        Markup("").join(items)
        or Markup(
            "<p>No feedback waits for a decision. It comes from the chat, where readers say of an answer whether it helps, and "
            "which passage is the right one.</p>"
        ),
    )


def _review(review: Review, *, may_accept: bool) -> Markup:
    feedback = review.feedback
    before = [
        Markup('<p class="cw-soft" dir="auto">{}: {}</p>').format(turn.role, turn.content) for turn in feedback.history
    ]
    options = choices(review) if may_accept else {}
    return Markup(
        '<article class="cw-miss">{}<h4 dir="auto">{}</h4><p class="cw-soft">The reader says: {}</p>{}'
        '<div class="cw-decide">{}<button type="button" class="cw-plain" data-judge="reject" data-feedback="{}" '
        'data-key="{}">Reject</button></div></article>'
    ).format(
        Markup("").join(before),
        feedback.question,
        feedback.verdict,
        ""
        if review.passages
        else Markup("<p>The index has changed since; what was shown may stand elsewhere by now.</p>"),
        Markup("").join(
            _choice(feedback.id or 0, key, question, label=_accept(review, question))
            for key, question in options.items()
        ),
        feedback.id,
        said_key(feedback),
    )


def _accept(review: Review, question: Question) -> str:
    if review.suggested is None:
        return "Accept this"
    return "Accept" if question == review.suggested else "Accept this instead"


def _choice(feedback: int, key: str, question: Question, *, label: str) -> Markup:
    answer = question.answers[0] if question.answers else None
    quoted = (
        Markup('<blockquote class="cw-excerpt" dir="auto">{}</blockquote><p class="cw-soft">{}</p>').format(
            answer.quote, answer.document
        )
        if answer
        else Markup("<p>The corpus does not cover it.</p>")
    )
    return Markup(
        '<div class="cw-choice">{}<button type="button" class="{}" data-judge="accept" data-feedback="{}" data-key="{}">{}'
        "</button></div>"
    ).format(
        quoted,
        "cw-show" if label == "Accept" else "cw-plain",
        feedback,
        key,
        label,
    )


def render_map(found: CorpusMap) -> Markup:
    """Render the map of a corpus, with the same in words."""
    documents, snapshot = found.documents, found.snapshot
    regions = [region for document in documents for region in document.regions]
    missed = sorted((each for each in regions if each.tally.missed), key=lambda each: -each.tally.missed)
    never = [each for each in regions if not each.tally.found]
    characters = sum(each.characters for each in regions)
    share = sum(each.characters for each in never) / characters if characters else 0.0
    unfound = [each for each in documents if not each.tally.found]
    return Markup(
        "<p>Each box is a document or a section, the larger the longer. The greener it is, the more questions found it among "
        "their first {} passages; grey was never found; red has an answer that a question wanted and missed. "
        "A click opens it.</p>{}"
        "<p>{}</p>{}{}"
    ).format(
        MISSED_BELOW,
        chart(map_chart(boxes(documents)), snapshot),
        f"{len(regions) - len(never):,} of {count(len(regions), 'section')} were found; {share:.0%} of the text never was, "
        f"and {len(unfound):,} of {count(len(documents), 'document')} not at all.",
        _places("Wanted but missed", missed, snapshot),
        _places("Never found, the longest first", sorted(never, key=lambda each: -each.characters), snapshot),
    )


def _places(title: str, regions: Sequence[Region], snapshot: str) -> Markup:
    rows = [
        Markup(
            '<li><button type="button" class="cw-plain" dir="auto" data-region data-path="{}" data-start="{}" data-end="{}" '
            'data-snapshot="{}">{}</button> <span class="cw-soft">{}</span></li>'
        ).format(
            each.document,
            each.span.start,
            each.span.end,
            snapshot,
            _short(each.heading[-1] if each.heading else each.document),
            f"{each.document}, {each.characters:,} characters",
        )
        for each in regions[:_MOST_LISTED]
    ]
    if len(regions) > _MOST_LISTED:
        rows.append(Markup("<li>and {:,} more</li>").format(len(regions) - _MOST_LISTED))
    if not rows:
        return Markup("")
    return Markup('<section><h3>{}</h3><ul class="cw-changes">{}</ul></section>').format(title, Markup("").join(rows))


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
