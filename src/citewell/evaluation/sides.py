"""The two sides of a comparison: a saved run, an index, a settings file, or another tool's TREC run."""

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
class RunOptions:
    """How to run a side that is not a run yet.

    ``questions`` are asked of an index with ``settings``, except its splitting, which is that of the index; ``corpus`` is
    indexed for a settings file.
    """

    questions: QuestionSet | None
    corpus: Path
    settings: Settings
    top: int = DEEPEST
    progress: Progress | None = None


def runs_of(a: Path, b: Path, options: RunOptions, *, judged: Sequence[Outcome] = ()) -> tuple[Run, Run]:
    """Return runs for both sides of a comparison.

    Args:
        a: A saved run (``.jsonl``), the folder of an index, a settings file (``.toml``), or else a TREC run.
        b: The same for the other side.
        options: How to run a side that is not a run yet.
        judged: The questions of TREC runs with the places of their right answers; by default those of the other side.

    Raises:
        UsageError: A side is missing, or there are no questions for it.
        CitewellError: An index cannot be used, or settings cannot be tried.
    """
    with tempfile.TemporaryDirectory(prefix="citewell-compare-") as folder:
        # Both settings use one folder, so that windows they share are encoded once.
        runs = [
            None if _is_trec(side) else _run_of(side, options, IndexFolder(Path(folder, "index"))) for side in (a, b)
        ]
    known = judged or [outcome for each in runs if each for outcome in each.outcomes]
    if not all(runs) and not known:
        raise UsageError("comparing two TREC runs needs relevance judgements", hint="give them with --qrels FILE")
    one, other = (each or trec.run_of(side, known) for each, side in zip(runs, (a, b), strict=True))
    return one, other


def _is_trec(side: Path) -> bool:
    return side.is_file() and side.suffix.lower() not in LINES | {".toml"}


def _run_of(side: Path, options: RunOptions, scratch: IndexFolder) -> Run:
    if not side.exists():
        raise UsageError(f"there is no run, index or settings file at {side}")
    if side.suffix.lower() in LINES and side.is_file():
        return replace(load_run(side), name=str(side))
    if options.questions is None:
        raise UsageError(f"comparing {side} needs a question set", hint="give one with --questions SET")
    if side.is_dir():
        index = IndexFolder(side)
        # The index is compared as it is, whatever its splitting and model.
        manifest = index.manifest()
        as_built = {"splitting": manifest.splitting, "languages": manifest.languages, "model": None}
        settings = options.settings.model_copy(update=as_built)
    else:
        index, settings = scratch, load_settings(side)
        build(options.corpus, index, settings, progress=options.progress)
    assistant = Assistant(index, settings)
    return run(assistant, options.questions, name=str(side), top=options.top, progress=options.progress)
