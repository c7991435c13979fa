"""Health checks of an index: small named checks, each with the fix for what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from citewell.encoder import models
from citewell.errors import CitewellError, IndexDamagedError, IndexUnreadableError
from citewell.files import file_digest
from citewell.index.finding import Finding
from citewell.index.index import AnyIndex
from citewell.index.layout import FolderLayout
from citewell.index.lexical_queries import Q
from citewell.index.manifest import Manifest, file_faults
from citewell.index.segmented import SegmentedStorage, count_faults
from citewell.index.snapshot import LocalSnapshot


def check(index: AnyIndex) -> Iterator[Finding]:
    """Run all checks, from the pointer inwards; a failed check ends the run if the next ones depend on it.

    A damaged snapshot is marked, so that answers from it with this ``Index`` stop.

    Yields:
        One finding per check, in order.
    """
    rebuild = index.build_command()
    try:
        name = index.current()
        yield Finding("pointer", passed=True, message=f"{index.pointer_name} names {name}")
    except CitewellError as error:
        yield Finding("pointer", passed=False, message=error.message, **_fix(error, rebuild))
        return
    try:
        manifest = index.manifest(name)
        yield Finding(
            "manifest", passed=True, message=f"format {manifest.format}, built {manifest.built:%Y-%m-%d %H:%M} UTC"
        )
    except CitewellError as error:
        if isinstance(error, IndexDamagedError):
            index.mark_damaged(name, error.message)
        yield Finding("manifest", passed=False, message=error.message, **_fix(error, rebuild))
        return
    rebuild = index.build_command(manifest.corpus)
    yield from index.findings(manifest)
    yield _check_encoder(manifest, rebuild)


def file_findings(index: FolderLayout, manifest: Manifest) -> Iterator[Finding]:
    """Verify the files of a snapshot, and whether its stores agree (`Index.findings`)."""
    rebuild = index.build_command(manifest.corpus)
    folder, files = index.snapshots / manifest.name, index.files_of(manifest)
    try:
        damaged = [f"{file.relative_to(index.path)} {reason}" for file, reason in file_faults(files, file_digest)]
    except OSError as error:
        # This does not mean that the files are damaged.
        unreadable = index.unreadable(Path(error.filename or folder), error)
        yield Finding("checksums", passed=False, message=unreadable.message, **_fix(unreadable))
        return
    yield _marking(
        index,
        manifest,
        _finding("checksums", damaged, f"{len(files)} files match their checksums", rebuild),
    )
    if damaged:
        return
    try:
        snapshot = LocalSnapshot(folder, index.segments, manifest, verified=True)
    except IndexDamagedError as error:
        yield _marking(index, manifest, Finding("stores", passed=False, message=error.message, command=rebuild))
        return
    except CitewellError as error:
        yield Finding("stores", passed=False, message=error.message, **_fix(error, rebuild))
        return
    yield from store_findings(index, snapshot, manifest)


def store_findings(index: AnyIndex, snapshot: SegmentedStorage[Q], manifest: Manifest) -> Iterator[Finding]:
    """Verify that the stores of an opened snapshot agree, and that its passages are in its documents."""
    agreement = f"every store has its {manifest.passages} passages and {manifest.windows} windows"
    yield part_finding(index, manifest, "stores", count_faults(snapshot, manifest), agreement)
    fine = "every passage matches its document word for word"
    yield part_finding(index, manifest, "quotations", _quotation_faults(snapshot), fine)


def part_finding(index: AnyIndex, manifest: Manifest, name: str, faults: Iterator[str], fine: str) -> Finding:
    """Return what a check of one part of a snapshot finds; damage is marked.

    Args:
        index: The index.
        manifest: The manifest of the snapshot.
        name: The name of the check.
        faults: What is wrong; may raise `IndexFaultError` meanwhile.
        fine: What is said if nothing is.
    """
    rebuild = index.build_command(manifest.corpus)
    try:
        found = list(_until_damaged(faults))
    except IndexUnreadableError as error:
        return Finding(name, passed=False, message=error.message, **_fix(error, rebuild))
    return _marking(index, manifest, _finding(name, found, fine, rebuild))


def _marking(index: AnyIndex, manifest: Manifest, finding: Finding) -> Finding:
    """Mark a snapshot as damaged if a check has failed; not for temporary errors."""
    if not finding.passed:
        index.mark_damaged(manifest.name, finding.message)
    return finding


def _until_damaged(faults: Iterator[str]) -> Iterator[str]:
    try:
        yield from faults
    except IndexDamagedError as error:
        yield error.message


def _quotation_faults(snapshot: SegmentedStorage[Q]) -> Iterator[str]:
    catalogue = snapshot.catalogue
    for summary in catalogue.documents():
        passages, names = catalogue.split_document(summary.path), catalogue.ids(summary.path)
        for passage, name in zip(passages, names, strict=True):
            inside = all(
                passage.span.start <= window.span.start and window.span.end <= passage.span.end
                for window in passage.windows
            )
            # A passage's id is a hash of its place and text when the document was split.
            if passage.id != name or not passage.windows or not inside:
                yield f"{summary.path} ({passage.span.start}-{passage.span.end}) does not match its document"


def _check_encoder(manifest: Manifest, rebuild: str) -> Finding:
    try:
        card = models.read_card(manifest.encoder.identity)
        models.verify(card)
    except CitewellError as error:
        return Finding("encoder", passed=False, message=error.message, command=f"{rebuild} --rebuild")
    return Finding(
        "encoder", passed=True, message=f"{card.model} is prepared ({card.runtime}, {card.dimension} dimensions)"
    )


def _fix(error: CitewellError, rebuild: str | None = None) -> dict[str, str | None]:
    """Return the command and the hint of an error, or the command that rebuilds if it has neither."""
    return {"command": error.command or (None if error.hint else rebuild), "hint": error.hint}


def _finding(name: str, faults: list[str], fine: str, command: str) -> Finding:
    if not faults:
        return Finding(name, passed=True, message=fine)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Finding(name, passed=False, message=faults[0] + more, command=command)
