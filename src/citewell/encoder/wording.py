"""Whether something is a word, as far as the vocabularies of the models tell."""

from __future__ import annotations

from functools import cache

from tokenizers import Tokenizer

from citewell.encoder.encoding import Encoder
from citewell.encoder.naming import ENGLISH, resolve


def is_word(word: str, encoder: Encoder) -> bool:
    """Return whether a word is a token of its own, with the encoder or with the English model.

    Both are asked, because the vocabulary of a model of a hundred languages has few inflected words of each: "chosen" is two
    tokens with multilingual-e5, like many a typo.

    Args:
        word: The word.
        encoder: The encoder of the index.

    Raises:
        EncoderError: The package of the English model is not installed.
    """
    return len(encoder.token_offsets(word)) == 1 or _english().token_to_id(word.lower()) is not None


@cache
def _english() -> Tokenizer:
    return Tokenizer.from_file(str(resolve(ENGLISH) / "tokenizer.json"))
