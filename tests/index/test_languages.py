"""The language of each document: found in a build, kept in the catalogue, limited by a setting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citewell import Settings, load_settings
from citewell.assistant import Assistant
from citewell.building.building import build
from citewell.errors import IndexMismatchError, SettingsError
from citewell.index.folder import IndexFolder
from citewell.index.status import status
from tests.support.commands import citewell

pytestmark = pytest.mark.usefixtures("encoder", "prepared_once")

_TEXTS = {
    "boat.txt": "The boat leaves at six. Nobody waits for it at the pier.",
    "hafen.txt": "Der Hafen ist am Sonntag geschlossen. Das Boot liegt in der Bucht.",
    "puerto.txt": "El puerto está cerrado los domingos. El barco sale a las seis.",
    "numbers.txt": "12.5 | 13.7 | 99\n4.1 | 5.2 | 77",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in _TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def _languages(index: IndexFolder) -> dict[str, str | None]:
    return {each.path: each.language for each in index.open().catalogue.documents()}


def test_each_document_has_its_language(corpus: Path, index: IndexFolder) -> None:
    build(corpus, index, Settings(model="english"))
    assert _languages(index) == {"boat.txt": "en", "hafen.txt": "de", "numbers.txt": None, "puerto.txt": "es"}
    assert index.open().catalogue.document("hafen.txt").language == "de"
    assert dict(index.open().catalogue.languages) == {"de": 1, "en": 1, "es": 1}


def test_a_document_that_is_carried_over_keeps_its_language(corpus: Path, index: IndexFolder) -> None:
    build(corpus, index, Settings(model="english"))
    (corpus / "more.txt").write_text("Il porto è chiuso la domenica, ma la barca parte alle sei.", encoding="utf-8")
    report = build(corpus, index, Settings(model="english"))
    assert report.unchanged == len(_TEXTS)
    assert _languages(index)["hafen.txt"] == "de"
    assert _languages(index)["more.txt"] == "it"


def test_the_setting_limits_the_languages_and_is_part_of_the_index(corpus: Path, index: IndexFolder) -> None:
    build(corpus, index, Settings(model="english"))
    limited = Settings(model="english", languages=("en", "de"))
    with pytest.raises(IndexMismatchError):
        Assistant(index, limited)
    build(corpus, index, limited)
    assert set(_languages(index).values()) <= {"en", "de", None}
    assert Assistant(index, limited).documents()[1].language == "de"
    with pytest.raises(IndexMismatchError):
        Assistant(index, Settings())


def test_one_language_is_that_of_all(corpus: Path, index: IndexFolder, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('language = "nl"')
    settings = load_settings(tmp_path / "a.toml")
    assert settings == Settings(languages=("nl",))
    build(corpus, index, settings.model_copy(update={"model": "english"}))
    assert set(_languages(index).values()) == {"nl"}


@pytest.mark.parametrize(
    "content", ['language = "german"', 'languages = ["EN"]', 'language = "de"\nlanguages = ["de"]']
)
def test_what_is_no_language_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.toml").write_text(content)
    with pytest.raises(SettingsError):
        load_settings(tmp_path / "a.toml")


def test_status_says_the_languages(corpus: Path, index: IndexFolder) -> None:
    build(corpus, index, Settings(model="english"))
    assert status(index).in_languages == "de 1, en 1, es 1, not known 1"
    shown = citewell("status", "--index", str(index.path)).stdout
    assert "de 1, en 1, es 1, not known 1" in shown
    assert json.loads(citewell("status", "--index", str(index.path), "--json").stdout)["languages"] == {
        "de": 1,
        "en": 1,
        "es": 1,
    }
