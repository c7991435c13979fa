"""Indexes of small corpora, and what their checks find."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from citewell import Assistant, IndexFolder, Settings, build
from citewell.building import BuildReport
from citewell.index.checking import check
from citewell.index.finding import Finding
from citewell.index.index import AnyIndex
from citewell.index.storage import Snapshot
from tests.support.calibrations import calibrated
from tests.support.encoders import prepared_model
from tests.support.environment import CACHE, CORPUS
from tests.support.shared import shared

WREN = "Wren\n\nA wren weighs ten grams.\n"


@cache
def bundled() -> Path:
    """Return an index of the bundled corpus: built once a run, and copied for each process, with its user data."""
    prepared_model()
    built = shared("bundled", _build_bundled)
    return Path(shutil.copytree(built, Path(tempfile.mkdtemp(dir=CACHE), "bundled")))


def _build_bundled(folder: Path) -> None:
    with calibrated(by_all=True):
        build(CORPUS, IndexFolder(folder), Settings())


def write_small_corpus(folder: Path) -> Path:
    """Write three files, one of them in a subfolder."""
    (folder / "animals").mkdir(parents=True)
    (folder / "moon.txt").write_text(
        "The Moon\n\nThe Moon goes round the Earth in about twenty-seven days. It has no air.\n", encoding="utf-8"
    )
    (folder / "animals" / "otters.md").write_text(
        "# Otters\n\n## Food\n\nOtters eat fish and crabs. They hunt at night.\n\n"
        "## Play\n\nOtters slide down muddy banks for fun.\n",
        encoding="utf-8",
    )
    (folder / "animals" / "bees.txt").write_text(
        "Bees\n\nA honey bee tells others of flowers by dancing. The dance gives the direction.\n", encoding="utf-8"
    )
    return folder


def assistant_for(files: Mapping[str, str], folder: Path, model: str = "english") -> Assistant:
    """Write files, given by their paths in a corpus, build their index with a model, and open it."""
    for name, text in files.items():
        file = folder / "corpus" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8")
    index = IndexFolder(folder / "index")
    build(folder / "corpus", index, Settings(model=model))
    return Assistant(index)


def rebuilt(corpus: Path, index: IndexFolder, settings: Settings | None = None, *, force: bool = False) -> BuildReport:
    return build(corpus, index, settings or Settings(), force=force)


def failed(index: AnyIndex) -> list[Finding]:
    return [finding for finding in check(index) if not finding.passed]


def segment_of(index: IndexFolder) -> Path:
    """Return the folder of the newest segment of the current snapshot."""
    return index.segments / index.manifest().segments[-1].name


def catalogue_of(index: IndexFolder) -> Path:
    """Return the catalogue of the newest segment of the current snapshot."""
    return segment_of(index) / "catalogue.sqlite"


def window_keys(snapshot: Snapshot) -> list[str]:
    """Return the keys of all windows, in the order of the paths of their documents."""
    catalogue = snapshot.catalogue
    passages = (passage for each in catalogue.documents() for passage in catalogue.split_document(each.path))
    return [window.key for passage in passages for window in passage.windows]


def vectors_of(snapshot: Snapshot) -> npt.NDArray[np.float32]:
    """Return the vectors of all windows, in the same order."""
    return snapshot.vectors_of(snapshot.catalogue.windows_in_order)
