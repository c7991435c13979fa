"""Recognises a folder whose files are as they were, by one digest of what the file system says of all its entries.

Most folders of a large corpus never change. Of such a folder, nothing is asked but the size, times and inode of each entry.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found in a folder of a corpus.

    ``stamp`` changes whenever an entry comes, goes or is written, or the rules of the folder change. ``documents`` are the
    paths of files that are documents by their names, types and sizes alone. ``others`` are the names of all other entries,
    which may have to be opened to know what they are.
    """

    stamp: str
    documents: tuple[str, ...]
    others: frozenset[str]


class KnownFolders(Protocol):
    """What is known of the folders of a corpus."""

    def others(self, folder: str, stamp: str) -> Collection[str] | None:
        """Return the names of the entries to look at, if all others are documents that are as they were; None if not known.

        Args:
            folder: Its path in the corpus: "" or "a/b/".
            stamp: Of its `Listing`.
        """


def stamp_of_entries(entries: Sequence[os.DirEntry[str]], identity: str) -> str:
    """Return the stamp of a folder; "" if the file system does not say enough of an entry.

    Args:
        entries: What is in it.
        identity: What decides which of them are documents.
    """
    try:
        lines = sorted(map(_line, entries))
    except OSError:
        return ""
    return sha256("\0".join((identity, *lines)).encode("utf-8", "surrogatepass")).hexdigest()


def _line(entry: os.DirEntry[str]) -> str:
    # What is in a folder inside changes that, and not this one.
    if entry.is_dir(follow_symlinks=False):
        return f"{entry.name}/"
    # Not what a link leads to: links are looked at each time.
    found = entry.stat(follow_symlinks=False)
    return f"{entry.name}/{found.st_mode} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
