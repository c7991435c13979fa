"""What the steps of one build have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citewell.building.ahead import FilesAhead
from citewell.building.holding import Keeper
from citewell.building.report import Progress
from citewell.building.resuming import Unfinished
from citewell.settings import Settings

if TYPE_CHECKING:
    from citewell.building.workers.shared import Shared
    from citewell.encoder.encoding import Encoder


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The corpus, the settings and the encoder of a build, where its progress goes, and what there is already.

    ``keeper`` knows the current snapshot, ``unfinished`` what builds that were stopped have read and encoded; ``files`` reads
    the files; ``shared`` are workers, if the build has some.
    """

    corpus: Path
    settings: Settings
    encoder: Encoder
    progress: Progress
    keeper: Keeper
    unfinished: Unfinished
    files: FilesAhead
    shared: Shared | None = None
