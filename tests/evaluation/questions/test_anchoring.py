"""Quotations in a corpus that was edited under them."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell.answer import Place
from citewell.errors import QuestionError
from citewell.evaluation.questions.anchoring import anchored, check, corpus_texts, gold, locate, quotation, repair
from citewell.evaluation.questions.sets import Question, QuestionSet, Quotation
from citewell.settings import ExcludeRule, Settings

TEXT = (
    "Otters eat fish and crabs. They hunt at night.\n\nOtters slide down muddy banks for fun. They hunt at night, "
    "mostly, and sleep by day in dens beneath the river bank.\n"
)
TEXTS = {"otters.txt": TEXT, "bees.txt": "A honey bee tells others of flowers by dancing.\n"}


def asked(*answers: Quotation) -> QuestionSet:
    return QuestionSet("made", (Question(id="q", question="Q?", answers=answers),), (5,))


def said(document: str, quote: str, start: int | None = None) -> Quotation:
    return Quotation(document=document, quote=quote, start=start)


def test_a_quotation_is_located_where_it_stands_once_or_is_said_to() -> None:
    assert locate(said("otters.txt", "fish and crabs"), TEXT) == 11
    assert locate(said("otters.txt", "They hunt at night"), TEXT) is None
    second = TEXT.rindex("They hunt")
    assert locate(said("otters.txt", "They hunt at night", second), TEXT) == second
    assert locate(said("otters.txt", "They hunt at night", 3), TEXT) is None
    assert gold(asked(said("otters.txt", "fish")).questions[0], TEXTS) == (
        Place(document="otters.txt", start=11, end=15),
    )


def test_a_quotation_is_given_a_start_only_where_it_needs_one() -> None:
    second = TEXT.rindex("They hunt")
    assert quotation(Place(document="o", start=11, end=15), TEXT) == said("o", "fish")
    assert quotation(Place(document="o", start=second, end=second + 9), TEXT) == said("o", "They hunt", second)


def test_what_is_missing_stops_an_evaluation() -> None:
    with pytest.raises(QuestionError, match=r"the quotation “whales” is not in otters\.txt"):
        gold(asked(said("otters.txt", "whales")).questions[0], TEXTS)


@pytest.mark.parametrize(
    ("answer", "message", "suggestion"),
    [
        (
            said("otters.txt", "Otters eat fish and prawns"),
            "is not in otters.txt",
            "“Otters eat fish and crabs” (at 0)",
        ),
        (said("otter.txt", "fish"), "the corpus has no document 'otter.txt'", "otters.txt"),
        (said("otters.txt", "They hunt at night"), "occurs 2 times", "start: one of 27, 87"),
        (said("otters.txt", "They hunt at night", 80), "does not start at 80", "start: 87"),
        (said("otters.txt", "quantum chromodynamics of quarks"), "is not in otters.txt", None),
        (said("zzz", "fish"), "the corpus has no document 'zzz'", None),
    ],
)
def test_each_problem_is_reported_by_line_with_what_may_be_meant(
    answer: Quotation, message: str, suggestion: str | None
) -> None:
    (problem,) = check(asked(answer), TEXTS)
    assert (problem.line, problem.question) == (5, "q")
    assert message in problem.message
    assert problem.suggestion == suggestion
    assert str(problem).startswith("line 5 (q): ")


def test_a_sound_set_has_no_problem() -> None:
    assert list(check(asked(said("otters.txt", "fish and crabs"), said("bees.txt", "honey bee")), TEXTS)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Edited: a word changed, words put in.
        (said("otters.txt", "Otters eat fish and crab."), said("otters.txt", "Otters eat fish and crabs.")),
        (
            said("otters.txt", "sleep by day in the dens beneath the river bank"),
            said("otters.txt", "sleep by day in dens beneath the river bank"),
        ),
        # Moved within the document, to another one, and no longer ambiguous.
        (said("otters.txt", "They hunt at night", 80), said("otters.txt", "They hunt at night", 87)),
        (said("beavers.txt", "muddy banks"), said("otters.txt", "muddy banks")),
        (said("otters.txt", "fish and crabs", 999), said("otters.txt", "fish and crabs")),
        # As it was.
        (said("otters.txt", "fish and crabs"), said("otters.txt", "fish and crabs")),
        # For a person to decide.
        (said("otters.txt", "They hunt at night"), None),
        (said("otters.txt", "Otters eat frogs and prawns"), None),
        (said("otters.txt", "quantum chromodynamics of quarks"), None),
        (said("beavers.txt", "e"), None),
    ],
)
def test_what_moved_is_found_again(old: Quotation, new: Quotation | None) -> None:
    assert anchored(old, TEXTS) == new


def test_what_stands_once_here_and_twice_there_is_for_a_person_to_place() -> None:
    texts = {"a.txt": "Fish swim.", "b.txt": "Fish swim. Fish swim."}
    assert anchored(said("gone.txt", "Fish swim."), texts) is None
    assert anchored(said("gone.txt", "Fish swim."), {"a.txt": texts["a.txt"]}) == said("a.txt", "Fish swim.")


def test_repair_changes_what_it_can_and_names_the_rest() -> None:
    fine, moved, lost = said("bees.txt", "honey bee"), said("x.txt", "muddy banks"), said("otters.txt", "They hunt")
    found = repair(asked(fine, moved, lost), TEXTS)
    assert found.changed[0].answers == (fine, said("otters.txt", "muddy banks"), lost)
    (problem,) = found.problems
    assert "occurs 2 times" in problem.message
    assert repair(asked(fine), TEXTS).changed == {}


def test_a_corpus_is_read_as_indexing_reads_it(corpus: Path) -> None:
    (corpus / "broken.txt").write_bytes(b"\x00\x01\x02" * 50)
    (corpus / "crlf.txt").write_bytes(b"Title\r\n\r\nA line.\r\n")
    texts = corpus_texts(corpus, Settings())
    assert set(texts) == {"moon.txt", "animals/otters.md", "animals/bees.txt", "crlf.txt"}
    assert texts["crlf.txt"] == "Title\r\n\r\nA line.\r\n"
    settings = Settings(exclude=(ExcludeRule(pattern="animals/"),))
    assert set(corpus_texts(corpus, settings)) == {"moon.txt", "crlf.txt"}
