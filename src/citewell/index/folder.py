"""The index on disk: what verifies, provides and writes its snapshots (``layout``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from citewell.index import checking
from citewell.index.finding import Finding
from citewell.index.in_use import SnapshotInUse
from citewell.index.layout import FolderLayout
from citewell.index.manifest import Manifest

if TYPE_CHECKING:
    from citewell.index.publishing import Publisher


class IndexFolder(FolderLayout):
    """An index on disk.

    Args:
        path: The folder; it need not exist yet.
        corpus: The folder of the documents, as long as there is no index that names one.
    """

    def in_use(self) -> SnapshotInUse:
        """Return what provides the current snapshot (`Index.in_use`)."""
        return SnapshotInUse(self)

    def writing(self) -> AbstractContextManager[Publisher]:
        """Lock the index for writing (`Index.writing`)."""
        # A command that only asks needs nothing of what writes.
        from citewell.index import publishing

        return publishing.writing(self)

    def findings(self, manifest: Manifest) -> Iterator[Finding]:
        """Verify all of a snapshot (`Index.findings`)."""
        return checking.file_findings(self, manifest)
