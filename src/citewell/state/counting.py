"""Counting within a moving window: the window of one key, and the windows of all keys in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque


class Window:
    """What was counted of one key: times and costs, oldest first.

    Args:
        seconds: The length of the window.
        entries: The times and costs so far.
    """

    def __init__(self, seconds: float, entries: deque[tuple[float, int]] | None = None) -> None:
        self.entries: deque[tuple[float, int]] = deque() if entries is None else entries
        self._seconds = seconds

    @property
    def newest(self) -> float:
        """The time of the last entry."""
        return self.entries[-1][0]

    @property
    def counted(self) -> int:
        """The total cost."""
        return sum(cost for _, cost in self.entries)

    def forget(self, now: float) -> None:
        """Remove what is no longer in the window."""
        while self.entries and self.entries[0][0] <= now - self._seconds:
            self.entries.popleft()

    def wait(self, cost: int, most: int, now: float) -> float:
        """Return the seconds until there is room for a cost, or 0."""
        over = self.counted + cost - most
        if over > 0:
            for then, each in self.entries:
                over -= each
                if over <= 0:
                    return then + self._seconds - now
        return 0


class MemoryCounts:
    """The counts of a limit in memory (`storage.Counts`), with a monotonic clock: changes of the system time do not matter.

    Args:
        most: How much may be counted for a key.
        seconds: In a window of so many.
    """

    is_shared = False

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._lock = threading.Lock()
        # Ordered by the time of the last request.
        self._windows: OrderedDict[str, Window] = OrderedDict()

    def hit(self, key: str, cost: int) -> float:
        """Count a cost unless the limit would be exceeded (`storage.Counts.hit`)."""
        with self._lock:
            # Inside the lock, so that entries are ordered by time.
            now = time.monotonic()
            window = self._window(key, now)
            wait = window.wait(cost, self._most, now)
            if not wait:
                window.entries.append((now, cost))
                self._windows[key] = window
                self._windows.move_to_end(key)
        return wait

    def wait(self, key: str) -> float:
        """Return the seconds until there is room (`storage.Counts.wait`)."""
        with self._lock:
            now = time.monotonic()
            return self._window(key, now).wait(1, self._most, now)

    def counted(self, key: str) -> int:
        """Return the total cost in the window."""
        with self._lock:
            return self._window(key, time.monotonic()).counted

    def _window(self, key: str, now: float) -> Window:
        """Return the window of a key, after forgetting the keys that have nothing in theirs."""
        while self._windows and next(iter(self._windows.values())).newest <= now - self._seconds:
            self._windows.popitem(last=False)
        window = self._windows.get(key) or Window(self._seconds)
        window.forget(now)
        return window
