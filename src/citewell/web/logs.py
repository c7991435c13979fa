"""What the server tells whoever runs it: events on stderr, for people or as JSON, without what was asked."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from citewell.answer import Answer

_questions = False
# Silent until it is said where to: who only imports Citewell gets no lines on a stream of theirs.
_log: structlog.typing.FilteringBoundLogger | None = None
# Every event of one request has its id and, where somebody is signed in, its user.
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, as_json: bool = False, questions: bool = False, unicode: bool = True) -> None:
    """Have events, and what libraries warn of, written to stderr.

    Args:
        as_json: One JSON object a line; else lines for people.
        questions: Whether the text of questions is written, too.
        unicode: Whether stderr takes every letter; JSON has escapes else.
    """
    global _log, _questions
    _questions = questions
    render: list[structlog.typing.Processor] = (
        [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=not unicode),
        ]
        if as_json
        # What a name or a path is made of is written as Python writes it, so that it cannot draw on a terminal.
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0, repr_native_str=True)]
    )
    _log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[*_SHARED, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    handler = logging.StreamHandler(sys.stderr)
    plain = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[plain, *render]))
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.WARNING)
    logging.captureWarnings(as_json)


def event(name: str, /, **facts: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Log an event."""
    if _log:
        _log.info(name, **facts)


def warned(name: str, /, **facts: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Log an event that somebody should see to."""
    if _log:
        _log.warning(name, **facts)


def refused(why: str, /, **facts: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Log that something was not done, and why."""
    if _log:
        _log.warning("refused", why=why, **facts)


def failed(error: BaseException, /, **facts: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Log an error that nobody expected: where it arose; its message only where questions are logged, for it may hold one."""
    at, trace = [], error.__traceback__
    while trace:
        at.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    told = {"message": str(error)} if _questions else {}
    if _log:
        _log.error("error", kind=type(error).__name__, at=at[-6:], **told, **facts)


def answered(answer: Answer) -> None:
    """Log that a question was answered; its text only where that was asked for."""
    text = {"question": answer.question} if _questions else {}
    event(
        "question answered",
        answered=answer.answered,
        confidence=round(answer.confidence, 3),
        ms=round(answer.seconds * 1000, 1),
        words=len(answer.question.split()),
        **text,
    )
