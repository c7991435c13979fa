"""The log of the server: events on stderr, as text or JSON, without questions."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from citewell.answer import Answer

_questions = False
# Silent until configured: programs that import Citewell get no output on their streams.
_log: structlog.typing.FilteringBoundLogger | None = None
# Every event of a request has its id and, if signed in, its user.
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, as_json: bool = False, questions: bool = False, unicode: bool = True) -> None:
    """Write events, and warnings of libraries, to stderr.

    Args:
        as_json: One JSON object per line instead of text.
        questions: Whether the text of questions is logged, too.
        unicode: Whether stderr can encode every character; if not, JSON is escaped.
    """
    global _log, _questions
    _questions = questions
    render: list[structlog.typing.Processor] = (
        [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=not unicode),
        ]
        if as_json
        # Strings are written as Python literals, so that names and paths cannot control a terminal.
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


def event(name: str, /, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
    """Log an event."""
    if _log:
        _log.info(name, **facts)


def warned(name: str, /, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
    """Log an event that needs attention."""
    if _log:
        _log.warning(name, **facts)


def refused(why: str, /, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
    """Log that something was refused, and why."""
    if _log:
        _log.warning("refused", why=why, **facts)


def failed(error: BaseException, /, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
    """Log an unexpected error with its location; its message, which may contain a question, only if questions are logged."""
    at, trace = [], error.__traceback__
    while trace:
        at.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    details = {"message": str(error)} if _questions else {}
    if _log:
        _log.error("error", kind=type(error).__name__, at=at[-6:], **details, **facts)


def answered(answer: Answer) -> None:
    """Log that a question was answered; its text only if questions are logged."""
    text = {"question": answer.question} if _questions else {}
    event(
        "question answered",
        answered=answer.answered,
        confidence=round(answer.confidence, 3),
        ms=round(answer.seconds * 1000, 1),
        words=len(answer.question.split()),
        **text,
    )
