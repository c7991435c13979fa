"""Tuning: a declared grid of settings tried on a question set, with nested resampling, so that chance is not rewarded.

The best of many settings looks better than it is, because it was chosen by the very questions that praise it. So each choice
is made on some of the questions and judged on the others (repeated cross-validation around the choice; Cawley and Talbot, 2010,
"On Over-fitting in Model Selection"). Only if what is chosen that way beats the settings in use, and the best does so by more
than the best of as many would by chance, is it recommended.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from citewell.assistant import Assistant
from citewell.building import build
from citewell.errors import SettingsError, first_fault
from citewell.evaluation.comparing import MAIN
from citewell.evaluation.questions.sets import QuestionSet
from citewell.evaluation.running import Progress, run
from citewell.evaluation.statistics import best_p_value, p_words
from citewell.evaluation.summary import measure_run
from citewell.index.folder import IndexFolder
from citewell.settings import Settings

_FOLDS = 5
_REPEATS = 10
_SIGNIFICANT = 0.05
_FEWEST = 2 * _FOLDS
_GROUPS = ("splitting", "searching")


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were tried: what they change, their mean over all questions, and how often they were chosen."""

    settings: Settings
    changes: Mapping[str, Any]
    mean: float
    chosen: float

    def to_json(self) -> dict[str, Any]:
        """Return the trial for programs."""
        return {"changes": dict(self.changes), "mean": self.mean, "chosen": self.chosen}


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a grid came to.

    ``in_use`` is the mean of the settings in use. ``tuned`` is that of the settings which other questions chose, which is what
    to expect of the best. ``p_value`` is how probable it is that the best of as many settings would be so far ahead of those in
    use if none were better. ``trials`` begin with the best.
    """

    measure: str
    questions: int
    in_use: float
    tuned: float
    p_value: float
    trials: tuple[Trial, ...]

    @property
    def recommended(self) -> Trial | None:
        """The settings to change to, or None where none is known to be better."""
        better = self.tuned > self.in_use and self.p_value < _SIGNIFICANT
        return self.trials[0] if better and self.trials[0].changes else None

    @property
    def verdict(self) -> str:
        """Say in one sentence what to do."""
        seen = f"{self.measure} {self.in_use:.3f} as it is, {self.tuned:.3f} as other questions choose, {p_words(self.p_value)}"
        if self.recommended is None:
            return f"keep your settings: none is known to be better ({seen})"
        changes = ", ".join(f"{name} = {value}" for name, value in self.recommended.changes.items())
        return f"change to {changes} ({seen})"

    def to_json(self) -> dict[str, Any]:
        """Return the tuning for programs."""
        return {
            "measure": self.measure,
            "questions": self.questions,
            "in_use": self.in_use,
            "tuned": self.tuned,
            "p_value": self.p_value,
            "verdict": self.verdict,
            "recommended": dict(self.recommended.changes) if self.recommended else None,
            "trials": [trial.to_json() for trial in self.trials],
        }


def read_grid(file: Path, settings: Settings) -> list[tuple[dict[str, Any], Settings]]:
    """Read a grid: a settings file in which a value may be a list of values to try.

    Args:
        file: TOML, with ``[splitting]`` and ``[searching]``.
        settings: The settings in use, which hold for whatever the grid does not name; they are always tried, too.

    Returns:
        What each combination changes, and the settings it makes; those in use come first.

    Raises:
        SettingsError: The file cannot be read, or a key or value is none of a setting.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the grid {file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the grid {file} is not TOML: {error}") from error
    axes: dict[str, list[Any]] = {}
    for group, values in content.items():
        if group not in _GROUPS or not isinstance(values, dict):
            raise SettingsError(f"the grid {file} may hold [splitting] and [searching], not {group!r}")
        axes |= {f"{group}.{name}": value if isinstance(value, list) else [value] for name, value in values.items()}
    base = settings.model_dump()
    found: dict[str, tuple[dict[str, Any], Settings]] = {settings.model_dump_json(): ({}, settings)}
    for chosen in product(*axes.values()):
        content = {**base, **{group: dict(base[group]) for group in _GROUPS}}
        for name, value in zip(axes, chosen, strict=True):
            group, key = name.split(".")
            content[group][key] = value
        try:
            made = Settings.model_validate(content)
        except ValidationError as error:
            raise SettingsError(first_fault(f"the grid {file}", error)) from error
        changes = {name: value for name, value in zip(axes, chosen, strict=True) if _at(base, name) != value}
        found.setdefault(made.model_dump_json(), (changes, made))
    return list(found.values())


def tune(
    grid: Sequence[tuple[Mapping[str, Any], Settings]],
    questions: QuestionSet,
    corpus: Path,
    folder: Path,
    *,
    by: str = MAIN,
    progress: Progress | None = None,
) -> Tuning:
    """Try every setting of a grid.

    Args:
        grid: As ``read_grid`` gives it, the settings in use first.
        questions: The set.
        corpus: The corpus; it is indexed anew for every way of splitting, with each window encoded once.
        folder: Where these indexes go.
        by: The measure to choose by.
        progress: Told the stage, how many of its steps are done, and how many there are.

    Raises:
        SettingsError: There are too few questions to choose by some and judge by others, or no such measure.
    """
    rows = []
    for nth, (_, settings) in enumerate(grid):
        if progress:
            progress("Trying", nth, len(grid))
        rows.append(_values(settings, questions, corpus, folder, by))
    if progress:
        progress("Trying", len(grid), len(grid))
    return judge(grid, np.array(rows), by)


def judge(grid: Sequence[tuple[Mapping[str, Any], Settings]], values: npt.NDArray[np.float64], by: str) -> Tuning:
    """Say what a grid came to.

    Args:
        grid: The settings, those in use first.
        values: What each reached, shape (settings, questions).
        by: The measure that the values are of.

    Raises:
        SettingsError: There are too few questions to choose by some and judge by others.
    """
    if values.shape[1] < _FEWEST:
        raise SettingsError(
            f"tuning takes at least {_FEWEST} questions that the corpus covers; the set has {values.shape[1]}"
        )
    tuned, chosen = _nested(values)
    means = values.mean(axis=1)
    order = sorted(range(len(grid)), key=lambda row: (-means[row], row))
    return Tuning(
        measure=by,
        questions=values.shape[1],
        in_use=float(means[0]),
        tuned=float(tuned.mean()),
        p_value=best_p_value(values - values[0]),
        trials=tuple(Trial(grid[row][1], grid[row][0], float(means[row]), float(chosen[row])) for row in order),
    )


def _values(settings: Settings, questions: QuestionSet, corpus: Path, folder: Path, by: str) -> list[float]:
    index = IndexFolder(folder)
    build(corpus, index, settings)
    table = measure_run(run(Assistant(index, settings), questions, name="trial"))
    if by not in table:
        raise SettingsError(f"no measure is called {by!r}; there are {', '.join(table)}")
    return table[by]


def _nested(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Choose on some questions and judge on the others.

    Args:
        values: A setting a row, a question a column.

    Returns:
        Each question's mean value under the settings that other questions chose, and how often each setting was chosen.
    """
    tuned = np.zeros(values.shape[1])
    chosen = np.zeros(values.shape[0])
    for held in _folds(values.shape[1]):
        # The first of equals is the one in use, so that nothing is changed for nothing.
        best = int(np.argmax(np.delete(values, held, axis=1).mean(axis=1)))
        tuned[held] += values[best, held] / _REPEATS
        chosen[best] += 1 / (_FOLDS * _REPEATS)
    return tuned, chosen


def _folds(count: int) -> Iterator[npt.NDArray[np.int64]]:
    draw = np.random.default_rng(0)
    for _ in range(_REPEATS):
        yield from np.array_split(draw.permutation(count), _FOLDS)


def _at(content: Mapping[str, Any], name: str) -> object:
    group, key = name.split(".")
    return content[group].get(key)
