"""Cases of a test, of which `make test` runs the first, and `make test-long` the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def others_long(cases: Iterable[Any], *, first: int = 1) -> list[Any]:
    """Return the cases of ``pytest.mark.parametrize``, with all but the first ones marked ``long``.

    Args:
        cases: What the test takes: a value each, or a tuple of values, or what ``pytest.param`` made.
        first: How many of them `make test` runs.
    """
    return [case if nth < first else _long(case) for nth, case in enumerate(cases)]


def _long(case: Any) -> Any:
    marked = pytest.mark.long
    if hasattr(case, "marks"):
        return pytest.param(*case.values, marks=(*case.marks, marked), id=case.id)
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=marked)
