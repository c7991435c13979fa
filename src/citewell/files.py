"""Atomic writes: every reader sees the old content or the new one, and a failed write leaves nothing behind."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# What systems say that have no hard links, or no more of a file.
_WITHOUT_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_CHUNK = 1 << 18
_OWNER = stat.S_IRUSR | stat.S_IWUSR
# Before the umask of the process applies.
_EVERYONE = 0o666


# Identifies the version of a file without reading it: its size, time of writing, time of change (which cannot be set back), and
# inode.
Stamp = tuple[int, int, int, int]
# File times have a resolution of milliseconds, on some systems two seconds. A file written a moment ago may change again
# without a visible change of time, so it is checked again.
SETTLED_SECONDS = 2.0


def stamp_of(found: os.stat_result) -> Stamp:
    """Return a value that changes whenever a file is written or replaced."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_settled(stamp: Stamp) -> bool:
    """Return whether the next change of a file will change its stamp; not if that was a moment ago, or in the future."""
    return max(stamp[1], stamp[2]) <= time.time_ns() - SETTLED_SECONDS * 1e9


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, as hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamped_digest(file: str | Path, pause: Callable[[], None] | None = None) -> tuple[str, Stamp | None]:
    """Return the SHA-256 of a file's bytes, as hex digits, and its stamp if that shows every later change.

    Args:
        file: The file.
        pause: Called after each part that was read.

    Raises:
        OSError: It cannot be read.
    """
    found = hashlib.sha256()
    # Of many small files, buffers take longer than what is in them.
    with open(file, "rb", buffering=0) as stream:  # noqa: PTH123
        before = stamp_of(os.fstat(stream.fileno()))
        # Asked before it is read: what is written in the meantime must show, too.
        settled = is_settled(before)
        while chunk := stream.read(min(before[0] + 1, _CHUNK)):
            found.update(chunk)
            if pause:
                pause()
        after = stamp_of(os.fstat(stream.fileno()))
    return found.hexdigest(), after if settled and after == before else None


def files_below(folder: Path) -> list[Path]:
    """Return every file below a folder, sorted, except lock files: tantivy's are empty and only matter to a writer."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")


def share_files(folder: Path, place: Path) -> None:
    """Fill a folder with the files of another, without copying what never changes: both have the same files then.

    Where the file system has no hard links, they are copies.

    Args:
        folder: A folder without folders in it. Its files are never changed, only replaced.
        place: An empty folder.

    Raises:
        OSError: They cannot be written.
    """
    for file in files_below(folder):
        try:
            (place / file.name).hardlink_to(file)
        except OSError as error:
            if error.errno not in _WITHOUT_LINKS:
                raise
            shutil.copyfile(file, place / file.name)


@contextmanager
def replacing(path: Path, *, private: bool = True) -> Iterator[tuple[BinaryIO, Path]]:
    """Write a new file beside ``path`` and rename it to ``path`` if the block ends without an error.

    Args:
        path: The file to replace; it need not exist.
        private: Whether only its owner may read it; if not, the umask of the process decides.

    Yields:
        The stream to write to, and the path of the temporary file, whose rights may be changed.

    Raises:
        OSError: It cannot be written; ``path`` is unchanged, and nothing is left beside it.
    """
    written = path.with_name(f"{_prefix(path)}{secrets.token_hex(4)}")
    try:
        with _open_new(written, _OWNER if private else _EVERYONE) as stream:
            yield stream, written
            stream.flush()
            os.fsync(stream.fileno())
        written.replace(path)
    except BaseException:
        # Once it is closed: Windows removes no open file.
        written.unlink(missing_ok=True)
        raise


def write_atomically(
    path: Path, content: str | bytes, *, alone: bool = False, like: Path | None = None, private: bool = True
) -> None:
    """Replace a small file; every reader sees the old or the new content, complete, even after a power cut.

    Args:
        path: The file.
        content: The new content.
        alone: Whether the caller holds a lock and is the only writer: then temporary files of killed writers are removed.
        like: A file whose permissions are copied; None leaves them to ``private``.
        private: Whether only its owner may read it; if not, the umask of the process decides.

    Raises:
        OSError: It cannot be written; ``path`` is unchanged, and nothing is left beside it.
    """
    for left in path.parent.glob(f"{glob.escape(_prefix(path))}*") if alone else ():
        left.unlink(missing_ok=True)
    with replacing(path, private=private) as (stream, written):
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        if like is not None:
            shutil.copymode(like, written)


def open_private(file: Path) -> BinaryIO:
    """Create a file for writing that only its owner can read from the start.

    Raises:
        OSError: It exists already or cannot be created.
    """
    return _open_new(file, _OWNER)


def make_private(file: Path) -> None:
    """Let only the owner read and write a file; on Windows, the folder's permissions decide.

    Raises:
        OSError: The permissions cannot be changed.
    """
    if os.name == "posix":
        file.chmod(_OWNER)


def sync(folder: Path) -> None:
    """Sync every file and folder below a folder to disk."""
    # Windows syncs only what is open for writing.
    mode = "rb" if os.name == "posix" else "r+b"
    for file in files_below(folder):
        with file.open(mode) as stream:
            os.fsync(stream.fileno())
    for inner in [folder, *(entry for entry in folder.rglob("*") if entry.is_dir())]:
        sync_folder(inner)


def sync_folder(folder: Path) -> None:
    """Sync the entries of a folder to disk; Windows has no such call and needs none."""
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
