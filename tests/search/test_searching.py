"""What is found, how it is ranked, and what is marked."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest

from citewell import Assistant, IndexFolder, Scope, Settings, Turn, build
from citewell.errors import QuestionError, UsageError

GOOD = {
    "What are the challenges of international cooperation?": ("Challenges and Opportunities", "visa regulations"),
    "How can education be seen, as a product or a process?": ("Concept of International Education", "product"),
    "Which forms can cooperation take?": ("Forms of International Cooperation in Education", "many forms"),
    "What does IPGCE offer teachers?": ("Embark on Your Journey with IPGCE", "IPGCE offers"),
    "Does it reduce prejudice?": ("Importance of International Education", "reduces prejudice"),
    "joint curriculum development": ("Forms of International Cooperation in Education", "joint curriculum"),
}
FAR = [
    "How do I bake sourdough bread?",
    "What is the boiling point of water?",
    "Who won the football world cup in 1998?",
    "Which species of whale is the largest?",
    "weather tomorrow",
    "asdf qwerty zxcv",
]


@pytest.mark.parametrize(("question", "expected"), GOOD.items(), ids=GOOD)
def test_the_right_passage_comes_first_with_the_answer_marked(
    assistant: Assistant, question: str, expected: tuple[str, str]
) -> None:
    answer = assistant.ask(question)
    first = answer.passages[0]
    assert answer.answered
    assert first.section == (expected[0],)
    assert expected[1] in first.text


@pytest.mark.parametrize("question", FAR)
def test_what_the_corpus_does_not_cover_is_refused_with_the_nearest_passages(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.ask(question)
    assert not answer.answered
    assert len(answer.passages) == 5


def test_quotations_and_highlights_are_the_document_word_for_word(assistant: Assistant) -> None:
    text = assistant.document("international-education.txt").text
    for question in [*GOOD, *FAR]:
        for passage in assistant.ask(question, top=8).passages:
            assert passage.span.of(text) == passage.text
            for mark in passage.highlights:
                assert passage.span.start <= mark.start < mark.end <= passage.span.end


def test_an_answer_shows_no_text_twice(library: Assistant) -> None:
    for passages in (library.ask(question, top=50).passages for question in ("What do otters eat?", "rain", "holts")):
        for one, other in combinations(passages, 2):
            assert one.document != other.document or not one.span.overlaps(other.span)


def test_a_long_text_is_shown_in_pieces_that_do_not_overlap(corpus: Path, tmp_path: Path) -> None:
    draw, words = (
        Random(1),
        [
            "lighthouse",
            "harbour",
            "ship",
            "cargo",
            "storm",
            "rope",
            "sailor",
            "island",
            "captain",
            "coal",
            "tide",
            "anchor",
        ],
    )
    text = " ".join(f"The {' '.join(draw.choices(words, k=9))}." for _ in range(150))
    (corpus / "long.txt").write_text(text, encoding="utf-8")
    build(corpus, IndexFolder(tmp_path / "index"), Settings())
    answer = Assistant(IndexFolder(tmp_path / "index")).ask("lighthouse", top=50, scope=Scope(("long.txt",)))
    shown = sorted(passage.span for passage in answer.passages)
    assert len(shown) > 5
    assert all(one.end < other.start for one, other in pairwise(shown))
    assert all(span.of(text) == span.of(text).strip() for span in shown)


def test_ranks_and_scores_fall(assistant: Assistant) -> None:
    passages = assistant.ask("What is global citizenship?", top=8).passages
    assert [passage.rank for passage in passages] == list(range(1, 9))
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_scores_compare_between_questions(assistant: Assistant) -> None:
    worst_good = min(assistant.ask(question).confidence for question in GOOD)
    best_far = max(assistant.ask(question).confidence for question in FAR)
    assert worst_good > 1.5 * best_far


def test_furniture_can_be_found_and_is_in_no_other_answer(assistant: Assistant) -> None:
    assert assistant.ask("Leave a Reply").passages[0].text == "Leave a Reply\n\nScroll to Top"
    for question in GOOD:
        assert not any("Leave a Reply" in passage.text for passage in assistant.ask(question, top=5).passages)


def test_near_duplicates_are_shown_once_and_told_of(library: Assistant) -> None:
    answer = library.ask("What do otters eat?")
    shown = [passage.document for passage in answer.passages]
    assert len({"a/otters.txt", "b/copy.txt", "b/nearly.txt"} & set(shown)) == 1
    assert {"b/different.txt", "b/another.txt"} <= set(shown)
    (kept,) = [passage for passage in answer.passages if passage.repeated]
    assert len(kept.repeated) == 2


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(documents=("a/mice.txt",)), {"a/mice.txt"}),
        (Scope(folders=("a",)), {"a/mice.txt", "a/otters.txt"}),
        (Scope(documents=("b/different.txt",), folders=("a/",)), {"a/mice.txt", "a/otters.txt", "b/different.txt"}),
    ],
)
def test_a_scope_keeps_to_its_documents(library: Assistant, scope: Scope, expected: set[str]) -> None:
    found = {passage.document for passage in library.ask("What do otters eat?", scope=scope).passages}
    assert found == expected


@pytest.mark.parametrize("scope", [Scope(documents=("nope.txt",)), Scope(folders=("mice",))])
def test_a_scope_that_names_nothing_is_refused(library: Assistant, scope: Scope) -> None:
    with pytest.raises(UsageError, match="no document at"):
        library.view().check_scope(scope)


def test_a_sentence_that_stands_out_is_marked_alone(library: Assistant) -> None:
    first = library.ask("Where do otters sleep, in holts?", scope=Scope(documents=("a/otters.txt",))).passages[0]
    (mark,) = first.highlights
    assert first.text[mark.start - first.span.start : mark.end - first.span.start] == (
        "They sleep in holts under tree roots."
    )


def test_a_follow_up_is_understood_from_what_was_said(library: Assistant) -> None:
    history = (Turn("user", "What do mice eat?"), Turn("assistant", "Mice eat grain in barns."))
    assert library.ask("And where?", history=history).passages[0].document == "a/mice.txt"


@pytest.mark.parametrize("question", ["", " \n\t ", "x" * 2001, "half \ud83d a character"])
def test_what_is_no_question_is_refused(library: Assistant, question: str) -> None:
    with pytest.raises(QuestionError):
        library.ask(question)


@pytest.mark.parametrize(
    "question", ["?", "the of and", "x" * 2000, "\U0001f9a6", "日本語", "'; DROP TABLE--", "a AND (b"]
)
def test_any_other_text_is_a_question(library: Assistant, question: str) -> None:
    assert library.ask(question).passages


def test_a_new_snapshot_is_used_without_failing_a_question(corpus: Path, tmp_path: Path) -> None:
    index = IndexFolder(tmp_path / "index")
    build(corpus, index, Settings())
    assistant = Assistant(index)
    assert not assistant.ask("Who invented the telephone?").answered
    (corpus / "phone.txt").write_text("Alexander Graham Bell invented the telephone in 1876.", encoding="utf-8")
    build(corpus, index, Settings())
    answer = assistant.ask("Who invented the telephone?")
    assert answer.answered
    assert answer.passages[0].document == "phone.txt"


def test_exact_search_agrees_with_numpy(assistant: Assistant, bundled_index: Path) -> None:
    snapshot = IndexFolder(bundled_index).open()
    vectors = snapshot.vectors.rows(np.arange(snapshot.vectors.count))
    for within in (None, np.array([1, 4, 6, 9, 15], dtype=np.int64)):
        allowed = np.arange(len(vectors)) if within is None else within
        expected = allowed[np.argsort(-(vectors[allowed] @ vectors[3]), kind="stable")][:3]
        found, cosines = snapshot.vectors.nearest(vectors[3], 3, within=within)
        assert found.tolist() == expected.tolist()
        assert np.allclose(cosines, vectors[found] @ vectors[3], atol=1e-5)
    assert assistant.manifest.windows == len(vectors)
