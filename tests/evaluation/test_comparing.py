"""Two runs of the same questions."""

from __future__ import annotations

import pytest

from citewell.errors import QuestionError
from citewell.evaluation.comparing import compare
from citewell.evaluation.running import Run
from tests.support.runs import outcome, run

FOUND, MISSED = [("a", 0, 10)], [("b", 0, 10)]


def made(name: str, pattern: str) -> Run:
    """A run whose questions are found (+), missed (-) or not answered at all (.)."""
    shown = {"+": FOUND, "-": MISSED, ".": None}
    return run(name, *(outcome(str(nth), [("a", 0, 10)], shown[each]) for nth, each in enumerate(pattern)))


def test_better_and_worse_are_said_plainly() -> None:
    before, after = made("before", "+" * 20 + "-" * 20), made("after", "+" * 35 + "-" * 5)
    better, worse = compare(before, after), compare(after, before)
    assert better.outcome == "better"
    assert better.verdict.startswith("after is better than before (recall@5 0.500 to 0.875, p < 0.001)")
    assert worse.outcome == "worse"
    assert worse.verdict.startswith("before is worse than after")
    main = better.main
    assert (main.wins, main.ties, main.losses) == (15, 25, 0)
    assert main.difference.mean == pytest.approx(0.375)
    assert 0.2 < main.difference.low < 0.375 < main.difference.high < 0.55


def test_no_difference_says_how_many_questions_would_show_it() -> None:
    found = compare(made("before", "+" * 20 + "-" * 20), made("after", "+" * 22 + "-" * 18))
    assert found.outcome == "no difference"
    assert found.verdict.startswith("no significant difference with 40 questions (recall@5 0.500 to 0.550, p = 0.")
    assert found.main.needed is not None
    assert found.main.needed > 100
    assert found.verdict.endswith(f"; about {found.main.needed:,} questions would show it")


def test_the_same_run_differs_in_nothing() -> None:
    found = compare(made("one", "+-+."), made("one", "+-+."))
    assert found.verdict == "no significant difference with 4 questions (recall@5 0.500 to 0.500, p = 1.000)"
    assert found.flips == ()
    assert found.b == "one (B)"


def test_what_is_marked_is_compared_with_its_interval() -> None:
    # All of the answer is marked each time, among as much again before and nothing else after.
    before, after = (
        run(name, *(outcome(str(nth), [("a", 0, 10)], [("a", 0, end)]) for nth in range(20)))
        for name, end in (("before", 20), ("after", 10))
    )
    found = compare(before, after, by="highlight F1")
    assert found.verdict.startswith("after is better than before (highlight F1 0.667 to 1.000, p < 0.001)")
    assert found.main.difference.low == found.main.difference.high == pytest.approx(1 / 3)
    by_name = {each.measure: (each.a, each.b) for each in compare(before, after).differences}
    assert by_name["highlight precision"] == (0.5, 1)
    assert by_name["highlight recall"] == (1, 1)


def test_one_question_shows_nothing() -> None:
    found = compare(made("before", "-"), made("after", "+"))
    assert found.verdict == "no significant difference with 1 question (recall@5 0.000 to 1.000, p = 1.000)"
    assert [flip.gained for flip in found.flips] == [True]


def test_questions_that_flipped_are_named_with_their_ranks() -> None:
    found = compare(made("before", "+-+"), made("after", "++."))
    assert [(flip.question, flip.rank_a, flip.rank_b, flip.gained) for flip in found.flips] == [
        ("1", None, 1, True),
        ("2", 1, None, False),
    ]


def test_what_comes_below_the_depth_is_not_found() -> None:
    late = run("late", outcome("0", [("a", 0, 10)], [*MISSED * 5, *FOUND]))
    (flip,) = compare(late, made("early", "+")).flips
    assert (flip.rank_a, flip.rank_b, flip.gained) == (6, 1, True)
    assert compare(late, made("early", "+"), depth=6).flips == ()


def test_a_question_that_one_run_lacks_counts_as_zero_there() -> None:
    found = compare(made("before", "++++"), made("after", "++"))
    assert found.questions == 4
    assert (found.main.a, found.main.b) == (1, 0.5)
    other = compare(made("before", "++"), made("after", "++++"))
    assert (other.questions, other.main.a, other.main.b) == (4, 0.5, 1)
    assert [(flip.question, flip.rank_a) for flip in other.flips] == [("2", None), ("3", None)]


def test_another_measure_may_decide() -> None:
    before = run("before", *(outcome(str(n), [("a", 0, 10)], [("b", 0, 10), ("a", 0, 10)]) for n in range(20)))
    after = made("after", "+" * 20)
    assert compare(before, after).outcome == "no difference"
    assert compare(before, after, by="hit@1").outcome == "better"
    assert compare(before, after, by="precision@1").differences[-1].measure == "precision@1"
    with pytest.raises(QuestionError, match="no measure 'hits'"):
        compare(before, after, by="hits")


def refusing(name: str, covered: str, uncovered: str) -> Run:
    """A run that answers (+), refuses (-) or lacks (.) questions, of which the documents cover only the first."""
    confidences = {"+": 0.9, "-": 0.1}
    return run(
        name,
        *(
            outcome(f"{kind} {nth}", gold, None if each == "." else FOUND, confidence=confidences.get(each, 0.0))
            for kind, gold, pattern in (("covered", FOUND, covered), ("uncovered", [], uncovered))
            for nth, each in enumerate(pattern)
        ),
    )


def test_what_is_refused_is_compared_too() -> None:
    before = refusing("before", "+" * 18 + "-" * 2, "+" * 10 + "-" * 10)
    after = refusing("after", "+" * 17 + "-" * 3, "+" * 2 + "-" * 18)
    found = {each.measure: each for each in compare(before, after).differences}
    answered, refused = found["answered"], found["refused"]
    assert (answered.a, answered.b, answered.wins, answered.ties, answered.losses) == (0.9, 0.85, 0, 19, 1)
    assert (refused.a, refused.b, refused.wins, refused.ties, refused.losses) == (0.5, 0.9, 8, 12, 0)
    # McNemar: of eight that changed, all the same way; the chance of that is 2 / 2^8.
    assert refused.p_value == pytest.approx(2 / 2**8)
    assert answered.p_value == 1
    decided = compare(before, after, by="refused")
    assert decided.verdict == "after is better than before (refused 0.500 to 0.900, p = 0.008)"
    # Recall, which the same passages leave as it is, shows nothing.
    assert compare(before, after).outcome == "no difference"


def test_what_a_run_lacks_was_neither_answered_nor_refused() -> None:
    found = compare(refusing("before", "++", "--"), refusing("after", "+.", "-."), by="refused")
    by_name = {each.measure: (each.a, each.b) for each in found.differences}
    assert by_name["answered"] == by_name["refused"] == (1, 0.5)
    assert found.verdict.startswith("no significant difference with 2 questions (refused 1.000 to 0.500, p = 1.000)")
    assert "refused" not in {each.measure for each in compare(made("one", "+-"), made("other", "++")).differences}


def test_runs_of_other_questions_are_not_compared() -> None:
    with pytest.raises(QuestionError, match="no question in common"):
        compare(run("one", outcome("x", FOUND, FOUND)), made("other", "+"))
    with pytest.raises(QuestionError, match="is answerable in one run and unanswerable in the other"):
        compare(run("one", outcome("0", [], FOUND)), made("other", "+"))
    with pytest.raises(QuestionError, match="no answerable question"):
        compare(run("one", outcome("0", [], FOUND)), run("other", outcome("0", [], FOUND)))
