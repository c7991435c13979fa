"""Writes a model as OpenVINO's IR, so that the same model gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import openvino as ov


def save(model: ov.Model, file: Path) -> None:
    """Write a model to an IR file (``.xml``) and its weights beside it (``.bin``), in the precision that they have.

    All layers are named by their places: OpenVINO's own names count on from what this process has converted before.

    Raises:
        RuntimeError: The files cannot be written.
    """
    model.set_friendly_name("model")
    for place, layer in enumerate(model.get_ordered_ops()):
        layer.set_friendly_name(f"{layer.get_type_name()}_{place}")
    ov.save_model(model, file, compress_to_fp16=False)
