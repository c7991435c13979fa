"""How fast work goes, and how long the rest takes, in words."""

from __future__ import annotations

import time

# Before that, both would be guesses.
_LEAST_SECONDS = 2.0
_MINUTE = 60


class Pace:
    """The speed of the stages of one piece of work, each from its first report on.

    What was done before that, as in a build that goes on where it was stopped, does not count for the speed. A stage that goes
    back, such as the pages of the next scan, begins again.
    """

    def __init__(self) -> None:
        self._began: dict[str, tuple[float, int]] = {}
        self._last: dict[str, int] = {}

    def told(self, stage: str, done: int, total: int, *, now: float | None = None) -> str:
        """Note a report of progress, and return the speed and the time left; nothing while neither is known.

        Args:
            stage: The stage.
            done: How many of its steps are done.
            total: How many there are.
            now: The time, in seconds; None is now.
        """
        now = time.monotonic() if now is None else now
        if done < self._last.get(stage, 0):
            del self._began[stage]
        self._last[stage] = done
        began, first = self._began.setdefault(stage, (now, done))
        if now - began < _LEAST_SECONDS or done <= first or done >= total:
            return ""
        speed = (done - first) / (now - began)
        return f"{speed:,.{0 if speed >= 10 else 1}f} a second, about {_left((total - done) / speed)} left"


def _left(seconds: float) -> str:
    if seconds < 1.5 * _MINUTE:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / _MINUTE)
    return f"{minutes} minutes" if minutes < 1.5 * _MINUTE else f"{seconds / 3600:.1f} hours"
