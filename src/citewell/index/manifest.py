"""The manifest: the description of a snapshot, and the checksum of each of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from citewell.confidence import Calibration
from citewell.encoder.naming import name_of
from citewell.files import file_digest, files_below
from citewell.index.promised import ChoiceRecord
from citewell.index.soundness import known_digest
from citewell.settings import Reading, Selection, Splitting

# Increase when the files of a snapshot change, or what they keep of the same text (its words in the form in which they are
# matched, where its sentences end): an index of another format is refused, not searched, and never has texts of both kinds.
FORMAT = 18
# The weight of what stands above a window, in its vector (docs/architecture.md, "What stands above").
ABOVE_WEIGHT = 0.3
# What is said of a file that is not as it was written.
MISSING = "is missing"
MISMATCH = "is damaged: its checksum does not match the manifest"
_END = b"\n}"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderRecord(_Frozen):
    """The encoder of the vectors, in which what stands above a window has the weight ``above``.

    ``model`` is its name as it was given (``citewell.encoder.naming``).
    """

    identity: str
    above: float = ABOVE_WEIGHT
    # Older manifests have null for the English model.
    model: Annotated[str, BeforeValidator(name_of)]
    dimension: int


class Skipped(_Frozen):
    """A file of the corpus that could not be read, and why.

    ``digest`` is that of its bytes, if they could be read. ``retry`` means that the next build tries the same bytes again; for
    a document that the index keeps, that it was split with older settings and has to be read as soon as possible. ``lacks`` is
    the program without which it cannot be read: when that is there, it is tried again.
    """

    model_config = ConfigDict(populate_by_name=True)

    path: str
    reason: str
    digest: str | None = None
    # "again" is its name in manifests that exist.
    retry: bool = Field(default=False, validation_alias="again", serialization_alias="again")
    lacks: str = ""


class Warned(_Frozen):
    """A document that was read, and what could not be read in it."""

    path: str
    warnings: tuple[str, ...]


class SegmentRecord(_Frozen):
    """A segment of a snapshot, and the SHA-256 of each of its files; snapshots share segments.

    BM25 knows it by its ``number`` (``numbering``). ``documents``, ``passages`` and ``windows`` count all that it has.
    ``removed`` are its documents that are no longer valid, by their numbers in it. Of a large one, ``choice`` says how a search
    chooses among its windows.
    """

    model_config = ConfigDict(populate_by_name=True)

    name: str
    number: int
    documents: int
    passages: int
    windows: int
    # "sketches" is its name in manifests that exist.
    choice: ChoiceRecord | None = Field(default=None, validation_alias="sketches", serialization_alias="sketches")
    removed: tuple[int, ...] = ()
    files: dict[str, str]


class Manifest(_Frozen):
    """The description of a snapshot: its segments, and the SHA-256 of each of its own files.

    ``corpus`` is the folder it was built from, ``fingerprint`` a digest of its documents' paths and contents, ``facts`` one of
    its table of facts, ``citewell`` the version that split them. ``languages``, ``reading`` and ``selection`` are settings,
    ``readers`` the versions of the readers there were, ``calibration`` that of this corpus. ``inside`` is how many of the
    documents are inside others, such as attachments. ``replaced`` is the previous snapshot, if there was one. ``examples`` are
    questions that this one answers well. ``documents``, ``passages`` and ``windows`` count what is valid; so many passages have
    come or gone since the calibration as ``changed_passages``.
    """

    format: int
    name: str
    built: datetime
    citewell: str
    corpus: str
    fingerprint: str
    splitting: Splitting
    languages: tuple[str, ...] = ()
    facts: str = ""
    reading: Reading = Reading()
    selection: Selection = Selection()
    readers: dict[str, int] = {}
    encoder: EncoderRecord
    calibration: Calibration
    documents: int
    inside: int = 0
    passages: int
    windows: int
    changed_passages: int = 0
    segments: tuple[SegmentRecord, ...]
    skipped: tuple[Skipped, ...]
    warned: tuple[Warned, ...] = ()
    replaced: str | None
    examples: tuple[str, ...] = ()
    files: dict[str, str]


def sealed(manifest: Manifest) -> bytes:
    """Return a manifest as stored: JSON whose last field is the SHA-256 of the others."""
    content = manifest.model_dump_json(indent=2, by_alias=True).encode("utf-8")
    return content.removesuffix(_END) + _seal(content)


def unsealed(content: bytes) -> Manifest:
    """Return the manifest written by ``sealed``.

    Raises:
        ValueError: It has changed, or is not a manifest.
    """
    written = content[: -len(_seal(b""))] + _END
    if written.removesuffix(_END) + _seal(written) != content:
        raise ValueError("its seal does not match its content")
    return Manifest.model_validate_json(written)


def _seal(content: bytes) -> bytes:
    return b',\n  "seal": "' + hashlib.sha256(content).hexdigest().encode("ascii") + b'"' + _END


def file_faults(
    files: Mapping[Path, str], digest_of: Callable[[Path], str] = known_digest
) -> Iterator[tuple[Path, str]]:
    """Yield each of some files that is missing or does not have its digest, with the reason.

    Args:
        files: The files, with their digests.
        digest_of: How a digest is found; the usual way reads a file again only if it may have changed.

    Raises:
        OSError: A file exists but cannot be read.
    """
    for file, digest in files.items():
        if not file.is_file():
            yield file, MISSING
        elif digest_of(file) != digest:
            yield file, MISMATCH


def file_digests(folder: Path, known: Mapping[Path, str] | None = None) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder, by its relative path.

    Args:
        folder: The folder.
        known: The digests of files elsewhere; those of them that are the same files are not read again.
    """
    digests = {
        (found.st_dev, found.st_ino): digest for file, digest in (known or {}).items() for found in [file.stat()]
    }
    return {
        file.relative_to(folder).as_posix(): digests.get((found.st_dev, found.st_ino)) or file_digest(file)
        for file in files_below(folder)
        for found in [file.stat()]
    }


def in_order(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Return skipped files sorted by path."""
    return tuple(sorted(skipped, key=lambda each: each.path))
