"""Which readers there are: those of ``formats``, and those that other packages add by an entry point ``citewell.readers``."""

from __future__ import annotations

import shutil
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, Reader, ReadingOptions
from citewell.corpus.reading.tesseract import lacking
from citewell.errors import CitewellError, ReadingError

# What reads pictures, as what a file lacks.
OCR = "ocr"
_GROUP = "citewell.readers"
# A ZIP and an OLE2 file, whose format only the whole file tells.
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
# Four and more words one after the other, as in sentences; in programs, data and fonts, few of the signs are in such runs.
_RUN = regex.compile(
    r"(?<![\w+/=\\@.$%&_#<{\[-])(?:\p{L}[\p{L}'’-]{0,39}[,;:.]?\s+){3,}\p{L}[\p{L}'’-]{0,39}(?![\w+/=(\\{])"
)
_SIGN = regex.compile(r"\S")
_SHARE_OF_PROSE = 0.5
_MARKUP = "<"
# What a file is must not depend on how much of it was read: this many bytes tell.
_BEGINNING = 2_048
_FIX = "update or uninstall that package"
_PLACE = "citewell.corpus.reading.formats"
# The first that recognises a file reads it.
_FORMATS = (
    *("plain", "markdown", "rst", "asciidoc", "org", "latex", "subtitles", "code", "settings_file", "log"),
    *("pdf", "html", "docx", "pptx", "odt", "odp", "epub", "rtf", "legacy"),
    *("delimited", "spreadsheet", "records.json_file", "records.json_lines", "notebook"),
    *("mail.eml", "mail.mbox", "mail.msg"),
)


@cache
def readers() -> tuple[Reader, ...]:
    """Return all readers: those of other packages first, which may replace one of ours by its name.

    Raises:
        CitewellError: A reader of another package cannot be loaded.
    """
    added = [_loaded(entry) for entry in sorted(entry_points(group=_GROUP), key=lambda each: each.name)]
    ours: list[Reader] = [import_module(f"{_PLACE}.{name}").READER for name in _FORMATS]
    replaced = {reader.name for reader in added}
    return (*added, *(reader for reader in ours if reader.name not in replaced))


def _loaded(entry: EntryPoint) -> Reader:
    try:
        reader = entry.load()
        described = isinstance(reader.name, str) and isinstance(reader.version, int) and callable(reader.read)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        raise CitewellError(
            f"the reader {entry.name!r} of another package cannot be loaded: {fault}", hint=_FIX
        ) from error
    if not described:
        raise CitewellError(f"the reader {entry.name!r} of another package is not a reader", hint=_FIX)
    found: Reader = reader
    return found


def suffixes() -> frozenset[str]:
    """Return the suffixes of all files that can be read, in small letters."""
    return frozenset().union(*(reader.suffixes for reader in readers()))


def kinds() -> dict[str, str]:
    """Return the name of the reader of each suffix; of several, the one that comes first."""
    return {suffix: reader.name for reader in reversed(readers()) for suffix in reader.suffixes}


def versions() -> dict[str, int]:
    """Return the version of each reader by its name."""
    return {reader.name: reader.version for reader in readers()}


def kept_as(reader: Reader, extract: Extract, options: ReadingOptions) -> str:
    """Return what a document is kept with: the name and version of its reader, and whether pages were read by OCR.

    A change of it means that the file would be read in another way now (``is_current``).
    """
    used = f" ocr {options.ocr_language}"
    ocr = {"": "", "used": used, "partly": f"{used} {options.ocr_pages}", "wanted": " no-ocr"}[extract.ocr]
    return f"{reader.name} {reader.version}{ocr}"


def is_current(kept: str, options: ReadingOptions) -> bool:
    """Return whether a document that was kept with this would be read the same way now.

    Args:
        kept: What `kept_as` returned.
        options: What the corpus allows now.
    """
    name, version, ocr, language, pages = [*kept.split(" "), "", "", "", ""][:5]
    if versions().get(name) != int(version or 0):
        return False
    if ocr == "no-ocr":
        return not can_ocr(options)
    if pages and int(pages) != options.ocr_pages:
        return False
    return not ocr or (options.ocr and options.ocr_language == language)


def can_ocr(options: ReadingOptions) -> bool:
    """Return whether pages can be read by OCR: it is allowed, and the program and its languages are there."""
    return options.ocr and lacking(options.ocr_language) is None


def is_there(program: str, options: ReadingOptions) -> bool:
    """Return whether a program that a file could not be read without is there, and allowed.

    Args:
        program: What a `ReadingError` ``lacks``.
        options: What the corpus allows now.
    """
    if program == OCR:
        return can_ocr(options)
    return options.soffice and shutil.which(program) is not None


def is_known(beginning: bytes) -> bool:
    """Return whether a file may be one that can be read, whatever its name, given its first bytes.

    It may be one that a reader recognises, or a text in sentences, such as ``README.Debian``.
    """
    recognised = beginning.startswith(_CONTAINERS) or any(reader.recognises(beginning) for reader in readers())
    return recognised or _is_prose(beginning)


def _is_prose(data: bytes) -> bool:
    """Return whether a file begins as a text in sentences; markup has readers of its own, or none."""
    beginning = data[:_BEGINNING]
    # Guessing the encoding takes milliseconds; a folder of 10,000 pictures is scanned, too.
    if b"\0" in beginning:
        return False
    try:
        text = decode(beginning).text
    except ReadingError:
        return False
    in_runs = sum(len(_SIGN.findall(run)) for run in _RUN.findall(text))
    return not text.lstrip().startswith(_MARKUP) and in_runs > _SHARE_OF_PROSE * len(_SIGN.findall(text))


def choose(suffix: str, data: bytes) -> tuple[Reader, str | None]:
    """Return the reader of a file, and a warning if its name says something else than its content.

    Args:
        suffix: The suffix of its name, in small letters with the dot.
        data: Its bytes.

    Raises:
        ReadingError: No reader knows it.
    """
    named = [reader for reader in readers() if suffix in reader.suffixes]
    for reader in (*named, *(reader for reader in readers() if reader not in named)):
        if reader.recognises(data):
            is_misnamed = suffix and reader not in named
            return reader, f"is named {suffix} but is {reader.name}" if is_misnamed else None
    if named and not all(reader.is_binary for reader in named):
        return next(reader for reader in named if not reader.is_binary), None
    if named and _is_text(data):
        return _plain(), f"is named {suffix} but is plain text"
    if named:
        return named[0], None
    if _is_prose(data):
        return _plain(), None
    raise ReadingError(f"is in no format that is read ({suffix or 'its name has no suffix'})")


def _plain() -> Reader:
    return next(reader for reader in readers() if ".txt" in reader.suffixes)


def _is_text(data: bytes) -> bool:
    """Return whether bytes are a text without anything broken in it: not the beginning of a file that was cut."""
    try:
        decoded = decode(data)
    except ReadingError:
        return False
    return bool(decoded.text.strip()) and not decoded.warnings
