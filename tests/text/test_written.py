"""Words as they are written: each as it is compared."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from citewell.text.written import written_forms, written_words


@given(st.text(alphabet="aBé \n-\u00ad.3漢ー한C+#'ʼ\u0301İ", max_size=40))
@example("Sea-\nside, C++ and an ˈʼ")
def test_the_forms_of_a_text_are_those_of_its_words(text: str) -> None:
    assert written_forms(text) == {word.form for word in written_words(text)}
