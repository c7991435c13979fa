"""The manifest: what a snapshot is, and the checksum of each of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from citewell.confidence import Calibration
from citewell.files import file_digest, files_below
from citewell.settings import Splitting

# Raise when what a build writes changes: an index of another format is refused, not searched.
FORMAT = 4
_END = b"\n}"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderRecord(_Frozen):
    """Which encoder made the vectors. ``model`` is what was asked for: None is the bundled one."""

    identity: str
    model: str | None
    dimension: int


class Skipped(_Frozen):
    """A file of the corpus that could not be read, and why.

    ``digest`` is of its bytes, where those could be read; ``again`` says that the next build tries the same bytes once more,
    and of a document that the index keeps, that it was split by other settings and is to be read as soon as it can be.
    """

    path: str
    reason: str
    digest: str | None = None
    again: bool = False


class Manifest(_Frozen):
    """What a snapshot is, and the SHA-256 of each of its files.

    ``corpus`` is the folder it was built from, ``fingerprint`` a digest of its documents' paths and contents, ``citewell`` the
    version that split them. ``calibration`` is what evidence means in this corpus. ``replaced`` is the snapshot that was in use
    before, where there was one.
    """

    format: int
    name: str
    built: datetime
    citewell: str
    corpus: str
    fingerprint: str
    splitting: Splitting
    encoder: EncoderRecord
    calibration: Calibration
    documents: int
    passages: int
    windows: int
    skipped: tuple[Skipped, ...]
    replaced: str | None
    files: dict[str, str]


def sealed(manifest: Manifest) -> bytes:
    """Return a manifest as it is kept: as JSON whose last field is the SHA-256 of the others."""
    content = manifest.model_dump_json(indent=2).encode("utf-8")
    return content.removesuffix(_END) + _seal(content)


def unsealed(content: bytes) -> Manifest:
    """Return the manifest that ``sealed`` has written.

    Raises:
        ValueError: It is not what was written, or is none.
    """
    written = content[: -len(_seal(b""))] + _END
    if written.removesuffix(_END) + _seal(written) != content:
        raise ValueError("its seal is not that of what it says")
    return Manifest.model_validate_json(written)


def _seal(content: bytes) -> bytes:
    return b',\n  "seal": "' + hashlib.sha256(content).hexdigest().encode("ascii") + b'"' + _END


def file_faults(folder: Path, manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """Yield each file of a snapshot that is missing or is not what the manifest says, with the reason.

    Raises:
        OSError: One that is there cannot be read.
    """
    for name, digest in manifest.files.items():
        file = folder / name
        if not file.is_file():
            yield file, "is missing"
        elif file_digest(file) != digest:
            yield file, "is damaged: its checksum is not the one in the manifest"


def file_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder, by its path inside it."""
    return {file.relative_to(folder).as_posix(): file_digest(file) for file in files_below(folder)}


def in_order(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Return skipped files in the order of their paths."""
    return tuple(sorted(skipped, key=lambda each: each.path))
