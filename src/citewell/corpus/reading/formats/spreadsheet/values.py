"""The values of cells as one would write them."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

from citewell.corpus.reading.formats.sheet_rows import plain
from citewell.corpus.reading.formats.spreadsheet.percents import Show

Value = int | float | str | bool | datetime.time | datetime.date | datetime.timedelta


def text_of(value: Value, show: Show | None = None) -> str:
    """Return a value as one would write it: dates as ISO 8601, numbers with as many digits as they are shown with at most.

    Args:
        value: What the cell holds.
        show: How its number is shown, if that is something else.
    """
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if show and isinstance(value, int | float):
        return show(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        second = value.replace(microsecond=0) + datetime.timedelta(seconds=round(value.microsecond / 1e6))
        is_day = second.time() == datetime.time()
        return second.date().isoformat() if is_day else second.isoformat(" ", "seconds").removesuffix(":00")
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, datetime.time):
        return value.isoformat("seconds").removesuffix(":00")
    return str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    # Excel keeps and shows 15 digits: 0.1 + 0.2 is 0.3.
    exact = Decimal(f"{value:.15g}")
    return f"{exact:f}" if -10 < exact.adjusted() < 20 else f"{value:.15g}"
