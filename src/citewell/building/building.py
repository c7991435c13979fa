"""Builds a new snapshot from a corpus. Unchanged documents are carried over; new ones are read, split and encoded."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from citewell._version import __version__
from citewell.building.ahead import FilesAhead, usual_jobs
from citewell.building.context import BuildContext
from citewell.building.holding import Keeper
from citewell.building.report import BuildReport, Progress
from citewell.building.resuming import Unfinished
from citewell.building.reusing import KnownVectors, stocks
from citewell.corpus.reading import ReadingOptions, check_corpus
from citewell.encoder import models, naming
from citewell.encoder.preparing import prepare
from citewell.errors import IndexFaultError, IndexUnreadableError
from citewell.index.changes import Changes, compare
from citewell.index.file_digests import FileDigests
from citewell.index.index import AnyIndex
from citewell.index.known_files import options_of
from citewell.index.manifest import ABOVE_WEIGHT, Manifest
from citewell.index.storage import Snapshot
from citewell.settings import Settings

if TYPE_CHECKING:
    from citewell.building.choosing import Choice
    from citewell.building.workers.shared import Shared


def build(
    corpus: Path,
    index: AnyIndex,
    settings: Settings,
    *,
    force: bool = False,
    compact: bool = False,
    verify: bool = False,
    jobs: int | None = None,
    workers: str | None = None,
    progress: Progress | None = None,
    confirmed: Collection[str] | None = None,
) -> BuildReport:
    """Bring an index up to date with its corpus. Documents that are temporarily unavailable keep their last version.

    Args:
        corpus: The folder of the corpus.
        index: The index; it is created if it does not exist.
        settings: The sizes of passages and windows, and the model. Without a model, an index keeps its own, and for a
            new one the languages of the corpus decide (``citewell.building.choosing``).
        force: Read, split and encode everything from scratch, and prepare the encoder again.
        compact: Write everything again, without what is no longer valid; nothing is read or encoded again for that.
        verify: Read every file, also where the file system says that it has not changed, as ``force`` does.
        jobs: How many files are read at once (``ahead``); None is ``usual_jobs``.
        workers: The address of a scheduler of Dask whose workers read, split and encode (``workers``); None is this machine.
        progress: Called with the stage, how many of its steps are done, and how many there are.
        confirmed: For an automatic build: the documents that a user has removed. The build is held back if it would remove many
            others (`check_losses`). None is a build started by a user, which follows the corpus.

    Returns:
        What was done; ``up_to_date`` if there was nothing to do.

    Raises:
        UsageError: The corpus is not a folder; or there is no such address of workers, or Dask is not installed.
        EncoderError: The model is missing or cannot be loaded.
        IndexBusyError: Another process is writing this index.
        IndexFaultError: The new snapshot could not be written; the current one is unchanged.
        HeldBackError: An automatic build would remove many documents; the index is unchanged.
        CitewellError: No file of the corpus could be read, or workers are no longer there; the index is unchanged.
    """
    began, progress = time.perf_counter(), progress or _silent
    check_corpus(corpus)
    options = options_of(settings.reading)
    with (
        _shared_at(workers, options) as shared,
        index.writing() as publisher,
        Unfinished(index.unfinished, options, fresh=force) as unfinished,
    ):
        current = _usable(index, force=force)
        before = None if force else current
        changes = _compared(corpus, index, current, settings, force=force, verify=verify)
        files = FilesAhead(unfinished, changes.digests, jobs or usual_jobs(), progress, shared)
        choice = None if settings.model or index.model() else _choose(changes, corpus, index, settings, files)
        model = choice.model if choice else naming.name_of(settings.model or index.model())
        identity = _identity(model, settings, index, progress)
        same_encoder = before is not None and before.manifest.encoder.identity == identity
        carried = before if before and same_encoder and _same_splitting(before.manifest, settings) else None
        keeper = Keeper(corpus, index, current, carried, confirmed)
        keeper.check(changes)
        card = _prepared(model, identity, force=force, progress=progress)
        unfinished.encode_with(identity, ABOVE_WEIGHT)
        if carried and not changes and not changes.retried and not (compact and _is_loose(carried.manifest)):
            unfinished.discard()
            return BuildReport.nothing_to_do(carried.manifest, changes, time.perf_counter() - began)
        # What only a build with news needs is imported here: whether there are any is asked far more often.
        with files:
            files.begin(changes.files[path] for path in changes.to_read(everything=carried is None))
            from citewell.building.renewing import opened, renew

            encoder = opened(card, settings, shared)
            context = BuildContext(corpus, settings, encoder, progress, keeper, unfinished, files, shared)
            others = [] if force or carried else stocks(index, identity)
            known = KnownVectors(before if same_encoder else None, others)
            published = renew(context, publisher, index, changes, known=known, model=model, compact=compact)
        unfinished.discard()
        if published is None:
            return BuildReport.nothing_to_do(index.manifest(), changes, time.perf_counter() - began)
        writer, manifest = published
        return writer.report(manifest, time.perf_counter() - began, choice)


def _shared_at(workers: str | None, options: ReadingOptions) -> AbstractContextManager[Shared | None]:
    if workers is None:
        return nullcontext()
    from citewell.building.workers.shared import shared_at

    return shared_at(workers, options)


def _compared(
    corpus: Path, index: AnyIndex, current: Snapshot | None, settings: Settings, *, force: bool, verify: bool
) -> Changes:
    """Compare a corpus with its index, and keep the digests of its files."""
    digests = FileDigests(index.digests, verify=verify or force)
    reading, selection = settings.reading, settings.selection
    found = compare(corpus, index, current, force=force, reading=reading, selection=selection, digests=digests)
    digests.save()
    return found


def _is_loose(manifest: Manifest) -> bool:
    """Return whether a snapshot has several segments, or documents in them that are no longer valid."""
    return len(manifest.segments) > 1 or any(each.removed for each in manifest.segments)


def _choose(changes: Changes, corpus: Path, index: AnyIndex, settings: Settings, files: FilesAhead) -> Choice:
    from citewell.building.choosing import choose

    sources = [changes.files[path] for path in sorted(changes.files)]
    command = index.build_command(str(corpus))
    return choose(sources, settings.languages, command, files.read)


def _identity(model: str, settings: Settings, index: AnyIndex, progress: Progress) -> str:
    """Return which encoder a build uses: the model itself or its INT8 form, which an index keeps once it is built."""
    float_one = models.identify(naming.resolve(model))
    int8_one = models.in_int8(float_one)
    if settings.encoder.precision != "auto":
        return int8_one if settings.encoder.precision == "int8" else float_one
    known = index.encoder_identity()
    if known in {float_one, int8_one}:
        return known
    from citewell.building.choosing import INT8_WITHOUT_LOSS

    if model not in INT8_WITHOUT_LOSS:
        return float_one
    return int8_one if _prepared(model, int8_one, force=False, progress=progress).speed > 1 else float_one


def _prepared(model: str, identity: str, *, force: bool, progress: Progress) -> models.Card:
    """Prepare the encoder, as a separate stage: it takes ten seconds and must not look like a hang."""
    precision = models.precision_of(identity)
    if models.is_prepared(identity) and not force:
        return prepare(model, precision=precision)
    progress("Preparing", 0, 1)
    card = prepare(model, precision=precision, force=force)
    progress("Preparing", 1, 1)
    return card


def _usable(index: AnyIndex, *, force: bool) -> Snapshot | None:
    """Open the current snapshot if it is valid; a missing, damaged or incompatible one is rebuilt from scratch.

    Raises:
        IndexUnreadableError: It exists and may be intact, but cannot be read now; only ``force`` discards it.
    """
    try:
        # What is carried over must not be damaged.
        return index.open(in_full=True)
    except IndexUnreadableError:
        if force:
            return None
        raise
    except IndexFaultError:
        return None


def _same_splitting(manifest: Manifest, settings: Settings) -> bool:
    # What the readers may do is compared document by document (``compare``).
    same = manifest.splitting == settings.splitting and manifest.languages == settings.languages
    return same and manifest.citewell == __version__


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Report nothing."""
