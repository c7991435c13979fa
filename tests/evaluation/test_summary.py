"""What a run is worth, computed by hand."""

from __future__ import annotations

import math

import pytest

from citewell.errors import BelowLimitError, UsageError
from citewell.evaluation.summary import check_limits, document_measures, read_limits, summarise
from tests.support.runs import At, outcome, run

RUN = run(
    "made",
    outcome("one", [("a", 0, 10)], [("a", 0, 10)], kind="literal", confidence=0.9, seconds=0.1),
    outcome(
        "two", [("b", 0, 10)], [("a", 0, 10), ("a", 50, 60), ("b", 0, 10)], kind="far off", confidence=0.7, seconds=0.2
    ),
    outcome("silent", [("a", 0, 10)], None, kind="far off"),
    outcome("unanswerable", [], [("a", 0, 10)], confidence=0.8, seconds=0.3),
    outcome("unanswerable too", [], [("a", 0, 10)], confidence=0.1, seconds=0.4),
)


def test_a_question_missing_from_a_run_counts_as_zero() -> None:
    found = summarise(RUN)
    assert (found.answerable, found.unanswerable) == (3, 2)
    assert found.measures["hit@1"].mean == pytest.approx(1 / 3)
    assert found.measures["hit@3"].mean == pytest.approx(2 / 3)
    assert found.measures["MRR@10"].mean == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert found.measures["recall@5"].low <= found.measures["recall@5"].mean <= found.measures["recall@5"].high


def test_documents_are_ranked_by_their_first_passage() -> None:
    found = summarise(RUN).measures
    # Of the second question, a comes before b, though a has two passages before it.
    assert found["document nDCG@10"].mean == pytest.approx((1 + 1 / math.log2(3) + 0) / 3)
    assert found["document hit@1"].mean == pytest.approx(1 / 3)
    assert found["document hit@5"].mean == pytest.approx(2 / 3)
    assert found["document R@10"].mean == pytest.approx(2 / 3)
    assert found["document RR@10"].mean == pytest.approx((1 + 1 / 2 + 0) / 3)


def test_the_right_document_first_is_a_hit_wherever_in_it_the_passage_is() -> None:
    shown: list[At] = [("a", 500, 510), ("b", 0, 10)]
    found = summarise(
        run("made", outcome("one", [("a", 0, 10)], shown), outcome("two", [("b", 0, 10)], shown))
    ).measures
    assert found["hit@1"].mean == 0
    assert found["document hit@1"].mean == pytest.approx(1 / 2)


def test_a_document_after_five_others_is_no_hit_at_five() -> None:
    # Six places, five documents: x counts once.
    shown: list[At] = [("x", 0, 1), ("x", 5, 6), ("y", 0, 1), ("z", 0, 1), ("u", 0, 1), ("a", 0, 1), ("b", 0, 1)]
    found = summarise(run("made", outcome("one", [("a", 0, 1)], shown), outcome("two", [("b", 0, 1)], shown))).measures
    assert found["document hit@5"].mean == pytest.approx(1 / 2)


def test_documents_are_measured_in_the_order_of_the_questions() -> None:
    shown: list[At] = [("b", 0, 1), ("c", 0, 1), ("a", 0, 1)]
    outcomes = [outcome(name, [("a", 0, 1)], shown[nth:]) for nth, name in enumerate(["z", "10", "9"])]
    silent = outcome("a", [("a", 0, 1)], None)
    found = document_measures([silent, *outcomes])
    assert found["document RR@10"] == pytest.approx([0, 1 / 3, 1 / 2, 1])
    assert set(document_measures([silent])) == set(found)
    assert document_measures([silent])["document RR@10"] == [0]


def test_kinds_are_summed_up_apart() -> None:
    kinds = summarise(RUN).kinds
    assert list(kinds) == ["literal", "far off"]
    assert (kinds["literal"]["questions"], kinds["literal"]["hit@1"]) == (1, 1)
    assert (kinds["far off"]["questions"], kinds["far off"]["hit@3"]) == (2, 0.5)


def test_refusal_is_reported_by_confidence_and_by_what_was_answered() -> None:
    refusal = summarise(RUN).refusal
    # 0.9, 0.7 and silence (0) against 0.8 and 0.1: 2 + 1 + 0 of 6 pairs.
    assert refusal.auroc == pytest.approx(3 / 6)
    assert refusal.answered_of_answerable == pytest.approx(2 / 3)
    assert refusal.refused_of_unanswerable == pytest.approx(1 / 2)
    without = summarise(run("made", RUN.outcomes[0])).refusal
    assert (without.auroc, without.refused_of_unanswerable) == (None, None)


def test_latency_and_length_are_of_what_was_answered() -> None:
    found = summarise(RUN)
    assert found.latency["p50"] == pytest.approx(0.25)
    assert found.latency["p99"] == pytest.approx(0.397)
    assert found.shown == 10


def test_a_run_of_nothing_that_is_covered_has_no_measures() -> None:
    found = summarise(run("made", RUN.outcomes[3]))
    assert found.measures == {}
    assert found.refusal.answered_of_answerable is None


def test_limits_are_held() -> None:
    found = summarise(RUN)
    check_limits(read_limits(["hit@3=0.6", "refused=0.5", "AUROC=0.5", "document R@10=0.6"]), found)
    with pytest.raises(BelowLimitError, match=r"hit@1 is 0\.333, required is 0\.9"):
        check_limits(read_limits(["hit@1=0.9"]), found)
    with pytest.raises(BelowLimitError, match="refused is unknown"):
        check_limits(read_limits(["refused=0.5"]), summarise(run("made", RUN.outcomes[0])))


@pytest.mark.parametrize("said", ["hit@5", "hit@5=", "hit@5=high", "hits=0.5", "=0.5"])
def test_what_is_no_limit_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match=r"not a limit|no figure"):
        read_limits([said])
