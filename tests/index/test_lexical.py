"""BM25 over passages: whichever passages are searched, each has the score that it has among all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tantivy

from citewell.index.lexical import PassageTerms
from citewell.index.lexical_reader import LexicalReader
from citewell.index.postings import LexicalWriter
from citewell.index.weights import TermWeights
from citewell.text.concepts import concepts
from citewell.text.terms import analyse

WORDS = ["harbour", "ferry", "pier", "train", "market", "heron", "nest", "storm", "cargo", "signal"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lexical") / "lexical"
    chosen = np.random.default_rng(7)
    with LexicalWriter(folder) as writer:
        for ordinal in range(900):
            text = " ".join(chosen.choice(WORDS, size=chosen.integers(3, 12)))
            writer.add(ordinal, analyse(text, "en"))
    return folder


@pytest.fixture(scope="module")
def terms(folder: Path) -> PassageTerms[tantivy.Query]:
    return PassageTerms(LexicalReader(folder))


def _weights(terms: PassageTerms[tantivy.Query], question: str) -> TermWeights:
    return terms.term_weights(concepts(question), ["en"])


@pytest.mark.parametrize("step", [1, 2, 7, 90], ids=lambda step: f"every {step}")
def test_some_passages_have_the_scores_that_they_have_among_all(terms: PassageTerms[tantivy.Query], step: int) -> None:
    weights = _weights(terms, "Which ferry leaves the pier in a storm?")
    ordinals, scores = terms.best(weights, terms.count)
    among_all = dict(zip(ordinals.tolist(), scores.tolist(), strict=True))
    some = np.arange(3, terms.count, step, dtype=np.int64)
    within, theirs = terms.best(weights, terms.count, within=some)
    assert within.tolist() == [ordinal for ordinal in ordinals.tolist() if ordinal in set(some.tolist())]
    assert theirs.tolist() == [among_all[ordinal] for ordinal in within.tolist()]


def test_each_question_has_its_own_concepts(terms: PassageTerms[tantivy.Query]) -> None:
    questions = ["Where does the heron nest?", "When does the cargo train stop?"]
    first, second = (_weights(terms, question) for question in questions)
    asked = [terms.best(weights, 20)[0].tolist() for weights in (first, second, first)]
    assert asked[0] == asked[2] != asked[1]
    assert asked[1] == terms.best(_weights(terms, questions[1]), 20)[0].tolist()


def test_a_word_that_was_asked_before_stands_where_it_stands_now(
    terms: PassageTerms[tantivy.Query], folder: Path
) -> None:
    questions = ["Which ferry leaves?", "Is the heron near a ferry?", "ferrypier", "The ferrypier again"]
    for question in questions:
        known = _weights(terms, question)
        assert [each.concept.span.of(question) for each in known.concepts] == [
            each.span.of(question) for each in concepts(question)
        ]
        assert known == _weights(PassageTerms(LexicalReader(folder)), question)
