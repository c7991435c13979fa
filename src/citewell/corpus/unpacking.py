"""The documents of a ZIP archive, put into a corpus one by one, into a folder of the archive's name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from citewell.corpus.curating import Curator, DocumentExistsError
from citewell.corpus.reading import suffixes
from citewell.corpus.reading.archives import Archive
from citewell.errors import CitewellError

# What systems put into archives beside the files of a person.
_OF_SYSTEMS = ("__MACOSX/", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file of an archive, and what became of it.

    ``title`` is that of a document that was added. ``exists`` means that it was refused because another document has its name.
    """

    path: str
    outcome: Literal["added", "refused", "left out"]
    title: str = ""
    reason: str = ""
    exists: bool = False


def folder_of(path: str) -> str:
    """Return the folder that the documents of an archive are put into."""
    return str(PurePosixPath(path).with_suffix(""))


def unpack(curator: Curator, path: str, archive: Archive, *, replace: bool = False) -> Iterator[Unpacked]:
    """Put the documents of an archive into a corpus, and yield what became of each file.

    Args:
        curator: Puts them there; it checks every path, and that a document can be read.
        path: The path that the archive would have in the corpus; without its suffix, it is the folder.
        archive: The archive, whose sizes are within limits.
        replace: Whether existing documents may be replaced.
    """
    folder = folder_of(path)
    own = f"{PurePosixPath(folder).name}/"
    names = archive.names
    # One that holds a folder of its own name needs no second one.
    inside = str(PurePosixPath(folder).parent) if all(name.startswith(own) for name in names) else folder
    for name in names:
        place = str(PurePosixPath(inside) / name)
        reason = _left_out(name)
        if reason:
            yield Unpacked(place, "left out", reason=reason)
            continue
        yield _put(curator, place, archive, name, replace=replace)
    for name in archive.repeated:
        yield Unpacked(
            str(PurePosixPath(inside) / name), "left out", reason="has the name of another file of the archive"
        )


def _put(curator: Curator, place: str, archive: Archive, name: str, *, replace: bool) -> Unpacked:
    try:
        placed = curator.put(place, io.BytesIO(archive.read(name)), replace=replace)
    except CitewellError as error:
        return Unpacked(place, "refused", reason=error.message, exists=isinstance(error, DocumentExistsError))
    if placed.unchanged:
        return Unpacked(place, "left out", placed.document.title, "is in the corpus already")
    return Unpacked(place, "added", placed.document.title)


def _left_out(name: str) -> str:
    """Return why a file of an archive is no document, by its name alone; empty if it may be one."""
    if name.startswith(_OF_SYSTEMS) or any(part.startswith(".") for part in PurePosixPath(name).parts):
        return "is hidden, or belongs to a system"
    suffix = PurePosixPath(name).suffix.lower()
    return "" if suffix in suffixes() else f"is not in a supported format ({suffix or 'its name has no suffix'})"
