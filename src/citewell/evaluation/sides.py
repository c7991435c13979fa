"""The two sides of a comparison: a saved run, an index, settings to try, or another tool's TREC run."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from citewell.assistant import Assistant
from citewell.building import build
from citewell.errors import UsageError
from citewell.evaluation.formats import trec
from citewell.evaluation.measures import DEEPEST
from citewell.evaluation.questions.sets import LINES, QuestionSet
from citewell.evaluation.running import Outcome, Progress, Run, load_run, run
from citewell.index.folder import IndexFolder
from citewell.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Asking:
    """How a side that is no run yet becomes one.

    ``questions`` are asked of an index with ``settings``, except for its splitting, which is the index' own; ``corpus`` is
    indexed for settings to try.
    """

    questions: QuestionSet | None
    corpus: Path
    settings: Settings
    top: int = DEEPEST
    progress: Progress | None = None


def runs_of(a: Path, b: Path, asking: Asking, *, judged: Sequence[Outcome] = ()) -> tuple[Run, Run]:
    """Make runs of both sides of a comparison.

    Args:
        a: A saved run (``.jsonl``), the folder of an index, a settings file (``.toml``), or else a TREC run.
        b: Likewise.
        asking: How to ask where there is no run yet.
        judged: The questions of TREC runs and where their right answers are; else those of the other side are taken.

    Raises:
        UsageError: A side is missing, or there are no questions for it.
        CitewellError: An index cannot be used, or settings cannot be tried.
    """
    with tempfile.TemporaryDirectory(prefix="citewell-compare-") as folder:
        # Both settings are tried in one folder, so that what they share is encoded once.
        made = [
            None if _is_trec(side) else _run_of(side, asking, IndexFolder(Path(folder, "index"))) for side in (a, b)
        ]
    wanted = judged or [outcome for each in made if each for outcome in each.outcomes]
    if not all(made) and not wanted:
        raise UsageError("two TREC runs need to be told what is right", command="citewell compare A B --qrels FILE")
    one, other = (each or trec.run_of(side, wanted) for each, side in zip(made, (a, b), strict=True))
    return one, other


def _is_trec(side: Path) -> bool:
    return side.is_file() and side.suffix.lower() not in LINES | {".toml"}


def _run_of(side: Path, asking: Asking, scratch: IndexFolder) -> Run:
    if not side.exists():
        raise UsageError(f"there is no run, index or settings file at {side}")
    if side.suffix.lower() in LINES and side.is_file():
        return replace(load_run(side), name=str(side))
    if asking.questions is None:
        raise UsageError(f"{side} has to be asked something", command="citewell compare A B --questions SET")
    if side.is_dir():
        index = IndexFolder(side)
        # What is compared is the index as it is, whatever it was made with.
        settings = asking.settings.model_copy(update={"splitting": index.manifest().splitting, "model": None})
    else:
        index, settings = scratch, load_settings(side)
        build(asking.corpus, index, settings, progress=asking.progress)
    assistant = Assistant(index, settings)
    return run(assistant, asking.questions, name=str(side), top=asking.top, progress=asking.progress)
