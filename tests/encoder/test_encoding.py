"""The encoder: what sentence-transformers says, without sentence-transformers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import pytest

from citewell.corpus.reading.plain import read_plain
from citewell.corpus.splitting import split
from citewell.document import Document
from citewell.encoder import models, naming
from citewell.encoder.encoding import Encoder, open_encoder
from citewell.encoder.preparing import prepare
from citewell.errors import EncoderError
from citewell.settings import Splitting
from tests.support.encoders import elsewhere, reference_vectors


@pytest.fixture(scope="module")
def windows(encoder: Encoder) -> list[str]:
    """Two hundred windows of real English: a part of Python's own manual, which every machine with Python has."""
    texts: list[str] = []
    for name, text in sorted(topics.items())[::5]:
        document = Document(name, name, text, read_plain(text).sections, "")
        for passage in split(document, Splitting(), encoder.token_offsets):
            texts.extend(window.text for window in passage.windows)
    return texts[:: len(texts) // 200][:200]


def test_vectors_are_those_of_sentence_transformers(encoder: Encoder, windows: list[str]) -> None:
    assert len(windows) == 200
    # The last is beyond the maximum length, and is cut alike.
    texts = [*windows, "education " * 600]
    ours, theirs = encoder.encode_documents(texts), reference_vectors(naming.resolve(None), texts)
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
    assert cosines.min() >= 0.999
    assert float(encoder.encode_query(texts[-1]) @ theirs[-1]) > 0.999


def test_a_question_is_encoded_like_a_document_without_prompts(encoder: Encoder) -> None:
    text = "What are the challenges?"
    assert float(encoder.encode_query(text) @ encoder.encode_documents([text])[0]) > 0.999


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


def copy_of_bundled(folder: Path) -> Path:
    shutil.copytree(naming.resolve(None), folder, dirs_exist_ok=True)
    return folder


def test_prompts_and_maximum_length_of_a_model_are_respected(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path / "prompted")
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    config["prompts"] = {"query": "find: ", "document": "text: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    limits = json.loads((folder / "sentence_bert_config.json").read_text())
    (folder / "sentence_bert_config.json").write_text(json.dumps(limits | {"max_seq_length": 16}))
    text = "rain and wind and snow " * 10
    card, ours_query, ours_document = elsewhere(
        "encoder = open_encoder(prepare(arguments[0]))\n"
        "query, document = encoder.encode_query(arguments[1]), encoder.encode_documents([arguments[1]])[0]\n"
        "result = [encoder.card.model_dump(mode='json'), query.tolist(), document.tolist()]",
        folder,
        text,
    )
    assert (card["query_prompt"], card["document_prompt"]) == ("find: ", "text: ")
    assert card["max_tokens"] == 16
    (query,) = reference_vectors(folder, [text], method="encode_query", max_tokens=16)
    (document,) = reference_vectors(folder, [text], method="encode_document", max_tokens=16)
    assert float(np.array(ours_query) @ query) > 0.999
    assert float(np.array(ours_document) @ document) > 0.999


STATIC = """
import warnings
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
folder, tokenizer = arguments[0], Tokenizer.from_file(arguments[1])
SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=32)]).save(folder)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    encoder = open_encoder(prepare(folder))
result = {
    "warnings": [[type(each.message).__name__, str(each.message)] for each in caught],
    "encoder": type(encoder).__name__,
    "vectors": encoder.encode_documents(["a cat", "a dog", "a cat"]).tolist(),
    "query": encoder.encode_query("a cat").tolist(),
    "offsets": encoder.token_offsets("Two words.").tolist(),
}
"""


def test_a_model_that_openvino_cannot_convert_runs_with_a_warning(tmp_path: Path) -> None:
    found = elsewhere(STATIC, tmp_path / "static", naming.resolve(None) / "tokenizer.json")
    assert any(kind == "EncoderWarning" and "cannot be converted" in said for kind, said in found["warnings"])
    assert found["encoder"] == "SentenceTransformersEncoder"
    vectors = np.array(found["vectors"])
    assert vectors.shape == (3, 32)
    # Questions and documents have means of their own.
    assert float(vectors[0] @ np.array(found["query"])) > 0.9
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-5)
    assert found["offsets"] == [[0, 3], [4, 9], [9, 10]]


def test_a_damaged_ir_is_refused_and_made_again(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = encoder.card.identity
    copy = shutil.copytree(models.prepared_folder(identity), tmp_path / models.prepared_folder(identity).name)
    monkeypatch.setenv("CITEWELL_CACHE", str(tmp_path / "cache"))
    models.prepared_folder(identity).parent.mkdir(parents=True)
    copy.rename(models.prepared_folder(identity))
    card = prepare(None)
    assert card == encoder.card
    ir = models.prepared_folder(card.identity) / "model.bin"
    ir.write_bytes(ir.read_bytes()[:-1] + b"\0\1")
    with pytest.raises(EncoderError, match="checksum"):
        open_encoder(card)
    made_again = elsewhere("result = open_encoder(prepare(None, force=True)).encode_query('a').shape")
    assert made_again == [384]


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
