"""Confidence, and its calibration on the corpus itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import Assistant, IndexFolder, Settings, build
from citewell.confidence import THRESHOLDS, Calibration, evidence
from citewell.encoder import models
from citewell.encoder.encoding import Encoder
from citewell.search.calibrating import calibrate
from citewell.search.curves import fit_curve
from citewell.search.everyday import everyday_questions
from tests.support.environment import ROOT

SUBJECTS = {
    "otters": "Otters eat fish and crabs. They hunt at night, and sleep in dens beneath the river bank.",
    "bees": "A honey bee tells others of flowers by dancing. The dance gives the direction and the distance.",
    "glass": "Glass is made of sand, soda and lime. The furnace reaches fifteen hundred degrees.",
    "moon": "The Moon goes round the Earth in about twenty-seven days. It has neither air nor rain.",
    "tax": "Customs duty is paid at the border. A trader may defer the payment by thirty days.",
}


def _index(folder: Path, texts: dict[str, str]) -> IndexFolder:
    (folder / "corpus").mkdir(parents=True)
    for name, text in texts.items():
        (folder / "corpus" / f"{name}.txt").write_text(f"{name.title()}\n\n{text}\n", encoding="utf-8")
    index = IndexFolder(folder / "index")
    build(folder / "corpus", index, Settings(model="english"))
    return index


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> IndexFolder:
    """An index of five short texts."""
    assert encoder.card.dimension
    return _index(tmp_path_factory.mktemp("small"), SUBJECTS)


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_more_evidence_is_never_less_confidence(one: float, other: float) -> None:
    curve = Calibration(slope=12.0, intercept=-5.0, unrelated=0.2)
    low, high = sorted((one, other))
    assert 0 <= curve.confidence(low) <= curve.confidence(high) <= 1


def test_confidence_has_neither_overflow_nor_edges() -> None:
    curve = Calibration(slope=1e6, intercept=0.0, unrelated=0.2)
    assert [curve.confidence(value) for value in (-1e9, 0.0, 1e9)] == [0.0, 0.5, 1.0]


def test_a_word_unsaid_counts_against_a_short_question() -> None:
    assert evidence(0.5, 2.0, term_weight=2.0, extra_weight=0.0) == pytest.approx(0.5 + 0.7)
    assert evidence(0.5, 2.0, term_weight=2.0, extra_weight=2.0) == pytest.approx(0.5 + 0.35)
    assert evidence(0.5, 0.0, term_weight=0.0, extra_weight=0.0) == 0.5


def test_the_curve_lies_between_the_two_kinds() -> None:
    curve = fit_curve(np.array([0.1, 0.2, 0.3]), np.array([0.9, 1.0, 1.1]))
    assert curve.confidence(0.2) < 0.3
    assert curve.confidence(1.0) > 0.7
    assert curve.confidence(0.6) == pytest.approx(0.5, abs=0.1)


def test_a_foreign_question_that_the_corpus_happens_to_cover_does_not_spoil_the_curve() -> None:
    unanswerable, own = np.linspace(0.1, 0.3, 20), np.linspace(0.7, 1.1, 20)
    clean, spoilt = fit_curve(unanswerable, own), fit_curve(np.append(unanswerable, [1.3, 1.4]), own)
    assert spoilt.confidence(0.8) == pytest.approx(clean.confidence(0.8), abs=0.02)


def test_the_bank_of_everyday_questions_is_large_and_without_repetition() -> None:
    questions = everyday_questions()
    assert len(questions) == len(set(questions)) >= 200
    assert all(question.strip() == question != "" for question in questions)


def test_everyday_questions_are_no_test_questions() -> None:
    asked = (ROOT / "tests" / "questions" / "international-education.questions.yaml").read_text(encoding="utf-8")
    assert [question for question in everyday_questions() if question in asked] == []


def test_the_same_corpus_gives_the_same_calibration(
    small: IndexFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Builds of tests remember the calibration of a content; this one makes it again.
    monkeypatch.setattr("citewell.building.finishing.calibrate", calibrate)
    again = _index(tmp_path, SUBJECTS)
    assert again.manifest().calibration == small.manifest().calibration


@pytest.mark.parametrize(
    ("question", "covered"),
    [
        ("What do otters eat?", True),
        ("How does a honey bee tell others of flowers?", True),
        ("What is glass made of?", True),
        ("How long does the Moon take round the Earth?", True),
        ("Where is customs duty paid?", True),
        ("How do I bake sourdough bread?", False),
        ("Who won the football world cup?", False),
        ("What is the best phone to buy?", False),
    ],
)
def test_a_small_corpus_answers_for_itself_and_for_nothing_else(
    small: IndexFolder, question: str, *, covered: bool
) -> None:
    assert Assistant(small).ask(question).answered is covered


@pytest.mark.long
def test_what_is_refused_depends_on_the_setting(small: IndexFolder) -> None:
    answers = {}
    for name in THRESHOLDS:
        settings = Settings.model_validate({"searching": {"refusal": name}})
        assistant = Assistant(small, settings)
        answers[name] = [assistant.ask(question) for question in (*everyday_questions()[:60], "What do otters eat?")]
    confidences = [[answer.confidence for answer in each] for each in answers.values()]
    assert confidences[0] == confidences[1] == confidences[2]
    for name, threshold in THRESHOLDS.items():
        assert [each.answered for each in answers[name]] == [each.confidence >= threshold for each in answers[name]]
    counts = {name: sum(each.answered for each in found) for name, found in answers.items()}
    assert counts["strict"] <= counts["balanced"] <= counts["generous"]


@pytest.mark.parametrize("text", ["Yes.", "otter " * 200, "12 34 56", "数据 数据 数据"])
def test_a_corpus_of_next_to_nothing_is_calibrated_too(tmp_path: Path, text: str) -> None:
    index = _index(tmp_path, {"only": text})
    answer = Assistant(index).ask("How do I bake sourdough bread?")
    assert 0 <= answer.confidence <= 1
    assert not answer.answered


def test_the_manifest_keeps_it(small: IndexFolder) -> None:
    content = json.loads((small.snapshots / small.current() / "manifest.json").read_text(encoding="utf-8"))
    assert content["calibration"]["slope"] > 0
    assert 0 < content["calibration"]["unrelated"] < 0.5


@pytest.mark.long
def test_what_is_kept_of_everyday_questions_is_made_again_where_it_is_damaged(
    small: IndexFolder, encoder: Encoder
) -> None:
    # One test, because other processes of this run share the file.
    (kept,) = models.prepared_folder(encoder.card.identity).glob("everyday-en-*.npy")
    content, corpus = kept.read_bytes(), Path(small.manifest().corpus)
    for harm in (b"", b"nothing", None):
        if harm is None:
            kept.unlink()
        else:
            kept.write_bytes(harm)
        (corpus / "added.txt").write_text(f"Added\n\nSomething was added after it was {harm!r}.\n", encoding="utf-8")
        build(corpus, small, Settings())
        assert kept.read_bytes() == content
    (corpus / "added.txt").unlink()
    build(corpus, small, Settings())
