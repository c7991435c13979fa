"""Bytes to a document, and to those inside it; ``registry`` says which reader."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import regex

from citewell.corpus.reading.assembling import Assembled, assemble
from citewell.corpus.reading.extract import (
    AS_USUAL,
    Attachment,
    Extract,
    ReadingOptions,
    ReadingProgress,
    Source,
    unheard,
)
from citewell.corpus.reading.registry import OCR, choose, kept_as
from citewell.corpus.reading.suspecting import suspicions
from citewell.document import Document, Fact, UnreadPart
from citewell.errors import CitewellError, ReadingError
from citewell.text.fact_names import fact, fact_name

# A message in a message in a message; and how many files one may hold in all, itself included.
_DEEPEST = 4
_MOST_INSIDE = 500
_MOST_WARNINGS = 10
_LONGEST_WARNING = 300
_UNSAFE = regex.compile(r"[\p{C}/\\]+")
_LONGEST_NAME = 120
_UNSEEN = regex.compile(r"[\p{C}]+")
_MOST_FACTS = 100
# Of the parts of a file that are not read, the others are counted.
_MOST_UNREAD = 200


def parse(
    path: str, data: bytes, options: ReadingOptions | None = None, progress: ReadingProgress = unheard
) -> Document:
    """Create a document from the bytes of a file, with the documents inside it.

    Args:
        path: The path of the file in its corpus; its name is the title if there is no other.
        data: The bytes.
        options: What the corpus allows.
        progress: Called during long work, such as OCR.

    Raises:
        ReadingError: They cannot be read, or hold no text; the message is the reason alone.
    """
    return _Parsing(options or AS_USUAL, progress).document(path, data, depth=0)


def data_inside(path: str, data: bytes, inner: str, options: ReadingOptions) -> bytes:
    """Return the bytes of a document inside a file.

    Args:
        path: The path of the file.
        data: Its bytes.
        inner: The path of the document, which begins with that of the file.
        options: What the corpus allowed when it was read.

    Raises:
        ReadingError: There is no such document in it.
    """
    while path != inner:
        reader, _ = choose(PurePosixPath(path).suffix.lower(), data)
        extract = reader.read(Source(path, data, options))
        parts = ((f"{path}/{name}", each) for name, each in _named(extract))
        found = next((part for part in parts if f"{inner}/".startswith(f"{part[0]}/")), None)
        if found is None:
            raise ReadingError("has no such attachment")
        path, data = found[0], found[1].data
    return data


class _Parsing:
    """The reading of one file and of what is inside it."""

    def __init__(self, options: ReadingOptions, progress: ReadingProgress) -> None:
        self._options = options
        self._progress = progress
        self._room = _MOST_INSIDE

    def document(self, path: str, data: bytes, *, depth: int, known: Sequence[Fact] = ()) -> Document:
        """Return a file as a document; ``known`` is what counts where it says nothing itself."""
        self._room -= 1
        name = PurePosixPath(path)
        reader, misnamed = choose(name.suffix.lower(), data)
        extract = reader.read(Source(path, data, self._options, self._progress))
        found = assemble(extract)
        _check(extract, found)
        warnings = [*([misnamed] if misnamed else []), *extract.warnings, *suspicions(extract, found)]
        made = Document(
            path,
            found.title or _title_of(name),
            found.text,
            found.sections,
            hashlib.sha256(data).hexdigest(),
            warnings=shortened(warnings),
            reader=kept_as(reader, extract, self._options),
            locations=found.locations,
            facts=_facts(extract.facts, known),
            figures=found.figures,
            boxes=found.boxes,
        )
        has_parts = extract.attachments or extract.unread
        return self._with_attachments(made, extract, depth, known) if has_parts else made

    def _with_attachments(self, document: Document, extract: Extract, depth: int, known: Sequence[Fact]) -> Document:
        attached: list[Document] = []
        unread = [UnreadPart(_safe(part.name), part.reason[:_LONGEST_WARNING]) for part in extract.unread]
        for name, each in _named(extract):
            try:
                attached.append(self._attachment(f"{document.path}/{name}", each, depth, known))
            except ReadingError as error:
                unread.append(UnreadPart(name, error.message[:_LONGEST_WARNING], error.lacks))
        more = len(unread) - _MOST_UNREAD
        warnings = [*document.warnings, *([f"{more:,} more parts of it are not read"] if more > 0 else [])]
        unread = unread[:_MOST_UNREAD]
        return replace(document, attached=tuple(attached), unread=tuple(unread), warnings=shortened(warnings))

    def _attachment(self, path: str, attachment: Attachment, depth: int, known: Sequence[Fact]) -> Document:
        if depth >= _DEEPEST:
            raise ReadingError(f"is inside more than {_DEEPEST} files")
        if self._room <= 0:
            raise ReadingError(f"is one of more than {_MOST_INSIDE} files inside a file")
        try:
            return self.document(path, attachment.data, depth=depth + 1, known=attachment.facts or known)
        except (CitewellError, OSError, MemoryError):
            raise
        except Exception as error:
            # No part may cost the file that it is in, whatever error a parser raises.
            raise ReadingError(f"the reader failed: {type(error).__name__}") from error


def _check(extract: Extract, found: Assembled) -> None:
    """Check that there is text.

    Raises:
        ReadingError: There is none.
    """
    if not found.text.strip():
        reasons = "; ".join(extract.warnings)
        lacks = OCR if extract.ocr == "wanted" else ""
        raise ReadingError(f"contains no text ({reasons})" if reasons else "contains no text", lacks=lacks)
    if not any(section.blocks for section in found.sections):
        raise ReadingError("contains no text, only markup or data")


def _title_of(name: PurePosixPath) -> str:
    return " ".join(name.stem.replace("_", " ").replace("-", " ").split()) or name.name


def shortened(warnings: Sequence[str]) -> tuple[str, ...]:
    """Return the first warnings, each of a length that can be shown."""
    shown = [each if len(each) <= _LONGEST_WARNING else f"{each[:_LONGEST_WARNING]}…" for each in warnings]
    if len(shown) > _MOST_WARNINGS:
        shown = [*shown[: _MOST_WARNINGS - 1], f"and {len(shown) - _MOST_WARNINGS + 1} more warnings"]
    return tuple(shown)


def _facts(own: Sequence[Fact], known: Sequence[Fact] = ()) -> tuple[Fact, ...]:
    """Return the facts of a file, and of those that are known from elsewhere the ones that it does not name itself."""
    said = _understood(own)
    names = {each.name for each in said}
    return (*said, *(each for each in _understood(known) if each.name not in names))[:_MOST_FACTS]


def _understood(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return facts, each once, in the form of the index; a value that cannot be understood is none."""
    named = ((fact_name(each.name), _UNSEEN.sub(" ", each.value), each.source) for each in facts)
    found = (fact(name, value, source) for name, value, source in named if name)
    return tuple(dict.fromkeys(each for each in found if each))


def _safe(name: str) -> str:
    """Return the name of an attachment as a name of a file."""
    pure = PurePosixPath(" ".join(_UNSAFE.sub(" ", name).split()).lstrip("."))
    return f"{pure.stem[:_LONGEST_NAME]}{pure.suffix[:_LONGEST_NAME]}" or "attachment"


def _named(extract: Extract) -> Iterator[tuple[str, Attachment]]:
    """Yield the attachments of a file, each with a name that no other part has."""
    taken = {_safe(part.name) for part in extract.unread}
    # Of the attachments of a mailbox, thousands have the same name.
    counted: Counter[str] = Counter()
    for each in extract.attachments:
        name = own = _safe(each.name)
        while name in taken:
            counted[own] += 1
            pure = PurePosixPath(own)
            name = f"{pure.stem} ({counted[own] + 1}){pure.suffix}"
        taken.add(name)
        yield name, each
