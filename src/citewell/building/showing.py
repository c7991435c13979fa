"""Which file is meant, and what Citewell sees of it: from the index, or read now."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from citewell.building.seeing import Seen, seen_in_file, seen_in_index
from citewell.corpus.reading import SourceFile, read
from citewell.encoder import naming
from citewell.errors import CitewellError, IndexFaultError, IndexMissingError, ReadingError, UsageError
from citewell.index.absence import why_absent
from citewell.index.changes import drifted
from citewell.index.index import AnyIndex
from citewell.index.known_files import options_of
from citewell.index.storage import Snapshot
from citewell.settings import Settings

_NOTES = {
    "changed": "has changed since it was indexed; this is what the index has (--fresh reads it now)",
    "gone": "is no longer in the corpus; this is what the index has",
    "unreadable": "cannot be read now; this is what the index has",
}


def show(name: str, index: AnyIndex, settings: Settings, *, fresh: bool = False, passages: bool = False) -> Seen:
    """Return what Citewell sees of a file.

    Args:
        name: A document of the index, a file of its corpus, or any other file.
        index: The index; there may be none.
        settings: How files are read and split.
        fresh: Read the file now, also if the index has it.
        passages: Whether its passages are returned.

    Raises:
        UsageError: There is no such file.
        IndexFaultError: It is no file on this machine, and the index cannot be used.
        CitewellError: It cannot be read.
    """
    snapshot, fault = _opened(index)
    corpus = Path(snapshot.manifest.corpus) if snapshot else None
    path = _document(name, snapshot, corpus)
    if snapshot and path and not fresh:
        return seen_in_index(snapshot, path, passages=passages, note=_note(snapshot, path))
    file = _file(path or name, corpus) or _file(name, None)
    if file is None:
        if isinstance(fault, IndexMissingError):
            reason = f"there is no file {name!r}, and {fault.message}"
            raise IndexMissingError(reason, hint="check the name", command=fault.command) from fault
        if fault:
            raise fault
        raise UsageError(f"there is no file {name!r}, and the index has no such document", command="citewell status")
    model = naming.name_of(settings.model or index.model()) if passages else None
    inside = _inside(file, corpus)
    seen = _read(SourceFile(inside or file.name, file), settings, model)
    return seen.model_copy(update={"note": _why_not_indexed(snapshot, inside, index)})


def _opened(index: AnyIndex) -> tuple[Snapshot | None, IndexFaultError | None]:
    try:
        return index.open(), None
    except IndexFaultError as error:
        return None, error


def _document(name: str, snapshot: Snapshot | None, corpus: Path | None) -> str | None:
    """Return the path of the document of an index that a name stands for."""
    if snapshot is None or corpus is None or "\0" in name:
        return None
    names = [name, PurePosixPath(name).as_posix(), _inside(Path(name), corpus)]
    return next((each for each in names if each and snapshot.catalogue.documents([each])), None)


def _inside(file: Path, corpus: Path | None) -> str | None:
    """Return the path of a file in its corpus, if it is inside."""
    if corpus is None:
        return None
    given = file.absolute()
    # Not Path.resolve, which raises RuntimeError for a link to itself.
    real = Path(os.path.realpath(given))
    for one, other in ((given, corpus.absolute()), (real, Path(os.path.realpath(corpus)))):
        if one.is_relative_to(other):
            return one.relative_to(other).as_posix()
    return None


def _file(name: str, corpus: Path | None) -> Path | None:
    """Return a file, relative to a corpus or to the current folder.

    Raises:
        UsageError: It is a folder, or cannot be accessed.
    """
    file = corpus / name if corpus else Path(name)
    try:
        if "\0" in name or not file.exists():
            return None
        if file.is_file():
            return file
    except OSError as error:
        raise UsageError(f"{file} cannot be accessed: {error.strerror}") from error
    raise UsageError(f"{file} is not a file", hint="name one of its files")


def _read(source: SourceFile, settings: Settings, model: str | None) -> Seen:
    try:
        document = read(source, options_of(settings.reading))
        return seen_in_file(document, settings, model=model)
    except ReadingError as error:
        raise CitewellError(f"{source.path} cannot be shown: {error.message}") from error


def _note(snapshot: Snapshot, path: str) -> str | None:
    """Say what has become of the file of an indexed document."""
    found = drifted(Path(snapshot.manifest.corpus), snapshot.catalogue.documents([path]))
    return _NOTES[found[path]] if path in found else None


def _why_not_indexed(snapshot: Snapshot | None, inside: str | None, index: AnyIndex) -> str | None:
    """Say why a file of the corpus is no document of the index."""
    if snapshot is None or inside is None or snapshot.catalogue.documents([inside]):
        return None
    try:
        return why_absent(snapshot, inside, index).message.removeprefix(inside).strip()
    except UsageError:
        return None
