"""How much feedback may wait for review, wherever it is."""

from __future__ import annotations

from citewell.errors import FeedbackFullError

# More than anyone reviews, and not enough to fill a disk.
MOST_PENDING = 5_000
MOST_BYTES = 32_000_000


def check_waiting(pieces: int, size: int, place: str) -> None:
    """Check how much feedback waits.

    Args:
        pieces: How many pieces.
        size: Their bytes.
        place: Where they are, as the option ``--state`` takes it.

    Raises:
        FeedbackFullError: It is more than is accepted.
    """
    if pieces > MOST_PENDING or size > MOST_BYTES:
        raise FeedbackFullError(
            "too much feedback waits for review, so no more is accepted",
            hint=f"review it: citewell questions from-feedback SET --state {place}",
        )
