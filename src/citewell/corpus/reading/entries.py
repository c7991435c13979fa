"""What an entry of a folder is, as far as it can be known."""

from __future__ import annotations

import os
from pathlib import Path

_BYTES = 2_048


def plain(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Return what the file system says of a file with a name in ASCII; None for others, links, and where it says nothing."""
    try:
        return entry.stat() if entry.name.isascii() and entry.is_file(follow_symlinks=False) else None
    except OSError:
        return None


def is_folder_entry(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder, or a link to one, as far as it can be known."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def is_closed(entry: os.DirEntry[str]) -> bool:
    """Return whether not to descend into a folder: links to folders are checked like files."""
    return entry.is_symlink() or not is_printable(entry.name)


def beginning(file: str) -> bytes:
    """Return the first bytes of a file; none if it cannot be read."""
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - asked of many files
            return stream.read(_BYTES)
    except OSError:
        return b""


def link_fault(link: Path, root: Path) -> str | None:
    """Return why a link is not followed, or None."""
    if not link.exists():
        return "a link that leads nowhere"
    # Not Path.resolve, which raises RuntimeError for a link to itself.
    outside = not Path(os.path.realpath(link)).is_relative_to(root)
    if link.is_dir():
        return "a link to a folder outside the corpus" if outside else "a link to a folder, which is not followed"
    return "a link that leads outside the corpus" if outside else None


def is_printable(name: str) -> bool:
    """Return whether a name is text."""
    return name.isascii() or printable(name) == name


def printable(path: str) -> str:
    """Return a path with undecodable bytes escaped."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
