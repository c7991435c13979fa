"""Building: from a corpus to a new snapshot. What did not change is carried over; what is new is read, split and encoded."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Collection
from pathlib import Path

from citewell._version import __version__
from citewell.building.holding import Keeper
from citewell.building.report import BuildReport, Progress
from citewell.building.writing import SnapshotWriter
from citewell.corpus.reading import check_corpus
from citewell.encoder import models
from citewell.encoder.encoding import open_encoder
from citewell.encoder.preparing import prepare
from citewell.errors import IndexFaultError, IndexUnreadableError
from citewell.index.changes import Changes, compare
from citewell.index.folder import IndexFolder, Snapshot
from citewell.index.manifest import Manifest
from citewell.settings import Settings


def build(
    corpus: Path,
    index: IndexFolder,
    settings: Settings,
    *,
    again: bool = False,
    progress: Progress | None = None,
    confirmed: Collection[str] | None = None,
) -> BuildReport:
    """Bring an index up to date with its corpus. What the system does not hand out just now stays as the index has it.

    Args:
        corpus: The folder of the corpus.
        index: The index; it is made where there is none.
        settings: The sizes of passages and windows, and the model; where it names none, an index keeps the model it has.
        again: Read, split and encode everything anew, and prepare the encoder anew.
        progress: Told the stage, how many of its steps are done, and how many there are.
        confirmed: Of a build that nobody watches, the documents that somebody has taken out; it is held back if it would lose
            many others (`check_losses`). None is a build that is watched, which does what the corpus says.

    Returns:
        What was done; ``up_to_date`` where there was nothing to do.

    Raises:
        UsageError: The corpus is not a folder.
        EncoderError: The model is missing or cannot be loaded.
        IndexBusyError: Another process is writing this index.
        IndexFaultError: The disk did not take the new snapshot; the one in use was left as it was.
        HeldBackError: Nobody watches, and the index would lose many documents; it is left as it was.
        CitewellError: Nothing in the corpus could be read; the index is as it was.
    """
    began = time.perf_counter()
    check_corpus(corpus)
    with index.writing():
        held = _usable(index, again=again)
        before = None if again else held
        changes = compare(corpus, index, held, again=again)
        model = settings.model or _model_of(index)
        identity = models.identify(models.resolve(model))
        same_encoder = before is not None and before.manifest.encoder.identity == identity
        carried = before if before and same_encoder and _same_splitting(before.manifest, settings) else None
        keeper = Keeper(corpus, index, held, carried, confirmed)
        keeper.check(changes)
        card = _prepared(model, identity, again=again, tell=progress or _silent)
        if carried and not changes and not changes.again:
            return BuildReport.nothing_to_do(carried.manifest, changes, time.perf_counter() - began)
        builder = SnapshotWriter(corpus, settings, open_encoder(card), progress or _silent, keeper)
        published = _publish(builder, index, changes, vectors=before if same_encoder else None, model=model)
        if published is None:
            return BuildReport.nothing_to_do(index.manifest(), changes, time.perf_counter() - began)
        manifest, reused = published
        return builder.report(manifest, changes, reused, time.perf_counter() - began)


def _prepared(model: str | None, identity: str, *, again: bool, tell: Progress) -> models.Card:
    """Prepare the encoder, as a stage of its own so that its ten seconds are not taken for a hang."""
    if models.is_prepared(identity) and not again:
        return prepare(model)
    tell("Preparing", 0, 1)
    card = prepare(model, again=again)
    tell("Preparing", 1, 1)
    return card


def _publish(
    builder: SnapshotWriter,
    index: IndexFolder,
    changes: Changes,
    *,
    vectors: Snapshot | None,
    model: str | None,
) -> tuple[Manifest, int] | None:
    """Write a snapshot and make it the one in use; return its manifest and how many vectors were reused.

    None is that there is nothing new: what was tried once more could not be read this time, either.
    """
    folder: Path | None = None
    try:
        name, folder = index.start()
        builder.write_documents(folder, changes)
        if not builder.has_news(changes):
            return None
        reused = builder.write_vectors(folder, vectors)
        manifest = builder.manifest(
            name, folder, replaced=_replaced(index, builder.keeper.held), skipped=changes.skipped, model=model
        )
        index.publish(folder, manifest)
    except (OSError, sqlite3.Error) as error:
        raise IndexFaultError(
            f"the new snapshot could not be written ({error}); the one in use was left as it was",
            hint="make room on the disk",
            command=index.build_command(str(builder.corpus)),
        ) from error
    finally:
        # Once it is in use it has another name; whatever broke off before leaves nothing on a disk that may be full.
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
    index.prune()
    return manifest, reused


def _usable(index: IndexFolder, *, again: bool) -> Snapshot | None:
    """Open the snapshot in use if it can be trusted; what is missing, damaged or foreign is built from nothing.

    Raises:
        IndexUnreadableError: It is there and may be whole, but cannot be read now; only ``again`` gives it up.
    """
    try:
        return index.open()
    except IndexUnreadableError:
        if again:
            return None
        raise
    except IndexFaultError:
        return None


def _model_of(index: IndexFolder) -> str | None:
    """Return the model an index was made with, so that a rebuild does not change it unasked."""
    try:
        return index.manifest().encoder.model
    except IndexFaultError:
        return None


def _replaced(index: IndexFolder, held: Snapshot | None) -> str | None:
    """Return which snapshot is kept beside the new one: that in use, or where that cannot be used, one that can."""
    other = None if held else index.newest_other()
    return other.manifest.name if other else _in_use(index)


def _in_use(index: IndexFolder) -> str | None:
    try:
        name = index.current()
    except IndexFaultError:
        return None
    return name if (index.snapshots / name).is_dir() else None


def _same_splitting(manifest: Manifest, settings: Settings) -> bool:
    return manifest.splitting == settings.splitting and manifest.citewell == __version__


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""
