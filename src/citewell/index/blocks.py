"""What the files of a folder have to be: their sizes, and a digest of each block of those that a question reads in part.

So a snapshot is opened without being read: what a question reads is verified when it is first read (``verifying``). This list
is a file of its folder like any other, and its own digest is in the manifest. Older folders have none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from citewell.files import files_below
from citewell.index.manifest import MISMATCH, MISSING, file_faults
from citewell.index.sealing import seal_bytes
from citewell.index.soundness import remembered_digest

BLOCKS = "blocks.json"
# A question reads some hundred places of a file: of larger blocks, most of what is verified for that would be of no use.
BLOCK = 1 << 16
# As hex digits.
DIGEST = len(seal_bytes(b""))


@dataclass(frozen=True, slots=True)
class Blocks:
    """The sizes of the files of a folder, and of some of them the digests of all blocks, as hex digits one after the other.

    A block has ``block`` bytes, the last of a file perhaps fewer.
    """

    block: int
    sizes: dict[str, int]
    digests: dict[str, str]


def write_blocks(folder: Path, in_part: Collection[str] = ()) -> None:
    """Write down what the files of a folder are; after that they must not change.

    Args:
        folder: The folder.
        in_part: The names of those that are read in part.

    Raises:
        OSError: It cannot be written.
    """
    fields = {
        "block": BLOCK,
        "sizes": {file.relative_to(folder).as_posix(): file.stat().st_size for file in files_below(folder)},
        "digests": {name: "".join(_digests(folder / name)) for name in sorted(in_part)},
    }
    (folder / BLOCKS).write_text(json.dumps(fields), encoding="ascii")


def read_blocks(folder: Path, digest: str) -> Blocks:
    """Read what was written of a folder.

    Args:
        folder: The folder.
        digest: The SHA-256 of the list.

    Raises:
        ValueError: It has another one.
        OSError: It cannot be read.
    """
    content = (folder / BLOCKS).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"{folder / BLOCKS} {MISMATCH}")
    return Blocks(**json.loads(content))


def next_digest(stream: BinaryIO, size: int) -> str:
    """Return the digest of the next block of a file; "" at its end."""
    block = stream.read(size)
    return seal_bytes(block) if block else ""


def faults_at_a_glance(folders: Mapping[Path, Mapping[str, str]]) -> Iterator[tuple[Path, str]]:
    """Yield each file that is missing, has another size, or is known to be damaged, with the reason; hardly any is read.

    The files of older folders are read.

    Args:
        folders: Folders with the SHA-256 of each of their files.

    Raises:
        OSError: A file exists but cannot be read.
    """
    for folder, files in folders.items():
        if BLOCKS not in files:
            yield from file_faults({folder / name: digest for name, digest in files.items()})
            continue
        try:
            sizes = read_blocks(folder, files[BLOCKS]).sizes
        except FileNotFoundError:
            yield folder / BLOCKS, MISSING
            continue
        except ValueError:
            yield folder / BLOCKS, MISMATCH
            continue
        for name, digest in files.items():
            file = folder / name
            if not file.is_file():
                yield file, MISSING
            elif name != BLOCKS and file.stat().st_size != sizes.get(name):
                yield file, "is damaged: its size does not match the manifest"
            elif remembered_digest(file) not in {None, digest}:
                yield file, MISMATCH


def _digests(file: Path) -> Iterator[str]:
    with file.open("rb", buffering=0) as stream:
        while found := next_digest(stream, BLOCK):
            yield found
