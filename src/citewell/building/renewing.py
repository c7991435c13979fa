"""Writes a new snapshot and makes it the current one. Only a build that has something to write imports this."""

from __future__ import annotations

import sqlite3

from citewell.building.context import BuildContext
from citewell.building.finishing import finished
from citewell.building.reusing import KnownVectors
from citewell.building.workers.shared import Shared
from citewell.building.writing import SnapshotWriter
from citewell.encoder.encoding import Encoder, open_encoder
from citewell.encoder.models import Card, verify
from citewell.errors import IndexFaultError
from citewell.index.changes import Changes
from citewell.index.index import AnyIndex, Publishing
from citewell.index.manifest import Manifest
from citewell.index.storage import Snapshot
from citewell.settings import Settings


def opened(card: Card, settings: Settings, shared: Shared | None) -> Encoder:
    """Open the encoder of a build, and tell its workers which it is.

    Raises:
        EncoderError: It cannot be loaded, or a file of it does not match its card.
    """
    # A file system does not report every damage, and vectors are kept for long.
    if card.runtime == "openvino":
        verify(card)
    encoder = open_encoder(card, settings.encoder.device)
    if shared:
        shared.encode_with(encoder, settings)
    return encoder


def renew(
    context: BuildContext,
    publisher: Publishing[Snapshot],
    index: AnyIndex,
    changes: Changes,
    *,
    known: KnownVectors,
    model: str,
    compact: bool,
) -> tuple[SnapshotWriter, Manifest] | None:
    """Write a snapshot and make it the current one; return its writer and its manifest.

    None means that nothing is new: files that were retried could not be read this time, either.
    """
    try:
        draft = publisher.start(context.keeper.carried)
        writer = SnapshotWriter(context, draft, changes, known, compact=compact)
        writer.write()
        if not writer.has_news():
            return None
        manifest = writer.manifest(replaced=_replaced(index, context.keeper.current), model=model)
        manifest = finished(manifest, draft, context, in_full=compact)
        publisher.publish(draft, manifest)
    except (OSError, sqlite3.Error) as error:
        raise IndexFaultError(
            f"the new snapshot could not be written ({error}); the current one is unchanged",
            hint=index.writing_hint,
            command=index.build_command(str(context.corpus)),
        ) from error
    else:
        publisher.prune()
    finally:
        # What is not published, or only belonged to a snapshot that is gone, is removed at once: the disk may be full.
        publisher.clear()
    return writer, manifest


def _replaced(index: AnyIndex, current: Snapshot | None) -> str | None:
    """Return which snapshot is kept beside the new one: the current one, or the newest usable one if that is damaged."""
    other = None if current else index.newest_other()
    return other.manifest.name if other else _in_use(index)


def _in_use(index: AnyIndex) -> str | None:
    try:
        name = index.current()
    except IndexFaultError:
        return None
    return name if name in index.names() else None
