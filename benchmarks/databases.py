"""Indexes that are copied into a database of PostgreSQL."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from citewell import IndexFolder
from citewell.index.snapshot import LocalSnapshot
from reporting.machine import ROOT

sys.path.append(str(ROOT))
from tests.support.copied import copied as copied_documents

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex


@contextmanager
def copied(here: IndexFolder, address: str) -> Iterator[tuple[PostgresIndex, float]]:
    """Copy an index into a database; yield what it is there, and the seconds that took."""
    from citewell.index.postgres.index import PostgresIndex

    print(f"{here.path}: copied into a database", file=sys.stderr, flush=True)
    with elsewhere():
        there = PostgresIndex(address)
        began = time.perf_counter()
        _copy(here.open(), there)
        yield there, time.perf_counter() - began
        there.close()


def _copy(snapshot: LocalSnapshot, there: PostgresIndex) -> None:
    with there.writing() as publisher:
        draft = publisher.start()
        paths = [each.path for each in snapshot.catalogue.documents()]
        segments = copied_documents(snapshot, draft, paths, 0)
        changed = {"name": draft.name, "segments": segments, "files": draft.files(), "replaced": None}
        manifest = snapshot.manifest.model_copy(update=changed)
        draft.seal(manifest)
        publisher.publish(draft, manifest)


@contextmanager
def elsewhere() -> Iterator[None]:
    """Work in a temporary folder: an index in a database has one beside it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
