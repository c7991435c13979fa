"""Reviewing feedback: each piece becomes a test question, or is put aside, as a person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from citewell.answer import Place
from citewell.evaluation.questions.anchoring import anchored, locate, quotation
from citewell.evaluation.questions.feedback import Feedback, FeedbackStore
from citewell.evaluation.questions.sets import Question, Quotation, SaidBefore, append_question, read_questions
from citewell.index.folder import Snapshot

KIND = "feedback"


@dataclass(frozen=True, slots=True)
class Review:
    """A piece of feedback and what can be made of it.

    ``suggested`` is the question that the reader's word amounts to, or None where it amounts to none. ``passages`` are the
    passages that were shown, by their ranks, as far as their documents still say the same.
    """

    feedback: Feedback
    suggested: Question | None
    passages: Mapping[int, Quotation]

    def answered_by(self, rank: int) -> Question:
        """Return the question with a passage that was shown as its right answer."""
        return _question(self.feedback, self.passages[rank])

    def not_covered(self) -> Question:
        """Return the question as one that the corpus does not cover."""
        return _question(self.feedback)


def reviews(pending: list[Feedback], texts: Mapping[str, str], snapshot: str) -> Iterator[Review]:
    """Yield what can be made of each piece of feedback.

    Args:
        pending: The feedback.
        texts: The text of each document now, by its path.
        snapshot: The snapshot that these texts are of; passages that another one showed may stand elsewhere by now.
    """
    for feedback in pending:
        places = enumerate(feedback.passages, 1) if feedback.snapshot == snapshot else ()
        passages = {rank: quotation(place, texts[place.document]) for rank, place in places if place.document in texts}
        yield Review(feedback, _suggested(feedback, texts, passages), passages)


def waiting(store: FeedbackStore, snapshot: Snapshot) -> list[Review]:
    """Return what can be made of the feedback that nobody has decided on yet, oldest first.

    Args:
        store: The feedback.
        snapshot: The snapshot whose documents are quoted.
    """
    pending = store.pending()
    held = {each.path for each in snapshot.catalogue.documents()}
    shown = {place.document for each in pending for place in each.passages} & held
    texts = {path: snapshot.catalogue.document(path).text for path in shown}
    return list(reviews(pending, texts, snapshot.manifest.name))


def accept(feedback: Feedback, question: Question, store: FeedbackStore, file: Path) -> bool:
    """Add the question that was made of feedback to a set, and note that it is decided on.

    Args:
        feedback: The feedback.
        question: The question.
        store: Where the feedback is kept.
        file: The set, which is made where there is none.

    Returns:
        Whether it was added; it is not where the set has the question already. If it has it with another answer, nothing is
        decided.

    Raises:
        QuestionError: The file is no question set.
    """
    # First the set, then the note: an interruption in between asks again, and adds nothing twice.
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
    """Return the words that a reader pointed at as they stand now, or None where they do not any more."""
    said = Quotation(document=place.document, quote=quote, start=place.span.start)
    text = texts.get(place.document, "")
    if locate(said, text) is None:
        return anchored(said, texts)
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
