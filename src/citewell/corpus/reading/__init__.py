"""Files to documents: lists the files of a corpus and reads them in separate processes.

``excluding`` knows what is left out (``rules``, ``usual_rules``), ``scanning`` lists the others, ``isolation`` manages the
processes (``process``, ``worker``, ``wire``, ``packing``), which also make pictures (``pictures``, ``picturing``), ``parsing``
chooses the reader of a format (``registry``, ``formats``). A reader gives blocks in reading order (``extract``), and
``assembling`` makes the text, its spans and its map of them. ``outline``, ``decoding`` and ``data`` serve all. May import the
base modules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citewell.corpus.reading.excluding import FILE as RULES
from citewell.corpus.reading.excluding import Excluding
from citewell.corpus.reading.extract import AS_USUAL, ReadingOptions, ReadingProgress, unheard
from citewell.corpus.reading.isolation import Limits, Readers
from citewell.corpus.reading.listing import KnownFolders, Listing
from citewell.corpus.reading.packing import Inspected
from citewell.corpus.reading.pictures import Picture, Wanted
from citewell.corpus.reading.registry import is_current, is_known, is_there, kinds, suffixes, versions
from citewell.corpus.reading.rules import Excluded, Rule
from citewell.corpus.reading.scanning import OURS, Scan, SourceFile, Unread, check_corpus, digest_of, find_files
from citewell.document import Document

if TYPE_CHECKING:
    from citewell.settings import Selection

__all__ = [
    "OURS",
    "RULES",
    "Excluded",
    "Excluding",
    "KnownFolders",
    "Listing",
    "Picture",
    "ReadingOptions",
    "Rule",
    "Scan",
    "SourceFile",
    "Unread",
    "Wanted",
    "check_corpus",
    "digest_of",
    "excluding",
    "inspect",
    "is_current",
    "is_there",
    "picture",
    "read",
    "rest",
    "scan",
    "suffixes",
    "versions",
]

_POOL = Readers()
# Its own, because somebody waits for a picture, also while the files of a corpus are read.
_PICTURES = Readers(Limits(seconds=10, seconds_per_megabyte=0.5, most_seconds=30, by_the_clock=40), at_once=2)


def excluding(corpus: Path, selection: Selection | None = None) -> Excluding:
    """Return the rules of a corpus, as they are now.

    Raises:
        SettingsError: A limit of size is for a kind that there is not.
    """
    from citewell.settings import Selection

    return Excluding(corpus, selection or Selection(), kinds())


def scan(corpus: Path, selection: Selection | None = None, folders: KnownFolders | None = None) -> Scan:
    """List the files of a corpus that have a supported format, and what rules leave out; see `find_files`.

    Raises:
        SettingsError: A limit of size is for a kind that there is not.
    """
    return find_files(corpus, suffixes(), excluding(corpus, selection), is_known, folders)


def read(source: SourceFile, options: ReadingOptions = AS_USUAL, progress: ReadingProgress = unheard) -> Document:
    """Read one file in another process.

    Raises:
        ReadingError: It is not text, is empty, cannot be read, or exceeds a limit; the message is the reason alone.
        CitewellError: No reader process can be started.
    """
    return _POOL.read(source.path, source.file, options, progress)


def rest() -> None:
    """End the processes that wait for another file, but for one: many files were read at once, and no more are for now."""
    _POOL.rest()


def inspect(source: SourceFile, options: ReadingOptions = AS_USUAL) -> Inspected:
    """Check that a file can be read as a document, without transferring its text, which may be long.

    Raises:
        ReadingError: Like `read`.
        CitewellError: Like `read`.
    """
    return _POOL.inspect(source.path, source.file, options)


def picture(source: SourceFile, wanted: Wanted, options: ReadingOptions = AS_USUAL) -> Picture:
    """Make a picture of a file, or of something in it, in another process.

    Raises:
        ChangedError: It is not the file that the picture is wanted of.
        ReadingError: There is no such picture, or it cannot be shown; the message is the reason alone.
        CitewellError: No reader process can be started.
    """
    return _PICTURES.picture(source.path, source.file, wanted, options)
