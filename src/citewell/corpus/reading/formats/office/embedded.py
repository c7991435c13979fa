"""The files inside a Word or PowerPoint file: documents of their own where they can be read, named where they cannot."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from citewell.corpus.reading.extract import Attachment
from citewell.corpus.reading.formats.office.package import Package
from citewell.document import UnreadPart

# Old containers, of which only the program that made them knows what is inside.
_OPAQUE = (".bin", ".ole")


class Embedded:
    """Collects them: ``attachments`` can be read, and ``unread`` cannot.

    Args:
        package: The package.
    """

    def __init__(self, package: Package) -> None:
        self.attachments: list[Attachment] = []
        self.unread: list[UnreadPart] = []
        self._package = package

    def take(self, part: str, ids: Iterable[str]) -> None:
        """Take the files that a part refers to by some ids.

        Raises:
            ReadingError: One is damaged.
        """
        for each in dict.fromkeys(ids):
            relation = self._package.relations(part).get(each)
            if relation is None or relation.target not in self._package.archive:
                continue
            name = posixpath.basename(relation.target)
            if name.lower().endswith(_OPAQUE):
                self.unread.append(
                    UnreadPart(name, "is an embedded object, which only the program that made it can read")
                )
            else:
                self.attachments.append(Attachment(name, self._package.archive.read(relation.target)))
