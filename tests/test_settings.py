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


def test_the_page_about_formats_shows_the_defaults(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "formats.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "a.toml").write_text(block, encoding="utf-8")
    assert load_settings(tmp_path / "a.toml") == Settings()


EXCLUDE = """# exclude = ["no"]
model = "english"
exclude = [
    "drafts/",  # "not this"
    '*.bak',

    "!keep.bak",
]

[largest_mb]
code = 2
"""


def test_patterns_to_exclude_know_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(EXCLUDE)
    settings = load_settings(tmp_path / "a.toml")
    assert [(each.pattern, each.line) for each in settings.exclude] == [("drafts/", 4), ("*.bak", 5), ("!keep.bak", 7)]
    assert settings.selection.largest_mb == {"code": 2}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('exclude = [\n"a",\n"[b"]\n', "a.toml, line 3: '[b' in exclude is a pattern that nothing matches"),
        ("exclude = 'a'", "exclude"),
        ("[largest_mb]\ncode = 0", "code = 0 is not above 0"),
    ],
)
def test_a_bad_pattern_or_size_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(content)
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_settings(tmp_path / "a.toml")
