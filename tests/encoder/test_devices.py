"""Devices: the CPU, OpenVINO's own names, and what is not there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder import models
from citewell.encoder.devices import device_of
from citewell.encoder.encoding import Encoder, OpenVinoEncoder
from citewell.errors import EncoderError
from citewell.settings import Encoding

_TEXT = "What are the challenges of international education?"


def _with(*devices: str) -> SimpleNamespace:
    return SimpleNamespace(available_devices=list(devices))


class _Unasked:
    @property
    def available_devices(self) -> list[str]:
        raise AssertionError("it looked for devices")


def test_the_cpu_is_taken_without_looking_for_devices() -> None:
    assert device_of("cpu", _Unasked()) == "CPU"


@pytest.mark.parametrize(
    ("setting", "there", "device"),
    [
        ("auto", ["CPU"], "CPU"),
        ("auto", ["CPU", "NPU"], "CPU"),
        ("auto", ["CPU", "GPU"], "GPU"),
        ("auto", ["CPU", "GPU.0", "GPU.1"], "GPU.0"),
        ("gpu.1", ["CPU", "GPU.0", "GPU.1"], "GPU.1"),
        ("GPU", ["CPU", "GPU.0", "GPU.1"], "GPU"),
        ("HETERO:GPU,CPU", ["CPU", "GPU"], "HETERO:GPU,CPU"),
    ],
)
def test_a_device_has_the_name_that_openvino_has_for_it(setting: str, there: list[str], device: str) -> None:
    assert device_of(setting, _with(*there)) == device


@pytest.mark.parametrize("setting", ["NPU", "GPU.2", "HETERO:GPU.2,CPU", "nothing", "HETERO:", "HETERO:CPU,"])
def test_a_device_that_is_not_there_is_an_error_that_names_those_that_are(setting: str) -> None:
    with pytest.raises(EncoderError, match=r"finds no device .*only CPU, GPU\.0, GPU\.1") as caught:
        device_of(setting, _with("CPU", "GPU.0", "GPU.1"))
    assert "[encoder]" in str(caught.value.hint)


def test_another_device_of_openvino_runs_the_model(encoder: Encoder) -> None:
    """HETERO divides a model among devices; here all of it goes to the CPU, by another way than the CPU alone."""
    opened = OpenVinoEncoder(encoder.card, models.prepared_folder(encoder.card.identity), "hetero:cpu")
    assert float(opened.encode_query(_TEXT) @ encoder.encode_query(_TEXT)) > 0.999
    assert float(opened.encode_documents([_TEXT])[0] @ encoder.encode_query(_TEXT)) > 0.999


def test_the_setting_reaches_builds_and_questions(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", IndexFolder(tmp_path / "index")
    corpus.mkdir()
    (corpus / "lamp.txt").write_text("The lamp stands by the door.", encoding="utf-8")
    elsewhere = Settings(encoder=Encoding(device="GPU.77"))
    with pytest.raises(EncoderError, match=r"no device GPU\.77"):
        build(corpus, index, elsewhere)
    build(corpus, index, Settings())
    assert Assistant(index).ask("Where does the lamp stand?").answered
    with pytest.raises(EncoderError, match=r"no device GPU\.77"):
        Assistant(index, elsewhere)
