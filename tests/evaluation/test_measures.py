"""The measures of one question, against values computed by hand from the definitions of the benchmark's README."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.answer import Lead
from citewell.evaluation.measures import DEPTHS, first_hit, measure, new_characters, nothing_found
from tests.support.runs import At, passages, place


def test_an_answer_found_in_parts() -> None:
    # Wanted: characters 100 to 200. Shown: 0-50 (nothing), 90-140 (40 of it), 120-220 (60 more, 20 again), 500-600.
    found = measure(
        [place(("a", 100, 200))], passages([("a", 0, 50), ("a", 90, 140), ("a", 120, 220), ("a", 500, 600)])
    )
    assert found["recall@1"] == 0
    assert found["recall@3"] == 1
    assert found["precision@1"] == 0
    assert found["precision@3"] == pytest.approx(100 / 200)
    assert found["precision@5"] == pytest.approx(100 / 300)
    assert found["IoU@3"] == pytest.approx(100 / 200)
    assert found["IoU@10"] == pytest.approx(100 / 300)
    # The second shows 40 of 100, which is less than half; the third shows 80.
    assert [found[f"hit@{depth}"] for depth in DEPTHS] == [0, 1, 1, 1]
    assert found["MRR@10"] == pytest.approx(1 / 3)
    assert found["nDCG@10"] == pytest.approx(0.4 / math.log2(3) + 0.6 / math.log2(4))
    assert found["highlight@1"] == 0


def test_several_answers_in_two_documents() -> None:
    # Wanted: 10 characters of a and 30 of b. Shown: all of b's, then 8 of a's.
    found = measure([place(("a", 0, 10)), place(("b", 50, 80))], passages([("b", 50, 90), ("a", 2, 12)]))
    assert found["recall@1"] == pytest.approx(30 / 40)
    assert found["recall@3"] == pytest.approx(38 / 40)
    assert found["precision@1"] == pytest.approx(30 / 40)
    assert found["IoU@1"] == pytest.approx(30 / (40 + 40 - 30))
    assert found["hit@1"] == found["MRR@10"] == found["highlight@1"] == 1
    assert found["nDCG@10"] == pytest.approx(30 / 40 + 8 / 40 / math.log2(3))


def test_everything_in_the_first_passage_is_the_best_there_is() -> None:
    found = measure([place(("a", 10, 20))], passages([("a", 10, 20), ("b", 0, 10)]))
    assert {found[name] for name in ("hit@1", "recall@1", "precision@1", "IoU@1", "MRR@10", "nDCG@10")} == {1.0}
    assert found["precision@3"] == 0.5


def test_a_hit_is_half_of_the_shortest_answer() -> None:
    gold = [place(("a", 0, 100)), place(("a", 200, 210))]
    assert first_hit(gold, passages([("a", 205, 300)])) == 1
    assert first_hit(gold, passages([("a", 206, 300)])) is None
    # Five characters of the longer one are half as many as the shortest has.
    assert first_hit(gold, passages([("a", 500, 600), ("a", 95, 120)])) == 2
    assert first_hit(gold, passages([("b", 0, 100)])) is None


def test_overlapping_answers_count_each_character_once() -> None:
    found = measure([place(("a", 0, 10)), place(("a", 5, 15))], passages([("a", 0, 15)]))
    assert (found["recall@1"], found["precision@1"], found["IoU@1"]) == (1, 1, 1)


def test_highlight_is_of_the_first_passage_only() -> None:
    gold = [place(("a", 100, 110))]
    assert measure(gold, passages([("a", 90, 150)], [(105, 120)]))["highlight@1"] == 1
    assert measure(gold, passages([("a", 90, 150)], [(110, 120)]))["highlight@1"] == 0
    assert measure(gold, passages([("b", 90, 150), ("a", 90, 150)]))["highlight@1"] == 0


def test_marks_are_compared_with_the_answer_character_by_character() -> None:
    # Wanted of a: 100 to 140. Marked: 120 to 180, so 20 are right, of 60 that are marked and of 40 that are wanted.
    gold = [place(("a", 100, 140))]
    found = measure(gold, passages([("a", 90, 190)], [(120, 180)]))
    assert found["highlight precision"] == pytest.approx(20 / 60)
    assert found["highlight recall"] == pytest.approx(20 / 40)
    assert found["highlight F1"] == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    exact = measure(gold, passages([("a", 90, 190), ("a", 190, 300)], [(100, 140), (200, 300)]))
    assert [exact[f"highlight {name}"] for name in ("precision", "recall", "F1")] == [1, 1, 1]


def test_marks_are_compared_with_every_answer_in_the_document_that_is_shown() -> None:
    # Two answers of a overlap (100 to 130 in all), and 1,000 characters of b cannot be marked in a.
    gold = [place(("a", 100, 120)), place(("a", 110, 130)), place(("b", 0, 1000))]
    found = measure(gold, passages([("a", 90, 150)], [(110, 125)]))
    assert (found["highlight precision"], found["highlight recall"]) == (1, 0.5)


def test_marks_in_the_wrong_place_or_of_a_later_passage_count_nothing() -> None:
    gold = [place(("a", 100, 110))]
    for shown, marks in (
        ([("a", 90, 150)], [(110, 120)]),
        ([("b", 90, 150), ("a", 90, 150)], [(100, 110), (100, 110)]),
    ):
        found = measure(gold, passages(shown, marks))
        assert [found[f"highlight {name}"] for name in ("precision", "recall", "F1")] == [0, 0, 0]


def test_what_comes_after_the_tenth_passage_does_not_count_for_mrr_and_ndcg() -> None:
    shown: list[At] = [("b", nth, nth + 1) for nth in range(10)]
    found = measure([place(("a", 0, 10))], passages([*shown, ("a", 0, 10)]))
    assert (found["MRR@10"], found["nDCG@10"], found["recall@10"]) == (0, 0, 0)


def test_silence_counts_as_zero_everywhere() -> None:
    assert nothing_found().keys() == measure([place(("a", 0, 1))], passages([("a", 0, 1)])).keys()
    assert set(nothing_found().values()) == {0.0}
    assert measure([place(("a", 0, 1))], ()) == nothing_found()


SPANS = st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(1, 20)).map(
    lambda each: (each[0], each[1], each[1] + each[2])
)


@given(st.lists(SPANS, min_size=1, max_size=4), st.lists(SPANS, max_size=10))
def test_measures_are_shares_and_grow_with_depth(gold: list[At], shown: list[At]) -> None:
    wanted, found = [place(at) for at in gold], passages(shown)
    values = measure(wanted, found)
    assert all(0 <= value <= 1 + 1e-12 for value in values.values())
    for name in ("hit", "recall"):
        by_depth = [values[f"{name}@{depth}"] for depth in DEPTHS]
        assert by_depth == sorted(by_depth)
    covered = {(d, c) for d, s, e in gold for c in range(s, e)} & {(d, c) for d, s, e in shown for c in range(s, e)}
    assert sum(new_characters(wanted, found)) == len(covered)


@pytest.mark.parametrize(
    ("start", "end", "hit"),
    [(100, 140, 1), (80, 121, 1), (60, 119, 0), (0, 400, 1), (110, 112, 1), (200, 240, 0)],
    ids=["all", "half", "less than half", "around it", "inside it", "elsewhere"],
)
def test_the_lead_hits_with_half_of_it_or_half_of_an_answer(start: int, end: int, hit: int) -> None:
    shown = passages([("b", 0, 400), ("a", 0, 400)])
    gold, other = [place(("a", 100, 140))], Lead(rank=1, start=100, end=140)
    assert measure(gold, shown, [Lead(rank=2, start=start, end=end), other])["lead hit"] == hit
    # What comes first counts, and in its own document.
    assert measure(gold, shown, [other, Lead(rank=2, start=100, end=140)])["lead hit"] == 0
