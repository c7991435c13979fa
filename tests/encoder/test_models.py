"""The files of a prepared model are read again when they may have changed, and only then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from citewell.encoder import models
from citewell.encoder.encoding import Encoder
from citewell.encoder.models import Card
from citewell.errors import EncoderError
from citewell.files import file_digest

Read = Callable[[], list[str]]


@pytest.fixture
def card(encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Card:
    """The card of a prepared model in a cache of its own, whose files were not written just now."""
    prepared = models.prepared_folder(encoder.card.identity)
    shutil.copytree(prepared, tmp_path / prepared.parent.name / prepared.name)
    monkeypatch.setenv(models.CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(models, "is_settled", lambda _: True)
    return encoder.card


@pytest.fixture
def read(card: Card, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return the names of the files that were read since this was called last."""
    names: list[str] = []

    def digest(file: Path) -> str:
        names.append(file.name)
        return file_digest(file)

    def since() -> list[str]:
        found = sorted(names)
        names.clear()
        return found

    monkeypatch.setattr(models, "file_digest", digest)
    assert card.files
    return since


def test_files_are_read_once_until_one_is_written(card: Card, read: Read) -> None:
    models.verify_changed(card)
    assert read() == sorted(card.files)
    models.verify_changed(card)
    assert read() == []
    weights = models.prepared_folder(card.identity) / "model.bin"
    weights.write_bytes(weights.read_bytes())
    models.verify_changed(card)
    assert read() == sorted(card.files)


def test_a_file_that_was_changed_is_refused_each_time(card: Card, read: Read) -> None:
    models.verify_changed(card)
    weights = models.prepared_folder(card.identity) / "model.bin"
    with weights.open("r+b") as stream:
        stream.write(b"\1\2")
    for _ in range(2):
        with pytest.raises(EncoderError, match=r"model\.bin .* checksum"):
            models.verify_changed(card)
    weights.unlink()
    with pytest.raises(EncoderError, match=r"model\.bin .* is missing"):
        models.verify_changed(card)
    assert "model.bin" in read()


def test_a_file_of_another_card_was_not_checked(card: Card) -> None:
    models.verify_changed(card)
    other = card.model_copy(update={"files": {**card.files, "model.xml": "0" * 64}})
    with pytest.raises(EncoderError, match=r"model\.xml .* checksum"):
        models.verify_changed(other)


def test_what_was_written_just_now_is_not_remembered(card: Card, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "is_settled", lambda _: False)
    for _ in range(2):
        models.verify_changed(card)
        assert read() == sorted(card.files)
