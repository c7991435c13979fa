"""A corpus held against a snapshot of its index: what is new, changed, gone, the same, and what cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from citewell.catalogue import DocumentSummary
from citewell.errors import ReadingError, UsageError
from citewell.index import IndexFolder, Snapshot
from citewell.manifest import Skipped
from citewell.reading import SourceFile, load_bytes, scan
from citewell.state import KeptOut


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different, by path.

    Files are told apart by the digest of their bytes; only reading them, at a build, shows whether new ones are documents.
    ``files`` are those that are documents or may be.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    files: dict[str, SourceFile] = field(repr=False)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def drifted(corpus: Path, documents: Iterable[DocumentSummary]) -> dict[str, Literal["changed", "gone"]]:
    """Return which of some documents are no longer what was indexed, by path; none where the corpus is not there at all.

    Args:
        corpus: The folder of the corpus.
        documents: The documents as they were indexed.
    """
    found: dict[str, Literal["changed", "gone"]] = {}
    for document in documents if corpus.is_dir() else ():
        file = corpus / document.path
        try:
            now = file.stat()
            if _digest(file, now.st_size, now.st_mtime_ns, now.st_ctime_ns) != document.digest:
                found[document.path] = "changed"
        except OSError:
            found[document.path] = "gone"
    return found


@lru_cache(maxsize=1024)
def _digest(file: Path, _size: int, _modified: int, _changed: int) -> str:
    """Return the digest of a file's bytes, read again only where the file system says that it was written since."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def compare(corpus: Path, index: IndexFolder, snapshot: Snapshot | None) -> Changes:
    """Hold a corpus against a snapshot of its index.

    Raises:
        UsageError: The corpus is not a folder, or is where what people write is kept.
    """
    if not corpus.is_dir():
        raise UsageError(f"the corpus {corpus} is not a folder")
    known = {each.path: each.digest for each in snapshot.catalogue.documents()} if snapshot else {}
    refused = {each.path: each for each in snapshot.manifest.skipped} if snapshot else {}
    found, is_kept_out = scan(corpus), KeptOut(corpus, index.path)
    skipped = [
        Skipped(path=each.path, reason=each.reason) for each in found.skipped if not is_kept_out(corpus / each.path)
    ]
    files: dict[str, SourceFile] = {}
    digests: dict[str, str] = {}
    for source in found.files:
        if is_kept_out(source.file):
            continue
        try:
            digest = hashlib.sha256(load_bytes(source)).hexdigest()
        except ReadingError as error:
            skipped.append(Skipped(path=source.path, reason=error.message))
            continue
        if source.path in refused and refused[source.path].digest == digest:
            skipped.append(refused[source.path])
        else:
            files[source.path], digests[source.path] = source, digest
    return Changes(
        added=tuple(path for path in digests if path not in known),
        changed=tuple(path for path, digest in digests.items() if known.get(path, digest) != digest),
        removed=tuple(path for path in known if path not in digests),
        unchanged=tuple(path for path, digest in digests.items() if known.get(path) == digest),
        skipped=tuple(skipped),
        files=files,
    )
