"""What an index holds, and whether its corpus has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citewell.errors import UsageError
from citewell.index.changes import Changes, compare
from citewell.index.folder import IndexFolder
from citewell.index.manifest import Manifest, Skipped, in_order


@dataclass(frozen=True, slots=True)
class Status:
    """An index and its corpus. ``changes`` is None where the corpus is not where it was; ``bytes`` are of the snapshot."""

    manifest: Manifest
    sections: int
    bytes: int
    corpus: Path
    changes: Changes | None
    previous: str | None

    @property
    def up_to_date(self) -> bool:
        """Whether the index says what the corpus says."""
        return self.changes is not None and not self.changes

    @property
    def left_out(self) -> tuple[Skipped, ...]:
        """What of the corpus is not in the index; as the build found it, where the corpus is not there."""
        return in_order(self.manifest.skipped if self.changes is None else self.changes.left_out)

    @property
    def kept(self) -> tuple[Skipped, ...]:
        """The documents that cannot be read just now, of which the index keeps what it has."""
        return () if self.changes is None else in_order(self.changes.kept)

    def to_json(self) -> dict[str, Any]:
        """Return the status for programs."""
        changes = self.changes
        return {
            "snapshot": self.manifest.name,
            "built": self.manifest.built.isoformat(),
            "documents": self.manifest.documents,
            "sections": self.sections,
            "passages": self.manifest.passages,
            "windows": self.manifest.windows,
            "bytes": self.bytes,
            "encoder": self.manifest.encoder.model_dump(),
            "corpus": str(self.corpus),
            "corpus_found": changes is not None,
            "up_to_date": self.up_to_date,
            "added": list(changes.added) if changes else [],
            "changed": list(changes.changed) if changes else [],
            "removed": list(changes.removed) if changes else [],
            "skipped": [{"path": each.path, "reason": each.reason} for each in in_order((*self.left_out, *self.kept))],
            "kept": [each.path for each in self.kept],
            "previous": self.previous,
        }


def status(index: IndexFolder, corpus: Path | None = None) -> Status:
    """Look at an index and hold its corpus against it.

    Args:
        index: The index.
        corpus: Where the corpus is; None is where it was when the index was built.

    Raises:
        IndexFaultError: The index is missing or damaged.
    """
    snapshot = index.open()
    place = corpus or Path(snapshot.manifest.corpus)
    try:
        changes = compare(place, index, snapshot)
    except UsageError:
        if corpus is not None:
            raise
        changes = None
    return Status(
        manifest=snapshot.manifest,
        sections=snapshot.catalogue.section_count,
        bytes=sum(file.stat().st_size for file in snapshot.folder.rglob("*") if file.is_file()),
        corpus=place,
        changes=changes,
        previous=index.previous(),
    )
