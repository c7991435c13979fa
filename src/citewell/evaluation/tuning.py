"""Tuning: tries a grid of settings on a question set, with nested resampling.

The best of many settings looks better than it is, because it is chosen and measured with the same questions. So each choice is
made with some of the questions and measured with the others (nested cross-validation; Cawley and Talbot, 2010, "On Over-fitting
in Model Selection"). A change is recommended only if the settings chosen this way beat the current ones, and the best is ahead
by more than the best of as many would be by chance.
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
    """Settings that were tried: the changes, the mean over all questions, and how often they were chosen."""

    settings: Settings
    changes: Mapping[str, Any]
    mean: float
    chosen: float

    def to_json(self) -> dict[str, Any]:
        """Return the trial as JSON."""
        return {"changes": dict(self.changes), "mean": self.mean, "chosen": self.chosen}


@dataclass(frozen=True, slots=True)
class Tuning:
    """The result of a grid.

    ``in_use`` is the mean of the current settings. ``tuned`` is that of the settings chosen by nested cross-validation, the
    expected value of the best. ``p_value`` is the probability that the best of as many settings would be this far ahead of the
    current ones if none were better. ``trials`` are sorted, best first.
    """

    measure: str
    questions: int
    in_use: float
    tuned: float
    p_value: float
    trials: tuple[Trial, ...]

    @property
    def recommended(self) -> Trial | None:
        """The settings to change to, or None if none is significantly better."""
        better = self.tuned > self.in_use and self.p_value < _SIGNIFICANT
        return self.trials[0] if better and self.trials[0].changes else None

    @property
    def verdict(self) -> str:
        """The recommendation in one sentence."""
        seen = f"{self.measure} {self.in_use:.3f} now, {self.tuned:.3f} in cross-validation, {p_words(self.p_value)}"
        if self.recommended is None:
            return f"keep your settings: none is significantly better ({seen})"
        changes = ", ".join(f"{name} = {value}" for name, value in self.recommended.changes.items())
        return f"change to {changes} ({seen})"

    def to_json(self) -> dict[str, Any]:
        """Return the tuning as JSON."""
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
        settings: The current settings, used for everything the grid does not name; they are always tried, too.

    Returns:
        The changes of each combination, and its settings; the current ones come first.

    Raises:
        SettingsError: The file cannot be read, or a key or value is invalid.
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
            raise SettingsError(f"the grid {file} may contain [splitting] and [searching], not {group!r}")
        axes |= {f"{group}.{name}": value if isinstance(value, list) else [value] for name, value in values.items()}
    base = settings.model_dump()
    found: dict[str, tuple[dict[str, Any], Settings]] = {settings.model_dump_json(): ({}, settings)}
    for chosen in product(*axes.values()):
        content = {**base, **{group: dict(base[group]) for group in _GROUPS}}
        for name, value in zip(axes, chosen, strict=True):
            group, key = name.split(".")
            content[group][key] = value
        try:
            trial = Settings.model_validate(content)
        except ValidationError as error:
            raise SettingsError(first_fault(f"the grid {file}", error)) from error
        changes = {name: value for name, value in zip(axes, chosen, strict=True) if _at(base, name) != value}
        found.setdefault(trial.model_dump_json(), (changes, trial))
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
        grid: The result of ``read_grid``, the current settings first.
        questions: The set.
        corpus: The corpus; it is indexed for each combination of splitting settings, and each window is encoded once.
        folder: The folder for these indexes.
        by: The measure to choose by.
        progress: Called with the stage, how many of its steps are done, and how many there are.

    Raises:
        SettingsError: There are too few questions for cross-validation, or the measure does not exist.
    """
    rows = []
    for nth, (_, settings) in enumerate(grid):
        if progress:
            progress("Trying", nth, len(grid))
        rows.append(_values(settings, questions, corpus, folder, by))
    if progress:
        progress("Trying", len(grid), len(grid))
    return evaluate_grid(grid, np.array(rows), by)


def evaluate_grid(
    grid: Sequence[tuple[Mapping[str, Any], Settings]], values: npt.NDArray[np.float64], by: str
) -> Tuning:
    """Evaluate the results of a grid.

    Args:
        grid: The settings, the current ones first.
        values: The results of each, shape (settings, questions).
        by: The measure of the values.

    Raises:
        SettingsError: There are too few questions for cross-validation.
    """
    if values.shape[1] < _FEWEST:
        raise SettingsError(f"tuning needs at least {_FEWEST} answerable questions; the set has {values.shape[1]}")
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
        raise SettingsError(f"there is no measure {by!r}; choose one of {', '.join(table)}")
    return table[by]


def _nested(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Choose settings with some questions and measure them with the others.

    Args:
        values: Shape (settings, questions).

    Returns:
        The mean value of each question with the settings that other questions chose, and how often each was chosen.
    """
    tuned = np.zeros(values.shape[1])
    chosen = np.zeros(values.shape[0])
    for fold in _folds(values.shape[1]):
        # Of equal settings the first is chosen, which is the current one.
        best = int(np.argmax(np.delete(values, fold, axis=1).mean(axis=1)))
        tuned[fold] += values[best, fold] / _REPEATS
        chosen[best] += 1 / (_FOLDS * _REPEATS)
    return tuned, chosen


def _folds(count: int) -> Iterator[npt.NDArray[np.int64]]:
    draw = np.random.default_rng(0)
    for _ in range(_REPEATS):
        yield from np.array_split(draw.permutation(count), _FOLDS)


def _at(content: Mapping[str, Any], name: str) -> object:
    group, key = name.split(".")
    return content[group].get(key)
