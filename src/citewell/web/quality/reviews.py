"""Feedback to review, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from citewell.evaluation.questions.feedback import Verdict
from citewell.evaluation.questions.reviewing import Review
from citewell.evaluation.questions.sets import Question
from citewell.web.language.current import gettext, noop
from citewell.web.quality.judge import choices, feedback_key
from citewell.web.quality.parts import set_choice
from citewell.web.templates import render

# Nobody reads more than these.
_MOST_REVIEWS = 50
_ROLES = {"user": noop("Asked"), "assistant": noop("Answered")}
_VERDICTS: dict[Verdict, str] = {
    "helpful": noop("this helps"),
    "unhelpful": noop("this does not help"),
    "nothing here": noop("nothing here answers it"),
    "right passage": noop("this is the right passage"),
}


def render_feedback(reviews: Sequence[Review], sets: Sequence[str], message: str = "", chosen: str = "") -> Markup:
    """Render the feedback to review, and the result of the last decision."""
    return render(
        "quality/feedback.html",
        count=len(reviews),
        message=message,
        sets=set_choice(gettext("Add to"), sets, chosen),
        reviews=[_review(each, may_accept=bool(sets)) for each in reviews[:_MOST_REVIEWS]],
    )


def _review(review: Review, *, may_accept: bool) -> dict[str, object]:
    options = choices(review) if may_accept else {}
    return {
        "feedback": review.feedback,
        "history": [(gettext(_ROLES[turn.role]), turn.content) for turn in review.feedback.history],
        "verdict": gettext(_VERDICTS[review.feedback.verdict]),
        "key": feedback_key(review.feedback),
        "passages": review.passages,
        "options": [
            {
                "key": key,
                "answer": question.answers[0] if question.answers else None,
                "label": _accept(review, question),
                "is_first": question == review.suggested,
            }
            for key, question in options.items()
        ],
    }


def _accept(review: Review, question: Question) -> str:
    if review.suggested is None:
        return gettext("Accept this")
    return gettext("Accept") if question == review.suggested else gettext("Accept this instead")
