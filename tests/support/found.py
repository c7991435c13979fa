"""Compares what two engines find."""

from __future__ import annotations

import numpy as np

from citewell.index.numbering import Ordinals
from citewell.index.settled import Scores

Found = tuple[Ordinals, Scores]
# Those whose scores differ by less may change places.
ALIKE = 1e-5


def compare(ours: Found, theirs: Found) -> None:
    """Assert that two lists are equal in order, but for those whose scores differ by hardly anything."""
    assert len(ours[0]) == len(theirs[0])
    assert ours[1].dtype == theirs[1].dtype == np.float32
    assert (np.diff(ours[1]) <= 0).all()
    assert np.abs(ours[1] - theirs[1]).max(initial=0) < ALIKE * max(1.0, float(np.abs(ours[1]).max(initial=1)))
    score = dict(zip(*(each.tolist() for each in theirs), strict=True))
    for at, ordinal in enumerate(ours[0].tolist()):
        expected = theirs[1][at]
        # One at the end of the list may have another instead.
        assert abs(score.get(ordinal, theirs[1][-1]) - expected) < ALIKE * max(1.0, expected)


def in_order(found: Found) -> None:
    """Assert that equal scores are in the order of their numbers."""
    ordinals, scores = found
    same = np.flatnonzero(np.diff(scores) == 0)
    assert (ordinals[same] < ordinals[same + 1]).all()
