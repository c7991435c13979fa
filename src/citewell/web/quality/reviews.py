"""Feedback to decide on, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from citewell.evaluation.questions.reviewing import Review
from citewell.evaluation.questions.sets import Question
from citewell.web.quality.judge import choices, said_key
from citewell.web.quality.parts import run_form, set_chooser

# More than these are read by nobody.
_MOST_REVIEWS = 50


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
