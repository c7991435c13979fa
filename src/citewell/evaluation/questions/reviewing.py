"""Reviewing feedback: a person accepts a piece as a test question or rejects it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from citewell.answer import Place
from citewell.evaluation.questions.anchoring import anchored, locate, quotation
from citewell.evaluation.questions.feedback import Feedback, FeedbackStore
from citewell.evaluation.questions.sets import Question, Quotation, SaidBefore, append_question, read_questions
from citewell.index.storage import Snapshot

KIND = "feedback"


@dataclass(frozen=True, slots=True)
class Review:
    """A piece of feedback and the questions that it can become.

    ``suggested`` is the question that follows from the rating, or None if none follows. ``passages`` are the shown passages by
    rank, as far as their documents are unchanged.
    """

    feedback: Feedback
    suggested: Question | None
    passages: Mapping[int, Quotation]

    def answered_by(self, rank: int) -> Question:
        """Return the question with a shown passage as its right answer."""
        return _question(self.feedback, self.passages[rank])

    def not_covered(self) -> Question:
        """Return the question as unanswerable."""
        return _question(self.feedback)


def reviews(pending: list[Feedback], texts: Mapping[str, str], snapshot: str) -> Iterator[Review]:
    """Yield the review of each piece of feedback.

    Args:
        pending: The feedback.
        texts: The current text of each document, by path.
        snapshot: The snapshot of these texts; passages of another snapshot may have moved.
    """
    for feedback in pending:
        places = enumerate(feedback.passages, 1) if feedback.snapshot == snapshot else ()
        passages = {rank: quotation(place, texts[place.document]) for rank, place in places if place.document in texts}
        yield Review(feedback, _suggested(feedback, texts, passages), passages)


def waiting(store: FeedbackStore, snapshot: Snapshot) -> list[Review]:
    """Return the reviews of all pending feedback, oldest first.

    Args:
        store: The feedback.
        snapshot: The snapshot whose documents are quoted.
    """
    pending = store.pending()
    indexed = {each.path for each in snapshot.catalogue.documents()}
    shown = {place.document for each in pending for place in each.passages} & indexed
    texts = {path: snapshot.catalogue.document(path).text for path in shown}
    return list(reviews(pending, texts, snapshot.manifest.name))


def accept(feedback: Feedback, question: Question, store: FeedbackStore, file: Path) -> bool:
    """Add a question made from feedback to a set, and record the feedback as accepted.

    Args:
        feedback: The feedback.
        question: The question.
        store: The store of the feedback.
        file: The set; it is created if missing.

    Returns:
        Whether it was added; it is not if the set already has the question. If the set has it with another answer, the feedback
        stays pending.

    Raises:
        QuestionError: The file is not a question set.
    """
    # The set is written first: after an interruption the feedback is still pending, and the question is not added twice.
    added = append_question(question, file)
    if added or question.answers in {each.answers for each in read_questions(file).questions if each.id == question.id}:
        store.decide(feedback, "accepted")
    return added


def _suggested(feedback: Feedback, texts: Mapping[str, str], passages: Mapping[int, Quotation]) -> Question | None:
    if feedback.verdict == "nothing here":
        return _question(feedback)
    if feedback.verdict == "unhelpful":
        return None
    right = _quoted(feedback.quote, feedback.place, texts) if feedback.quote and feedback.place else passages.get(1)
    return _question(feedback, right) if right else None


def _quoted(quote: str, place: Place, texts: Mapping[str, str]) -> Quotation | None:
    """Return the current form of the words that a reader marked, or None if they are gone."""
    quoted = Quotation(document=place.document, quote=quote, start=place.span.start)
    text = texts.get(place.document, "")
    if locate(quoted, text) is None:
        return anchored(quoted, texts)
    return quotation(place, text)


def _question(feedback: Feedback, right: Quotation | None = None) -> Question:
    return Question.model_validate(
        {
            "question": feedback.question,
            "kind": KIND,
            "history": [SaidBefore(role=turn.role, content=turn.content) for turn in feedback.history],
            "answers": [right] if right else [],
            "answerable": right is not None,
        }
    )
