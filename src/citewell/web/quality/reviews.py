"""Feedback to review, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from citewell.evaluation.questions.reviewing import Review
from citewell.evaluation.questions.sets import Question
from citewell.web.quality.judge import choices, feedback_key
from citewell.web.quality.parts import set_choice
from citewell.web.templates import render

# Nobody reads more than these.
_MOST_REVIEWS = 50


def render_feedback(reviews: Sequence[Review], sets: Sequence[str], message: str = "", chosen: str = "") -> Markup:
    """Render the feedback to review, and the result of the last decision."""
    return render(
        "quality/feedback.html",
        count=len(reviews),
        message=message,
        sets=set_choice("Add to", sets, chosen),
        reviews=[_review(each, may_accept=bool(sets)) for each in reviews[:_MOST_REVIEWS]],
    )


def _review(review: Review, *, may_accept: bool) -> dict[str, object]:
    options = choices(review) if may_accept else {}
    return {
        "feedback": review.feedback,
        "key": feedback_key(review.feedback),
        "passages": review.passages,
        "options": [
            {
                "key": key,
                "answer": question.answers[0] if question.answers else None,
                "label": _accept(review, question),
            }
            for key, question in options.items()
        ],
    }


def _accept(review: Review, question: Question) -> str:
    if review.suggested is None:
        return "Accept this"
    return "Accept" if question == review.suggested else "Accept this instead"
