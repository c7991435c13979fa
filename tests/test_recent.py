"""What was used most recently is remembered, and no more than that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant
from citewell.recent import Recent


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


def test_passages_that_were_read_are_not_read_again(assistant: Assistant) -> None:
    catalogue = assistant.snapshot.catalogue
    first = catalogue.passages([2, 0, 2])
    assert [each.ordinal for each in first] == [2, 0, 2]
    again = catalogue.passages([0, 1, 2])
    assert again[0] is first[1]
    assert again[2] is first[0]
    assert again[1].ordinal == 1
