"""Files written whole: every reader sees the old content or the new one, and nothing is left where the disk fails."""

from __future__ import annotations

import glob
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_OWNER = stat.S_IRUSR | stat.S_IWUSR
# What the umask of the process leaves of it.
_EVERYONE = 0o666


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, as hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Return every file below a folder, in order, but for lock files: tantivy's are empty and only matter to a writer."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")


@contextmanager
def replacing(path: Path, *, private: bool = True) -> Iterator[tuple[BinaryIO, Path]]:
    """Write a new file beside another, and put it in the place of that one when the block has ended without an error.

    Args:
        path: The file to replace; it need not exist.
        private: Whether only its owner may read it; else the process' umask decides.

    Yields:
        The stream to write to, and the file that it writes, whose rights may be changed.

    Raises:
        OSError: The disk does not take it; the file is as it was, and nothing is left beside it.
    """
    written = path.with_name(f"{_prefix(path)}{secrets.token_hex(4)}")
    with _open_new(written, _OWNER if private else _EVERYONE) as stream:
        try:
            yield stream, written
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    try:
        written.replace(path)
    except OSError:
        written.unlink(missing_ok=True)
        raise


def write_atomically(
    path: Path, content: str | bytes, *, alone: bool = False, like: Path | None = None, private: bool = True
) -> None:
    """Replace a small file so that every reader sees the old or the new one, whole, even after a power cut.

    Args:
        path: The file.
        content: The new content.
        alone: Whether nobody else writes it now, because a lock is held: what a killed writer left is removed then.
        like: A file that the same people may read; None leaves that to ``private``.
        private: Whether only its owner may read it; else the process' umask decides.

    Raises:
        OSError: The disk does not take it; the file is as it was, and nothing is left beside it.
    """
    for left in path.parent.glob(f"{glob.escape(_prefix(path))}*") if alone else ():
        left.unlink(missing_ok=True)
    with replacing(path, private=private) as (stream, written):
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        if like is not None:
            shutil.copymode(like, written)


def open_private(file: Path) -> BinaryIO:
    """Open a new file to write, its owner's alone from the first byte on.

    Raises:
        OSError: It is there already, or cannot be made.
    """
    return _open_new(file, _OWNER)


def make_private(file: Path) -> None:
    """Make a file its owner's alone; on Windows, the folder above it decides that.

    Raises:
        OSError: That is not allowed.
    """
    if os.name == "posix":
        file.chmod(_OWNER)


def sync(folder: Path) -> None:
    """Have the disk write every file and folder below a folder."""
    for file in files_below(folder):
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
    for inner in [folder, *(entry for entry in folder.rglob("*") if entry.is_dir())]:
        sync_folder(inner)


def sync_folder(folder: Path) -> None:
    """Have the disk write a folder's entries; Windows has no such call and needs none."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _prefix(path: Path) -> str:
    return f".{path.name}-"


def _open_new(file: Path, mode: int) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode), "wb")
