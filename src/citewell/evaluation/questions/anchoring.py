"""Anchoring: locates the quotations of a question set in a corpus, and repairs those that are not found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import process

from citewell.answer import Place
from citewell.corpus.reading import check_corpus, read, scan
from citewell.document import Document
from citewell.errors import QuestionError, ReadingError
from citewell.evaluation.questions.sets import Question, QuestionSet, Quotation
from citewell.index.known_files import options_of
from citewell.settings import Settings
from citewell.text.quotations import ALIKE, SAME_WORDS, nearest, occurrences

_MOST_STARTS = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with a quotation; ``line`` is that of its question. ``suggestion`` is what may have been meant."""

    line: int
    question: str
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        hint = f"; did you mean: {self.suggestion}" if self.suggestion else ""
        return f"line {self.line} ({self.question}): {self.message}{hint}"

    def to_json(self) -> dict[str, Any]:
        """Return the problem as JSON."""
        return {
            "line": self.line,
            "question": self.question,
            "message": self.message,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class Repair:
    """The result of a repair: changed questions by their position, and the remaining problems."""

    changed: dict[int, Question]
    problems: list[Problem]

    def to_json(self) -> dict[str, Any]:
        """Return the repair as JSON."""
        return {
            "changed": [question.to_content() for question in self.changed.values()],
            "problems": [problem.to_json() for problem in self.problems],
        }


def corpus_texts(corpus: Path, settings: Settings) -> dict[str, str]:
    """Return the text of each document of a corpus, by path; unreadable files are skipped.

    Args:
        corpus: The folder of the corpus.
        settings: Which files are documents, and how they are read, as in a build.

    Raises:
        UsageError: The corpus is not a folder.
    """
    texts: dict[str, str] = {}
    check_corpus(corpus)
    options = options_of(settings.reading)
    for source in scan(corpus, settings.selection).files:
        try:
            texts |= _texts_of(read(source, options))
        except ReadingError:
            continue
    return texts


def _texts_of(document: Document) -> dict[str, str]:
    """Return the text of a document, and of those inside it."""
    texts = {document.path: document.text}
    for each in document.attached:
        texts |= _texts_of(each)
    return texts


def locate(answer: Quotation, text: str) -> int | None:
    """Return the start of a quotation in its document, or None if it is missing or ambiguous."""
    if answer.start is not None:
        return answer.start if text.startswith(answer.quote, answer.start) else None
    starts = occurrences(answer.quote, text, 2)
    return starts[0] if len(starts) == 1 else None


def gold(question: Question, texts: Mapping[str, str]) -> tuple[Place, ...]:
    """Return the places of the right answers of a question.

    Raises:
        QuestionError: A quotation is not at its place; ``citewell questions check`` explains.
    """
    places = []
    for answer in question.answers:
        start = locate(answer, texts.get(answer.document, ""))
        if start is None:
            raise QuestionError(
                f"question {question.id!r}: the quotation “{_short(answer.quote)}” is not in {answer.document}",
                hint="`citewell questions check` explains why, and `citewell questions repair` moves quotations",
            )
        places.append(Place(document=answer.document, start=start, end=start + len(answer.quote)))
    return tuple(places)


def anchored(answer: Quotation, texts: Mapping[str, str]) -> Quotation | None:
    """Return a quotation with its current place and words, if it moved or was slightly edited; None if this is not certain."""
    text = texts.get(answer.document)
    if text is None:
        homes = [path for path, other in texts.items() for _ in occurrences(answer.quote, other, 2)]
        return Quotation(document=homes[0], quote=answer.quote) if len(homes) == 1 else None
    if locate(answer, text) is not None:
        return answer
    starts = occurrences(answer.quote, text)
    if len(starts) == 1:
        return Quotation(document=answer.document, quote=answer.quote)
    if starts:
        if answer.start is None:
            return None
        closest = min(starts, key=lambda start: abs(start - (answer.start or 0)))
        return answer.model_copy(update={"start": closest})
    found = nearest(answer.quote, text)
    if found is None or found[1] < SAME_WORDS:
        return None
    quote = found[0].of(text)
    start = found[0].start if len(occurrences(quote, text, 2)) > 1 else None
    return Quotation(document=answer.document, quote=quote, start=start)


def quotation(place: Place, text: str) -> Quotation:
    """Quote a place of a document, with its start if the same words occur elsewhere in it.

    Args:
        place: The place.
        text: The text of its document.
    """
    quote = place.span.of(text)
    repeated = len(occurrences(quote, text, 2)) > 1
    return Quotation(document=place.document, quote=quote, start=place.span.start if repeated else None)


def check(questions: QuestionSet, texts: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the problems of the quotations of a set, with suggestions.

    Args:
        questions: The set.
        texts: The text of each document, by path.
    """
    for line, question in zip(questions.lines, questions.questions, strict=True):
        for answer in question.answers:
            if locate(answer, texts.get(answer.document, "")) is None:
                yield _problem(line, question, answer, texts)


def repair(questions: QuestionSet, texts: Mapping[str, str]) -> Repair:
    """Update quotations that moved or were slightly edited, in their document or in another one.

    Args:
        questions: The set.
        texts: The text of each document, by path.
    """
    changed: dict[int, Question] = {}
    problems = []
    for nth, (line, question) in enumerate(zip(questions.lines, questions.questions, strict=True)):
        answers = [anchored(answer, texts) for answer in question.answers]
        for old, new in zip(question.answers, answers, strict=True):
            if new is None:
                problems.append(_problem(line, question, old, texts))
        kept = tuple(new or old for old, new in zip(question.answers, answers, strict=True))
        if kept != question.answers:
            changed[nth] = question.model_copy(update={"answers": kept})
    return Repair(changed, problems)


def _problem(line: int, question: Question, answer: Quotation, texts: Mapping[str, str]) -> Problem:
    def problem(message: str, suggestion: str | None = None) -> Problem:
        return Problem(line, question.id, message, suggestion)

    text = texts.get(answer.document)
    if text is None:
        near = process.extractOne(answer.document, list(texts), score_cutoff=ALIKE)
        return problem(f"the corpus has no document {answer.document!r}", near[0] if near else None)
    starts = occurrences(answer.quote, text)
    quoted = f"“{_short(answer.quote)}”"
    if answer.start is not None and starts:
        near_start = min(starts, key=lambda start: abs(start - (answer.start or 0)))
        return problem(f"{quoted} does not start at {answer.start} in {answer.document}", f"start: {near_start}")
    if starts:
        some = ", ".join(map(str, starts[:_MOST_STARTS]))
        return problem(
            f"{quoted} occurs {len(starts)} times in {answer.document}; add start to choose one",
            f"start: one of {some}{' …' if len(starts) > _MOST_STARTS else ''}",
        )
    found = nearest(answer.quote, text)
    return problem(
        f"{quoted} is not in {answer.document}",
        f"“{found[0].of(text)}” (at {found[0].start})" if found else None,
    )


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else quote[:57] + "…"
