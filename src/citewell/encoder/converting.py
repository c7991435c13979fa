"""Converts a sentence-transformers model to OpenVINO, once. Only this module and ``quantising`` import torch."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openvino as ov
import torch
from sentence_transformers import SentenceTransformer

from citewell.encoder.encoding import EncoderWarning, OpenVinoEncoder
from citewell.encoder.models import Card, quiet
from citewell.encoder.saving import save
from citewell.encoder.tables import compress_tables
from citewell.errors import EncoderError
from citewell.files import file_digest

# A conversion is accepted only if it agrees with sentence-transformers on texts of different lengths.
_LEAST_COSINE = 0.999
# A table of words that is larger than this, as in models of many languages, is most of the model, but each text needs few rows.
_LARGE_TABLE_BYTES = 2**26
# Models without position embeddings report an infinite maximum length.
_LONGEST_INPUT = 8192
_PROBES = [
    "One word",
    "A citation is a promise that the reader can keep for himself.",
    "Visa regulations, language barriers and disparities in standards are among the difficulties. " * 4,
    "Ünïcödé, 1,234.5 and — dashes; what of those? " * 12,
]


def convert(folder: Path, target: Path, *, identity: str, model: str) -> Card:
    """Convert the model in a folder to OpenVINO's IR, or record that sentence-transformers has to run it.

    Args:
        folder: The sentence-transformers model.
        target: Where the IR and the tokeniser are written.
        identity: The identity of the model's files.
        model: The name that the user gave.

    Raises:
        EncoderError: sentence-transformers cannot load the model.
    """
    with quiet():
        try:
            module = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            raise EncoderError(f"sentence-transformers cannot load the model {model}: {error}") from error
        module.eval()
        common: dict[str, Any] = {
            "identity": identity,
            "model": model,
            "folder": str(folder),
            "dimension": int(module.get_embedding_dimension()),
            "max_tokens": int(min(module.max_seq_length or 512, _LONGEST_INPUT)),
            "query_prompt": _prompt(module, ["query"]),
            "document_prompt": _prompt(module, ["document", "passage", "corpus"]),
        }
        try:
            return _to_openvino(module, target, common)
        except (RuntimeError, TypeError, ValueError, AttributeError, NotImplementedError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    warnings.warn(
        f"the model {model} cannot be converted to OpenVINO ({reason}); it runs with sentence-transformers, which is slower",
        EncoderWarning,
        stacklevel=2,
    )
    return Card(runtime="sentence-transformers", **common)


class _Pipeline(torch.nn.Module):
    """All modules of a sentence-transformers model combined, with tensors as input and the embedding as output."""

    def __init__(self, module: SentenceTransformer, names: list[str]) -> None:
        super().__init__()
        self.module = module
        self.names = names

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        features = dict(zip(self.names, tensors, strict=True))
        embedding: torch.Tensor = self.module(features)["sentence_embedding"]
        return embedding


def _to_openvino(module: SentenceTransformer, target: Path, common: dict[str, Any]) -> Card:
    if any(getattr(part, "include_prompt", True) is False for part in module):
        raise NotImplementedError("its pooling excludes the prompt")
    tokenizer = module.tokenizer.backend_tokenizer
    batch = module.tokenizer(_PROBES[:2], padding=True, return_tensors="pt")
    names = [name for name in module.tokenizer.model_input_names if name in batch]
    converted = ov.convert_model(_Pipeline(module, names), example_input=tuple(batch[name] for name in names))
    for port, name in zip(converted.inputs, names, strict=True):
        port.get_tensor().set_names({name})
    compress_tables(converted, _LARGE_TABLE_BYTES)
    save(converted, target / "model.xml")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(target / "tokenizer.json"))
    card = Card(
        runtime="openvino",
        inputs=tuple(names),
        padding_id=module.tokenizer.pad_token_id or 0,
        files={name: file_digest(target / name) for name in ("model.xml", "model.bin", "tokenizer.json")},
        **common,
    )
    _compare(OpenVinoEncoder(card, target), module, card)
    return card


def _compare(encoder: OpenVinoEncoder, module: SentenceTransformer, card: Card) -> None:
    ours = encoder.encode_documents(_PROBES)
    theirs = _unit(module.encode(_PROBES, prompt=card.document_prompt))
    least = float((ours * theirs).sum(axis=1).min())
    if not least >= _LEAST_COSINE:
        raise ValueError(f"its vectors differ from sentence-transformers' (cosine {least:.4f})")


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _prompt(module: SentenceTransformer, names: list[str]) -> str:
    """Choose a prompt like ``encode_query`` and ``encode_document`` of sentence-transformers."""
    prompts: dict[str, str] = module.prompts
    for name in names:
        if name in prompts:
            return prompts[name] or ""
    return prompts.get(module.default_prompt_name or "", "") or ""
