"""Compiles a prepared model for this processor, and keeps the result beside it, so that the next process need not.

What is kept has no weights, which are read from the model's own file, and begins with its checksum. It is named after all
that it depends on: the model's files, OpenVINO's version, the device and what that can do, and how it will be used. Where it
cannot be written, or is damaged, the model is compiled again: then only the time is lost.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import openvino as ov

from citewell.encoder.devices import CPU, device_of
from citewell.encoder.models import Card
from citewell.errors import EncoderError
from citewell.files import write_atomically

Use = Literal["LATENCY", "THROUGHPUT"]

_DIGEST_BYTES = 32


class Compiler:
    """Compiles one model, once for each use. Thread-safe.

    Args:
        card: The card of the model.
        folder: Where its files are.
        device: Where it runs (``citewell.encoder.devices``).

    Raises:
        EncoderError: There is no such device.
    """

    def __init__(self, card: Card, folder: Path, device: str = CPU) -> None:
        self._card = card
        self._folder = folder
        self._core = ov.Core()
        self._device = device_of(device, self._core)
        self._compiled: dict[Use, Any] = {}
        self._lock = threading.Lock()

    def compiled(self, use: Use) -> Any:  # noqa: ANN401
        """Return the compiled model: for one request at a time (``LATENCY``), or for as many as the processor takes.

        It computes in BF16 if the device is a CPU that supports it, else in FP32.

        Raises:
            EncoderError: OpenVINO cannot compile it.
        """
        with self._lock:
            if use not in self._compiled:
                self._compiled[use] = self._load(use)
            return self._compiled[use]

    def _load(self, use: Use) -> Any:  # noqa: ANN401
        able = self._core.get_property(CPU, "OPTIMIZATION_CAPABILITIES")
        settings = {
            "PERFORMANCE_HINT": use,
            "INFERENCE_PRECISION_HINT": "bf16" if self._device == CPU and "BF16" in able else "f32",
        }
        if self._device != CPU:
            return self._compile(settings)
        if use == "LATENCY":
            # A thread that may not leave its processor is waited for, where another program or the server itself uses that.
            settings["ENABLE_CPU_PINNING"] = "NO"
        # What is exported has no weights.
        settings["CACHE_MODE"] = "OPTIMIZE_SIZE"
        kept = self._folder / f"compiled-{self._key(settings)}.bin"
        return self._imported(kept, settings) or self._kept(kept, self._compile(settings))

    def _key(self, settings: dict[str, str]) -> str:
        processor = [
            str(self._core.get_property(CPU, name)) for name in ("FULL_DEVICE_NAME", "OPTIMIZATION_CAPABILITIES")
        ]
        depends_on = [ov.get_version(), *processor, sorted(self._card.files.items()), sorted(settings.items())]
        return hashlib.sha256(json.dumps(depends_on).encode()).hexdigest()[:16]

    def _imported(self, kept: Path, settings: dict[str, str]) -> Any:  # noqa: ANN401
        """Return what another process has compiled; None if there is none, or it is damaged."""
        # It need not be there, or readable.
        with suppress(OSError):
            content = kept.read_bytes()
            digest, exported = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
            if hashlib.sha256(exported).digest() == digest:
                weights = {"WEIGHTS_PATH": str(self._folder / "model.bin")}
                # One that is whole, but that this OpenVINO does not take, is made again.
                with suppress(RuntimeError):
                    return self._core.import_model(
                        ov.Tensor(np.frombuffer(exported, np.uint8)), CPU, settings | weights
                    )
        return None

    def _compile(self, settings: dict[str, str]) -> Any:  # noqa: ANN401
        model = self._core.read_model(self._folder / "model.xml")
        try:
            return self._core.compile_model(model, self._device, settings)
        except RuntimeError as error:
            where = f"on the device {self._device}"
            raise EncoderError(
                f"OpenVINO cannot run the model {self._card.model} {where}: {_last_line(error)}"
            ) from error

    def _kept(self, kept: Path, compiled: Any) -> Any:  # noqa: ANN401
        stream = io.BytesIO()
        # A cache that cannot be written costs time only.
        with suppress(OSError, RuntimeError):
            compiled.export_model(stream)
            exported = stream.getvalue()
            write_atomically(kept, hashlib.sha256(exported).digest() + exported, private=False)
        return compiled


def _last_line(error: RuntimeError) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
