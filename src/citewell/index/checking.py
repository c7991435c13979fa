"""Is the index sound? Small named checks, each with the command that mends what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from citewell.encoder import models
from citewell.errors import CitewellError, IndexDamagedError, IndexUnreadableError, fix_in_json, fix_in_words
from citewell.index.folder import IndexFolder, Snapshot, count_faults
from citewell.index.manifest import Manifest, file_faults


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: of what is wrong, the command that fixes it, or a hint in words."""

    check: str
    passed: bool
    message: str
    command: str | None = None
    hint: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding for programs; ``mend`` is the hint and the command in one, as the first programs read it."""
        return {**asdict(self), "mend": fix_in_json(self.command, self.hint)}

    @property
    def fix(self) -> str | None:
        """The hint and the command in one line."""
        return fix_in_words(self.command, self.hint)


def check(index: IndexFolder) -> Iterator[Finding]:
    """Run all checks, from the pointer inwards; one that fails ends the run where the next could not make sense.

    A snapshot that is found damaged is condemned: whoever answers from it with this ``IndexFolder`` stops.

    Yields:
        A finding a check, in order.
    """
    rebuild = index.build_command()
    try:
        name = index.current()
        yield Finding("pointer", passed=True, message=f"CURRENT names {name}")
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
            index.condemn(name, error.message)
        yield Finding("manifest", passed=False, message=error.message, **_fix(error, rebuild))
        return
    rebuild = index.build_command(manifest.corpus)
    yield from _check_files(index, manifest, rebuild)
    yield _check_encoder(manifest, rebuild)


def _check_files(index: IndexFolder, manifest: Manifest, rebuild: str) -> Iterator[Finding]:
    folder = index.snapshots / manifest.name
    try:
        damaged = [f"{file.relative_to(folder)} {reason}" for file, reason in file_faults(folder, manifest)]
    except OSError as error:
        # Which tells nothing of what is in it.
        unreadable = index.unreadable(Path(error.filename or folder), error)
        yield Finding("checksums", passed=False, message=unreadable.message, **_fix(unreadable))
        return
    yield _condemning(
        index,
        manifest,
        _finding("checksums", damaged, f"{len(manifest.files)} files are as they were written", rebuild),
    )
    if damaged:
        return
    try:
        snapshot = Snapshot(folder, manifest)
    except IndexDamagedError as error:
        yield _condemning(index, manifest, Finding("stores", passed=False, message=error.message, command=rebuild))
        return
    except CitewellError as error:
        yield Finding("stores", passed=False, message=error.message, **_fix(error, rebuild))
        return
    agreement = f"{manifest.passages} passages and {manifest.windows} windows in each store that holds them"
    checks: list[tuple[str, Callable[[Snapshot], Iterator[str]], str]] = [
        ("stores", count_faults, agreement),
        ("quotations", _quotation_faults, "every passage is word for word in its document"),
    ]
    for name, faults, fine in checks:
        try:
            found = list(_until_damaged(faults(snapshot)))
        except IndexUnreadableError as error:
            yield Finding(name, passed=False, message=error.message, **_fix(error, rebuild))
            continue
        yield _condemning(index, manifest, _finding(name, found, fine, rebuild))


def _condemning(index: IndexFolder, manifest: Manifest, finding: Finding) -> Finding:
    """Condemn a snapshot where a finding says that it is damaged, which an error that passes does not."""
    if not finding.passed:
        index.condemn(manifest.name, finding.message)
    return finding


def _until_damaged(faults: Iterator[str]) -> Iterator[str]:
    try:
        yield from faults
    except IndexDamagedError as error:
        yield error.message


def _quotation_faults(snapshot: Snapshot) -> Iterator[str]:
    catalogue = snapshot.catalogue
    for summary in catalogue.documents():
        passages, names = catalogue.split_document(summary.path), catalogue.ids(summary.path)
        for passage, name in zip(passages, names, strict=True):
            inside = all(
                passage.span.start <= window.span.start and window.span.end <= passage.span.end
                for window in passage.windows
            )
            # A passage's id is made of its place and its words, as they were when the document was split.
            if passage.id != name or not passage.windows or not inside:
                yield f"{summary.path} ({passage.span.start}-{passage.span.end}) is not what its document says"


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
    """Return the command and the hint of an error; the command that rebuilds where it has neither."""
    return {"command": error.command or (None if error.hint else rebuild), "hint": error.hint}


def _finding(name: str, faults: list[str], fine: str, command: str) -> Finding:
    if not faults:
        return Finding(name, passed=True, message=fine)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Finding(name, passed=False, message=faults[0] + more, command=command)
