"""Compiled models: kept beside the model, used by the next process, and made again if anything is wrong with them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from citewell.encoder import compiling, models
from citewell.encoder.compiling import Compiler
from citewell.encoder.encoding import Encoder, OpenVinoEncoder

_PROGRAM = """
import json, sys
from pathlib import Path
from citewell.encoder.encoding import OpenVinoEncoder
from citewell.encoder.models import Card
folder, text = Path(sys.argv[1]), sys.argv[2]
card = Card.model_validate_json((folder / "card.json").read_bytes())
print(json.dumps(OpenVinoEncoder(card, folder).encode_query(text).tolist()))
"""
_TEXT = "What are the challenges of international education?"


class _Compiled:
    """The encoder of a folder, which counts how often OpenVINO compiles and imports."""

    def __init__(self, folder: Path) -> None:
        # The folder's own card: another test may have prepared the model again since this process read it.
        self.card, self.folder = models.Card.model_validate_json((folder / "card.json").read_bytes()), folder
        self.calls: list[str] = []

    def ask(self) -> Any:
        """Open it as a new process does, and encode a question."""
        opened = OpenVinoEncoder(self.card, self.folder)
        opened._compiler._core = _Counted(opened._compiler._core, self.calls)
        return opened.encode_query(_TEXT)

    def kept(self) -> list[Path]:
        return sorted(self.folder.glob("compiled-*"))


class _Counted:
    def __init__(self, core: Any, calls: list[str]) -> None:
        self._core, self._calls = core, calls

    def __getattr__(self, name: str) -> Any:
        if name in {"compile_model", "import_model"}:
            self._calls.append(name)
        return getattr(self._core, name)


@pytest.fixture
def compiled(encoder: Encoder, tmp_path: Path) -> _Compiled:
    prepared = models.prepared_folder(encoder.card.identity)
    folder = tmp_path / "prepared"
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns("compiled-*"))
    return _Compiled(folder)


def test_questions_do_not_wait_for_one_processor(compiled: _Compiled) -> None:
    opened = Compiler(compiled.card, compiled.folder)
    for _ in ("compiled", "imported"):
        assert opened.compiled("LATENCY").get_property("ENABLE_CPU_PINNING") is False
        opened = Compiler(compiled.card, compiled.folder)


def test_the_next_process_takes_what_the_first_has_compiled(encoder: Encoder, compiled: _Compiled) -> None:
    first, second = compiled.ask(), compiled.ask()
    assert compiled.calls == ["compile_model", "import_model"]
    assert np.array_equal(first, second)
    assert np.array_equal(first, encoder.encode_query(_TEXT))
    (kept,) = compiled.kept()
    # Weights are not kept twice.
    assert kept.stat().st_size < (compiled.folder / "model.bin").stat().st_size / 20


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flipped(content: bytes) -> bytes:
    return content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]


def _empty(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [_cut, _flipped, _empty])
def test_one_that_is_damaged_is_made_again(compiled: _Compiled, damage: Callable[[bytes], bytes]) -> None:
    before = compiled.ask()
    (kept,) = compiled.kept()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert np.array_equal(compiled.ask(), before)
    assert compiled.calls == ["compile_model", "compile_model"]
    compiled.ask()
    assert compiled.calls[-1] == "import_model"


def test_one_that_openvino_does_not_take_is_made_again(compiled: _Compiled) -> None:
    before = compiled.ask()
    (kept,) = compiled.kept()
    other = b"of another version"
    kept.write_bytes(hashlib.sha256(other).digest() + other)
    assert np.array_equal(compiled.ask(), before)
    assert compiled.calls == ["compile_model", "import_model", "compile_model"]


def test_another_version_or_processor_does_not_take_it(compiled: _Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.ask()
    monkeypatch.setattr("openvino.get_version", lambda: "2099.1")
    compiled.ask()
    assert compiled.calls == ["compile_model", "compile_model"]
    assert len(compiled.kept()) == 2


def test_a_folder_that_cannot_be_written_costs_time_only(compiled: _Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(compiling, "write_atomically", refuse)
    assert np.array_equal(compiled.ask(), compiled.ask())
    assert compiled.calls == ["compile_model", "compile_model"]
    assert compiled.kept() == []


def test_several_processes_may_begin_at_once(encoder: Encoder, compiled: _Compiled) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(compiled.folder), _TEXT]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    found = [json.loads(process.communicate()[0]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert all(np.allclose(each, encoder.encode_query(_TEXT), atol=1e-6) for each in found)
    compiled.ask()
    assert compiled.calls == ["import_model"]
    assert [each.suffix for each in compiled.kept()] == [".bin"]
