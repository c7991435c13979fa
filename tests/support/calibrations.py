"""Calibration with few questions, which is nine tenths of building a small index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from citewell.search import calibrating
from citewell.search.everyday import questions_for

_QUESTIONS = calibrating._QUESTIONS
# Of those of each kind.
_FEW = 5


def calibrate_by_few() -> None:
    """Have builds in this process calibrate with few questions from now on."""
    _calibrate_by(_FEW)


@contextmanager
def calibrated(*, by_all: bool) -> Iterator[None]:
    """Have builds in this process calibrate with all questions, as they do, or with few, where the curve does not matter."""
    before = {name: vars(calibrating)[name] for name in ("_QUESTIONS", "questions_for")}
    _calibrate_by(1 if by_all else _FEW)
    try:
        yield
    finally:
        vars(calibrating).update(before)


def _calibrate_by(part: int) -> None:
    def chosen(documents: Mapping[str, int]) -> dict[str, int]:
        return {language: -(-count // part) for language, count in questions_for(documents).items()}

    vars(calibrating).update(_QUESTIONS=_QUESTIONS // part, questions_for=chosen)
