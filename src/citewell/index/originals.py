"""The files behind documents: where they are in the corpus, and what beside them a document may show.

A path that leads outside the corpus, also through links, is none. Whether a file still is the one that was indexed is decided
by anyone who reads its bytes, with the digest of those.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from citewell.corpus.reading import SourceFile
from citewell.errors import ChangedError, ReadingError
from citewell.index.stored import DocumentSummary

# Pictures that are made of pixels, which are all that is shown.
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"})


def original(corpus: Path, document: DocumentSummary) -> SourceFile:
    """Return the file of a document; of one inside another, that of the other.

    Args:
        corpus: The folder of the corpus.
        document: The document as indexed.

    Raises:
        ChangedError: It is no longer in the corpus.
    """
    found = _inside(corpus, document.file)
    if found is None:
        raise ChangedError("is no longer in the corpus")
    return SourceFile(document.file, found)


def picture_beside(corpus: Path, document: DocumentSummary, reference: str) -> SourceFile:
    """Return the picture that a text names by its place beside it.

    Args:
        corpus: The folder of the corpus.
        document: The text.
        reference: The address of the picture, as it is in the text.

    Raises:
        ReadingError: It is no file of the corpus that can be shown; the message says what it is instead.
    """
    fault = fault_of(reference)
    if fault:
        raise ReadingError(fault)
    place = unquote(urlsplit(reference).path)
    path = posixpath.normpath(posixpath.join(posixpath.dirname(document.file), place))
    found = None if path.startswith(("/", "..")) else _inside(corpus, path)
    if found is None:
        raise ReadingError("is not in the corpus")
    return SourceFile(path, found)


def fault_of(reference: str) -> str | None:
    """Return why the picture at an address is not shown, as far as the address tells, or None."""
    try:
        address = urlsplit(reference)
    except ValueError:
        return "has no valid address"
    if address.netloc or (address.scheme and address.scheme != "data"):
        return "is at another place, from which nothing is loaded"
    if address.scheme == "data" or PurePosixPath(unquote(address.path)).suffix.lower() not in _PICTURES:
        return "is of a kind that is not shown"
    return None


def _inside(corpus: Path, path: str) -> Path | None:
    """Return the real place of a path, or None if that is not a file in the corpus, or a hidden one."""
    if "\0" in path or any(part.startswith(".") for part in PurePosixPath(path).parts):
        return None
    root = os.path.realpath(corpus)
    real = Path(os.path.realpath(os.path.join(root, path)))  # noqa: PTH118 - not Path.resolve, which fails for a link to itself
    return real if real.is_relative_to(root) and real.is_file() else None
