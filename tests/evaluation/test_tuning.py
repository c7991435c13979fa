"""Tuning: what is better is found, and what is chance is not praised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from citewell import Settings
from citewell.encoder.encoding import Encoder
from citewell.errors import SettingsError
from citewell.evaluation.questions.sets import read_questions
from citewell.evaluation.tuning import evaluate_grid, read_grid, tune
from tests.support.environment import CORPUS, ROOT

SET = ROOT / "tests" / "questions" / "international-education.questions.yaml"
GRID: list[tuple[dict[str, Any], Settings]] = [({}, Settings())] + [
    ({"searching.bm25_weight": float(n)}, Settings()) for n in range(1, 30)
]


def write(folder: Path, text: str) -> Path:
    file = folder / "grid.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_grid_is_every_combination_with_the_settings_in_use_first(tmp_path: Path) -> None:
    settings = Settings.model_validate({"searching": {"bm25_weight": 0.5}})
    file = write(
        tmp_path,
        "[splitting]\npassage_tokens = [100, 285]\n[searching]\nbm25_weight = [0.5, 1.0]\ncandidate_windows = 50\n",
    )
    grid = read_grid(file, settings)
    assert grid[0] == ({}, settings)
    assert [changes for changes, _ in grid[1:]] == [
        {"splitting.passage_tokens": 100, "searching.candidate_windows": 50},
        {"splitting.passage_tokens": 100, "searching.bm25_weight": 1.0, "searching.candidate_windows": 50},
        {"searching.candidate_windows": 50},
        {"searching.bm25_weight": 1.0, "searching.candidate_windows": 50},
    ]
    assert grid[2][1].splitting.passage_tokens == 100
    assert grid[2][1].searching.bm25_weight == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[searching", "is not TOML"),
        ("model = ['a', 'b']", "may contain [splitting] and [searching], not 'model'"),
        ("[searching]\nbm25 = [1]", "searching.bm25: Extra inputs"),
        ("[splitting]\npassage_tokens = [3]", "splitting.passage_tokens: Input should be greater"),
    ],
)
def test_a_bad_grid_is_named_with_its_field(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_grid(write(tmp_path, text), Settings())
    assert said in str(error.value)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_grid(tmp_path / "none.toml", Settings())


@pytest.mark.long
def test_chance_is_not_rewarded() -> None:
    recommended, tuned = 0, []
    for seed in range(20):
        # Thirty settings that find each question as often as each other: the best of them looks much better than it is.
        values = np.random.default_rng(seed).binomial(1, 0.7, (30, 40)).astype(float)
        found = evaluate_grid(GRID, values, "hit@5")
        assert found.trials[0].mean >= 0.8
        tuned.append(found.tuned)
        recommended += found.recommended is not None
    assert recommended <= 1
    assert np.mean(tuned) == pytest.approx(0.7, abs=0.02)


@pytest.mark.parametrize("seed", [33, 47, 56])
def test_a_setting_that_is_lucky_in_every_fold_is_not_recommended(seed: int) -> None:
    found = evaluate_grid(GRID, np.random.default_rng(seed).binomial(1, 0.7, (30, 40)).astype(float), "hit@5")
    # Holding questions back does not tell: whoever chooses by the others chooses mostly the same.
    assert found.tuned > found.in_use + 0.2
    assert found.recommended is None


def test_what_is_truly_better_is_recommended() -> None:
    draw = np.random.default_rng(0)
    values = draw.binomial(1, 0.6, (30, 60)).astype(float)
    values[7] = draw.binomial(1, 0.97, 60)
    found = evaluate_grid(GRID, values, "hit@5")
    assert found.recommended is not None
    assert found.recommended.changes == {"searching.bm25_weight": 7.0}
    assert found.verdict.startswith("change to searching.bm25_weight = 7.0 (hit@5 ")
    assert found.trials[0].chosen == pytest.approx(1)


def test_settings_that_are_alike_are_kept() -> None:
    found = evaluate_grid(GRID[:3], np.tile(np.arange(20) % 2, (3, 1)).astype(float), "hit@5")
    assert found.recommended is None
    assert (found.p_value, found.in_use, found.tuned) == pytest.approx((1, 0.5, 0.5))
    assert found.verdict.startswith("keep your settings")


def test_too_few_questions_are_said_to_be() -> None:
    with pytest.raises(SettingsError, match="at least 10 answerable questions; the set has 9"):
        evaluate_grid(GRID[:2], np.ones((2, 9)), "hit@5")


@pytest.mark.long
@pytest.mark.usefixtures("encoder")
def test_scraps_of_passages_are_tuned_away_on_a_real_corpus(tmp_path: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    poor = Settings.model_validate({"splitting": {"passage_tokens": 16, "window_tokens": 8}})
    grid = read_grid(write(tmp_path, "[splitting]\npassage_tokens = [16, 285]\n"), poor)
    told: list[str] = []
    found = tune(
        grid,
        read_questions(SET),
        CORPUS,
        tmp_path / "index",
        progress=lambda stage, done, total: told.append(f"{stage} {done}/{total}"),
    )
    assert found.recommended is not None
    assert found.recommended.changes == {"splitting.passage_tokens": 285}
    assert told == ["Trying 0/2", "Trying 1/2", "Trying 2/2"]
    with pytest.raises(SettingsError, match="no measure 'hits'"):
        tune(grid, read_questions(SET), CORPUS, tmp_path / "index", by="hits")
