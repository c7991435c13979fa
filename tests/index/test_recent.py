"""What was used most recently is remembered, and no more than that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citewell.index.recent import Recent


@given(uses=st.lists(st.integers(0, 6), max_size=40), most=st.integers(1, 5))
def test_the_keys_used_last_are_remembered(uses: list[int], most: int) -> None:
    recent: Recent[int, str] = Recent(most)
    used: list[int] = []
    for key in uses:
        expected = str(key) if key in used[-most:] else None
        assert recent.get(key) == expected
        if expected is None:
            recent.put(key, str(key))
        used = [*(each for each in used if each != key), key]
