"""Devices: where OpenVINO runs a model."""

from __future__ import annotations

import re
from typing import Any

from citewell.errors import EncoderError

CPU = "CPU"
AUTO = "AUTO"

# OpenVINO numbers devices of one kind.
_NUMBERED = re.compile(r"\.\d+$")


def device_of(setting: str, core: Any) -> str:  # noqa: ANN401
    """Return the name that OpenVINO has for a device.

    Args:
        setting: ``cpu``; ``auto``, a graphics processor if there is one, else the CPU; or a name of OpenVINO's own, such as
            ``GPU.1`` or ``HETERO:GPU,CPU``.
        core: OpenVINO's Core. It looks for devices, which takes time, only if another one than the CPU is asked for.

    Raises:
        EncoderError: There is no such device.
    """
    name = setting.upper()
    if name == CPU:
        return CPU
    there: list[str] = core.available_devices
    if name == AUTO:
        return next((each for each in there if each.startswith("GPU")), CPU)
    kinds = {_NUMBERED.sub("", each) for each in there}
    _, _, parts = name.rpartition(":")
    missing = [each for each in parts.split(",") if each not in kinds and each not in there]
    if missing:
        raise EncoderError(
            f"OpenVINO finds no device {', '.join(missing)} on this machine, only {', '.join(there)}",
            hint='set device = "cpu" or "auto" below [encoder] in citewell.toml',
        )
    return name
