"""Settings: frozen, explicit, and strict about what they do not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from citewell import Settings, load_settings
from citewell.errors import SettingsError
from tests.support.environment import ROOT


def test_defaults_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings() == Settings()


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('model = "x"\n[splitting]\npassage_tokens = 100\n')
    settings = load_settings(tmp_path / "a.toml")
    assert settings.model == "x"
    assert settings.splitting.passage_tokens == 100
    assert settings.searching == Settings().searching


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[splitting]\npasage_tokens = 100", "splitting.pasage_tokens"),
        ("[searching]\nrefusal = 'lenient'", "searching.refusal"),
        ("not toml", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(content)
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_settings(tmp_path / "a.toml")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().model = "other"


def test_readme_shows_the_defaults(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "a.toml").write_text(block, encoding="utf-8")
    assert load_settings(tmp_path / "a.toml") == Settings()
