"""The sentences that an answer begins with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant
from citewell.answer import Answer, Lead
from citewell.index.weights import TermWeights, Weighted
from citewell.search.lead import Said, lead_of, start_of
from citewell.text.concepts import concepts
from tests.support.indexes import assistant_for
from tests.support.runs import passages

TOWN = {
    "tickets.md": "# Tickets\n\nA weekly ticket for zone seven costs thirty-four crowns. It is sold at every machine.\n",
    "dogs.md": "# Animals on board\n\nDogs travel on a leash and need a muzzle in the evening. Cats stay in a basket.\n",
    "again.md": "# Prices\n\nFor zone seven, the weekly ticket costs thirty-four crowns this year.\n",
    "library.md": "# Library\n\nBooks are lent for a month. A reminder is sent by post.\n",
    "pool.md": "# Pool\n\nThe pool opens at seven in the morning. Swimmers shower first.\n",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_for(TOWN, tmp_path_factory.mktemp("town"))


def quoted(answer: Answer) -> list[str]:
    """The texts of the lead, taken from its passages."""
    shown = {each.rank: each for each in answer.passages}
    return [each.span.shifted(-shown[each.rank].start).of(shown[each.rank].text) for each in answer.lead]


def test_an_answer_begins_with_what_is_marked_in_the_best_passage(assistant: Assistant) -> None:
    answer = assistant.ask("What are the challenges of international cooperation?")
    mark = answer.passages[0].highlights[0]
    text = answer.passages[0].marks[0].of(answer.passages[0].text)
    assert answer.lead[0] == Lead(rank=1, start=mark.start, end=mark.end, text=text)
    assert all(text.strip() for text in quoted(answer))


def test_what_the_first_sentence_lacks_comes_from_another_passage_and_nothing_is_said_twice(town: Assistant) -> None:
    one = quoted(town.ask("What does a weekly ticket for zone seven cost?"))
    assert len(one) == 1
    assert "thirty-four crowns" in one[0]
    two = quoted(town.ask("What does a weekly ticket for zone seven cost, and do dogs need a muzzle?"))
    assert len(two) == 2
    assert sum("thirty-four crowns" in text for text in two) == 1
    assert sum("muzzle" in text for text in two) == 1


FAIRS = {
    "spring.md": "# Spring\n\nThe fair is held on the second Sunday of May in the market square.\n",
    "autumn.md": "# Autumn\n\nThe fair is held on the first Saturday of October in the market square.\n",
    "notice.md": "# Notice\n\nIn the market square, the fair is held on the second Sunday of May.\n",
}


def test_two_places_that_may_answer_both_lead_but_the_same_is_not_said_twice(tmp_path: Path) -> None:
    found = quoted(assistant_for(TOWN | FAIRS, tmp_path).ask("When is the fair held?"))
    assert [sum(each in text for text in found) for each in ("second Sunday", "first Saturday")] == [1, 1]


@pytest.mark.parametrize("question", ["How do I repair a carburettor?", "Hello", "Thank you"])
def test_without_an_answer_there_is_no_lead(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert not answer.answered
    assert answer.lead == ()


def test_an_answer_of_an_older_version_has_none(assistant: Assistant) -> None:
    saved = assistant.ask("What are the challenges of international cooperation?").to_json()
    assert Answer.model_validate(saved).lead
    del saved["lead"]
    assert Answer.model_validate(saved).lead == ()


def lead(
    said: Sequence[tuple[set[int], float]], weights: Sequence[float], above: Collection[int] = ()
) -> tuple[Lead, ...]:
    """The lead of passages, given which words each has and its confidence, the words' weights, and those of all headings."""
    concept = concepts("otters", ("en",))[0]
    weighted = TermWeights(tuple(Weighted(concept, weight, 1) for weight in weights), 1.0)
    places = passages([("a.txt", 100 * nth, 100 * nth + 50) for nth in range(len(said))])
    shown = [each.model_copy(update={"confidence": sure}) for each, (_, sure) in zip(places, said, strict=True)]
    found = {
        start_of(each): Said(frozenset(words), frozenset(above)) for each, (words, _) in zip(shown, said, strict=True)
    }
    return lead_of(shown, found, weighted, 0.65)


def test_a_further_passage_is_relevant_and_adds_enough() -> None:
    weights = [4.0, 4.0, 1.0]
    assert [each.rank for each in lead([({0}, 0.9), ({1}, 0.9)], weights)] == [1, 2]
    assert [each.rank for each in lead([({0}, 0.9), ({1}, 0.6)], weights)] == [1]
    assert [each.rank for each in lead([({0}, 0.9), ({1}, 0.9)], weights, above=[1])] == [1]
    assert [each.rank for each in lead([({0, 1}, 0.9), ({0, 1, 2}, 0.9)], weights)] == [1]
    assert [each.rank for each in lead([({2}, 0.1), ({0}, 0.9), ({0}, 0.9), ({1}, 0.9)], weights)] == [1, 2, 4]


def test_it_has_three_sentences_at_most_of_the_first_five_passages() -> None:
    weights = [1.0, 1.0, 1.0, 1.0]
    each_one = [({number}, 0.9) for number in range(4)]
    assert [each.rank for each in lead(each_one, weights)] == [1, 2, 3]
    assert [each.rank for each in lead([({0}, 0.9)] * 4 + each_one[1:], weights)] == [1, 5]


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 4)), st.floats(0, 1)), min_size=1, max_size=8),
    st.lists(st.floats(0.1, 9), min_size=5, max_size=5),
)
def test_a_lead_is_short_in_order_and_starts_with_the_best(
    said: list[tuple[set[int], float]], weights: list[float]
) -> None:
    ranks = [each.rank for each in lead(said, weights)]
    assert ranks[0] == 1
    assert len(ranks) <= 3
    assert ranks == sorted(set(ranks))


SUBTITLES = """1
00:00:01,000 --> 00:00:04,000
The harvest begins when the grapes

2
00:00:04,000 --> 00:00:08,500
have enough sugar, which we measure

3
00:00:09,000 --> 00:00:12,000
every morning with a refractometer.
"""


@pytest.mark.parametrize(
    "question",
    [
        "How is the sugar of the grapes measured?",
        "When does the harvest begin, and how is the sugar measured with a refractometer?",
    ],
)
def test_what_is_quoted_of_subtitles_is_words_only_and_the_time_is_their_place(tmp_path: Path, question: str) -> None:
    answer = assistant_for(TOWN | {"harvest.srt": SUBTITLES}, tmp_path).ask(question)
    first = answer.passages[0]
    assert (first.document, first.place and first.place.kind) == ("harvest.srt", "time")
    marked = [mark.shifted(-first.start).of(first.text) for mark in first.highlights]
    for text in (*quoted(answer), *marked):
        assert "-->" not in text
        assert "\n" not in text


def test_the_question_of_a_subtitle_is_not_quoted_for_the_answer_after_it(tmp_path: Path) -> None:
    spoken = """WEBVTT

00:00:02.000 --> 00:00:07.500
Interviewer: Yusuf, you were in Aarhus last autumn. What surprised you most?

00:00:16.500 --> 00:00:21.000
Interviewer: How did you learn Danish so quickly?

00:00:21.500 --> 00:00:33.000
Yusuf: I joined the rowing club. Nobody there switched to English for me.
"""
    (first, *_) = quoted(assistant_for(TOWN | {"interview.vtt": spoken}, tmp_path).ask("How did Yusuf learn Danish?"))
    assert first.startswith("Yusuf: I joined the rowing club.")
