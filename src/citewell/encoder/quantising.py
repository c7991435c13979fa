"""Makes the INT8 form of a prepared model, once: weights and activations in eight bits (NNCF).

The ranges of activations are measured on the bundled sample. What attention multiplies stays as it is: its product is not
computed in eight bits anyway. Outliers among the activations are moved into the weights (SmoothQuant, Xiao et al., 2023).
"""

from __future__ import annotations

import logging
import shutil
import statistics
import time
from pathlib import Path

import nncf
import numpy as np
import openvino as ov
from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, AdvancedSmoothQuantParameters
from rich import get_console

from citewell.encoder.encoding import OpenVinoEncoder
from citewell.encoder.fitting import samples
from citewell.encoder.models import Card, Fit, in_int8
from citewell.encoder.saving import save
from citewell.encoder.tables import compress_tables
from citewell.errors import EncoderError
from citewell.files import file_digest

# Of 0.5 to 0.8, with `english`, this gave vectors nearest to those of before: a mean cosine of 0.997.
_SMOOTHING = 0.7
# So many pairs of each language, and all of English.
_PAIRS = 4
_TABLE_BYTES = 2**20
_LEAST_COSINE = 0.97
_ROUNDS = 3
_TIMED = 32


def quantise(card: Card, folder: Path, target: Path) -> Card:
    """Write the INT8 form of a prepared model, and return its card, which is not fitted yet.

    Args:
        card: The card of the model.
        folder: Where its files are.
        target: Where those of the INT8 form are written.

    Raises:
        EncoderError: OpenVINO does not run it, or its vectors would be too different.
    """
    if card.runtime != "openvino":
        raise EncoderError(f"the model {card.model} has no INT8 form, because OpenVINO does not run it")
    encoder = OpenVinoEncoder(card.model_copy(update={"fit": Fit()}), folder)
    model = ov.Core().read_model(folder / "model.xml")
    compress_tables(model, _TABLE_BYTES)
    save(_quantised(model, encoder), target / "model.xml")
    shutil.copyfile(folder / "tokenizer.json", target / "tokenizer.json")
    made = card.model_copy(
        update={
            "identity": in_int8(card.identity),
            "precision": "int8",
            "fit": Fit(),
            "files": {name: file_digest(target / name) for name in card.files},
        }
    )
    smaller = OpenVinoEncoder(made, target)
    _compare(smaller, encoder)
    return made.model_copy(update={"speed": _speed(smaller, encoder)})


def _quantised(model: ov.Model, encoder: OpenVinoEncoder) -> ov.Model:
    card = encoder.card
    texts = [
        text
        for language, sample in samples().items()
        for question, passage in list(zip(sample.questions, sample.passages, strict=True))[: _pairs(language)]
        for text in (card.query_prompt + question, card.document_prompt + passage)
    ]
    nncf.set_log_level(logging.ERROR)
    console = get_console()
    # NNCF shows bars of its own; the command that prepares a model shows its progress.
    was_quiet, console.quiet = console.quiet, True
    try:
        return nncf.quantize(
            model,
            nncf.Dataset([encoder.inputs([text]) for text in texts]),
            subset_size=len(texts),
            model_type=nncf.ModelType.TRANSFORMER,
            ignored_scope=nncf.IgnoredScope(types=["ScaledDotProductAttention"], validate=False),
            advanced_parameters=AdvancedQuantizationParameters(
                smooth_quant_alphas=AdvancedSmoothQuantParameters(matmul=_SMOOTHING)
            ),
        )
    finally:
        console.quiet = was_quiet


def _pairs(language: str) -> int | None:
    return None if language == "en" else _PAIRS


def _compare(smaller: OpenVinoEncoder, encoder: OpenVinoEncoder) -> None:
    texts = [passage for sample in samples().values() for passage in sample.passages[:_PAIRS]]
    cosines = (smaller.encode_documents(texts) * encoder.encode_documents(texts)).sum(axis=1)
    if not np.mean(cosines) >= _LEAST_COSINE:
        raise EncoderError(
            f"the model {encoder.card.model} has no INT8 form: its vectors would differ too much "
            f"(mean cosine {np.mean(cosines):.3f})",
            hint='set precision = "float" below [encoder] in citewell.toml',
        )


def _speed(smaller: OpenVinoEncoder, encoder: OpenVinoEncoder) -> float:
    """Return how many times as fast the INT8 form is on this processor."""
    texts = [passage for sample in samples().values() for passage in sample.passages][:_TIMED]
    ratios = []
    # The first round prepares the shapes.
    for _ in range(1 + _ROUNDS):
        times = []
        for each in (encoder, smaller):
            began = time.perf_counter()
            each.encode_documents(texts)
            times.append(time.perf_counter() - began)
        ratios.append(times[0] / times[1])
    return round(statistics.median(ratios[1:]), 2)
