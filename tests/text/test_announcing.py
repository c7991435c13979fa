"""A question and the words before a list announce what follows; alone they are no answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from citewell.text.announcing import is_question, last_announced


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Is it so?", "en"),
        ("**Is it so?**", "en"),
        ("“Is it so?”", "en"),
        ("Is it so?!", None),
        ("Je to tak? ", "cs"),
        ("是这样吗？", "zh"),
        ("هل هذا صحيح؟", "ar"),
        ("Έτσι είναι;", "el"),
    ],
)
def test_a_question_is_known_by_its_end(sentence: str, language: str | None) -> None:
    assert is_question(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [("It is so.", "en"), ("It is so;", "en"), ("Is it? It is.", "en"), ("", None), ("Έτσι είναι.", "el")],
)
def test_a_statement_is_no_question(sentence: str, language: str | None) -> None:
    assert not is_question(sentence, language)


@pytest.mark.parametrize(
    ("sentences", "last"),
    [
        (["It is so.", "It is."], 0),
        (["Is it so?", "It is.", "It was."], 1),
        (["Is it?", "Was it?", "It is.", "So."], 2),
        (["Is it so?"], 0),
        (["You need:", "- a pen", "- ink", "It is blue."], 2),
        (["You need:", "\n\n1. a pen", "\n2. ink", "\n3. paper"], 3),
        (["你需要：", "（1）笔", "（2）墨", "谢谢。"], 2),
        (["你需要：", "1、墨", "2、纸", "谢谢。"], 2),
        (["**You need:**", "• a pen", "• ink", "Thank you."], 2),
        (["What do I need?", "a) a pen", "b) ink"], 2),
        (["You need: a pen.", "- ink"], 0),
        (["He says:", "It is 3. It was 4.", "4. is even."], 1),
    ],
)
def test_what_follows_is_the_next_sentence_or_the_whole_list(sentences: Sequence[str], last: int) -> None:
    assert last_announced(sentences.__getitem__, 0, len(sentences), "en") == last
