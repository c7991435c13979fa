"""Re-ranking with a tiny CrossEncoder, made here and run as any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citewell import Assistant, IndexFolder, Settings
from citewell.answer import Turn
from citewell.errors import EncoderError
from citewell.evaluation.questions.sets import read_questions
from citewell.evaluation.running import run
from tests.support.commands import citewell
from tests.support.environment import ROOT

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

pytestmark = pytest.mark.long

QUESTION = "What are the challenges of international cooperation?"


def make(folder: Path, labels: int = 1) -> Path:
    """A CrossEncoder with random weights, always the same, whose words are letters."""
    # Not at the top: every process of a run reads every module of tests, and torch takes seconds and 400 MB.
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(5)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,?'’"
    folder.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=256,
        num_labels=labels,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=256).save_pretrained(folder)
    return folder


def alone(model: Path) -> CrossEncoder:
    """The model as sentence-transformers runs it."""
    from sentence_transformers import CrossEncoder
    from torch.nn import Sigmoid

    return CrossEncoder(str(model), device="cpu", activation_fn=Sigmoid())


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("rerankers") / "tiny")


@pytest.fixture(scope="module")
def reranking(bundled_index: Path, model: Path) -> Assistant:
    return Assistant(IndexFolder(bundled_index), Settings.model_validate({"searching": {"reranker": str(model)}}))


def test_the_first_passages_are_put_in_the_models_order(
    reranking: Assistant, assistant: Assistant, model: Path
) -> None:
    plain, reranked = assistant.ask(QUESTION, top=20), reranking.ask(QUESTION, top=20)
    assert {each.span for each in plain.passages} == {each.span for each in reranked.passages}
    assert [each.span for each in plain.passages] != [each.span for each in reranked.passages]
    scores = alone(model).predict([(QUESTION, each.text) for each in plain.passages], show_progress_bar=False)
    wanted = sorted(zip(scores.tolist(), plain.passages, strict=True), key=lambda each: -each[0])
    assert [each.span for each in reranked.passages] == [each.span for _, each in wanted]
    assert [each.score for each in reranked.passages] == pytest.approx([score for score, _ in wanted], abs=1e-5)
    assert [each.rank for each in reranked.passages] == list(range(1, len(wanted) + 1))


def test_a_passage_that_search_put_further_down_can_come_first(reranking: Assistant) -> None:
    all_of_them = reranking.ask(QUESTION, top=20).passages
    assert reranking.ask(QUESTION, top=1).passages == all_of_them[:1]


def test_what_is_refused_stays_as_calibrated(reranking: Assistant, assistant: Assistant) -> None:
    for question in (QUESTION, "How do I bake sourdough bread?"):
        plain, reranked = assistant.ask(question), reranking.ask(question)
        assert (plain.confidence, plain.answered) == (reranked.confidence, reranked.answered)


def test_a_follow_up_is_read_with_what_it_was_understood_with(reranking: Assistant, model: Path) -> None:
    before = "What is joint curriculum development?"
    first = reranking.ask("And what does it help students with?", history=(Turn("user", before),)).passages[0]
    score = alone(model).predict(
        [(f"{before}\nAnd what does it help students with?", first.text)], show_progress_bar=False
    )
    assert first.score == pytest.approx(float(score[0]), abs=1e-5)


def test_it_reads_other_names_in_place_of_the_houses_own(
    bundled_index: Path, reranking: Assistant, model: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("Phoenix = joint curriculum development\n", encoding="utf-8")
    settings = reranking.settings.model_copy(update={"words": str(words)})
    first = Assistant(IndexFolder(bundled_index), settings).ask("What is Phoenix?").passages[0]
    read = ("What is joint curriculum development?", first.text)
    score = alone(model).predict([read], show_progress_bar=False)
    assert first.score == pytest.approx(float(score[0]), abs=1e-5)


def test_evaluation_measures_it(reranking: Assistant) -> None:
    found = read_questions(ROOT / "tests" / "questions" / "international-education.questions.yaml")
    made = run(reranking, found, name="reranked")
    assert made.about["searching"]["reranker"].endswith("tiny")
    assert all(outcome.passages for outcome in made.outcomes)


def test_a_model_that_is_not_here_or_is_none_is_said_at_once(bundled_index: Path, tmp_path: Path) -> None:
    def opened(name: Path | str) -> Assistant:
        return Assistant(IndexFolder(bundled_index), Settings.model_validate({"searching": {"reranker": str(name)}}))

    with pytest.raises(EncoderError, match="neither a folder nor in this machine's hub cache"):
        opened("nobody/no-such-reranker")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderError, match=r"the reranker .*empty' cannot be loaded"):
        opened(tmp_path / "empty")
    with pytest.raises(EncoderError, match="is not a reranker: it returns 3 scores"):
        opened(make(tmp_path / "three", labels=3))


@pytest.mark.long
def test_it_is_named_in_the_settings_file(bundled_index: Path, model: Path, tmp_path: Path) -> None:
    file = tmp_path / "citewell.toml"
    file.write_text(f"[searching]\nreranker = {str(model)!r}\n", encoding="utf-8")
    asked = citewell("--settings", file, "ask", QUESTION, "--index", bundled_index, "--json")
    assert asked.returncode == 0, asked.stderr
    assert asked.stderr == ""
