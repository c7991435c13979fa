"""Keeps large tables of words, which are most of many models, in eight bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import openvino as ov
import openvino.opset8 as operations

_ROWS = 4096


def compress_tables(model: ov.Model, above: int) -> None:
    """Keep large tables of words as INT8 with one scale for each row, which is applied to the rows that were looked up.

    Applied to the table, it would be folded into it when the model is loaded.

    Args:
        model: The model, which is changed.
        above: The largest table that stays as it is, in bytes.
    """
    for node in model.get_ops():
        table = node.input_value(0).get_node() if node.get_type_name() == "Gather" else None
        if table is None or table.get_type_name() != "Constant" or table.data.nbytes <= above:
            continue
        if table.data.dtype != np.float32:
            continue
        # Not `operations.constant`, which takes 2 GB for this.
        small, scales = (ov.op.Constant(ov.Tensor(each)) for each in _in_eight_bits(table.data))
        place, axis = node.input_value(1), node.input_value(2)
        rows = operations.convert(operations.gather(small, place, axis), "f32")
        scaled = operations.multiply(rows, operations.gather(scales, place, axis))
        for following in node.output(0).get_target_inputs():
            following.replace_source_output(scaled.output(0))


def _in_eight_bits(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return the rows of a table as whole numbers up to 127, and the scale of each row, shape (n, 1)."""
    small = np.empty(table.shape, dtype=np.int8)
    scales = np.empty((len(table), 1), dtype=np.float32)
    # Some rows at a time: a copy of the whole table would take as much memory again.
    for start in range(0, len(table), _ROWS):
        part = slice(start, start + _ROWS)
        largest = np.abs(table[part]).max(axis=1, keepdims=True)
        scales[part] = np.where(largest > 0, largest, 1) / 127
        small[part] = np.rint(table[part] / scales[part])
    return small, scales
