"""A corpus of a given size from real texts: those of a question set first, then files of other folders, in a fixed order.

Texts that occur twice are left out. Where there are not enough of them, the rest are documents of their sentences in a random
order: real words and real sentences, but no real documents.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from citewell.corpus.reading import SourceFile, read, scan
from citewell.corpus.splitting import split
from citewell.encoder.encoding import open_encoder
from citewell.encoder.preparing import prepare
from citewell.errors import ReadingError
from citewell.settings import Splitting

_SHORTEST, _LONGEST = 2_000, 200_000
# The parts into which the long texts of a question set are cut, at line ends.
_PART = 8_000
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_SENTENCES = 200
_KEPT_SENTENCES = 500_000


class Corpus(NamedTuple):
    """How many windows were written, how many of them in documents as they were found, and how many characters."""

    windows: int
    real: int
    characters: int


class _Writer:
    """Writes documents, and counts what a build will make of them."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._encoder = open_encoder(prepare("english"))
        self.windows = self.characters = self._count = 0

    def add(self, text: str) -> None:
        # An index reads its files in this order, so those of the question set are encoded first.
        name = f"{self._count // 1000:04}/{self._count:07}.md"
        self._count += 1
        file = self._target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        passages = split(read(SourceFile(name, file)), Splitting(), self._encoder.token_offsets)
        self.windows += sum(len(passage.windows) for passage in passages)
        self.characters += len(text)


def write(target: Path, windows: int, asked: Path, folders: Sequence[Path]) -> Corpus:
    """Write documents that have together about so many windows.

    Args:
        target: A new folder.
        windows: How many; documents are not cut, so there may be some more.
        asked: A folder of texts (``*.md``), which come first.
        folders: Folders of more files, in any format that Citewell reads.
    """
    writer = _Writer(target)
    kept: list[str] = []
    for text in _texts(asked, folders):
        if writer.windows >= windows:
            break
        writer.add(text)
        if len(kept) < _KEPT_SENTENCES:
            kept += _SENTENCE.split(text)
    real = writer.windows
    draw = random.Random(1)  # noqa: S311 - no secret
    while writer.windows < windows:
        writer.add(" ".join(draw.choices(kept, k=_SENTENCES)))
    return Corpus(writer.windows, real, writer.characters)


def _texts(asked: Path, folders: Sequence[Path]) -> Iterator[str]:
    for file in sorted(asked.glob("*.md")):
        yield from _parts(file.read_text(encoding="utf-8"))
    seen: set[bytes] = set()
    for source in _sources(folders):
        text = _read(source)
        digest = hashlib.sha256(text.encode()).digest()
        if len(text) >= _SHORTEST and digest not in seen:
            seen.add(digest)
            yield text


def _sources(folders: Sequence[Path]) -> list[SourceFile]:
    """Return the files in an order that has nothing to do with where they are, and is always the same."""
    found = [source for folder in folders for source in scan(folder).files]
    return sorted(found, key=lambda source: hashlib.sha256(source.path.encode()).digest())


def _read(source: SourceFile) -> str:
    """Return a text; nothing if the file cannot be read, which is no matter here."""
    try:
        return read(source).text[:_LONGEST]
    except ReadingError:
        return ""


def _parts(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", min(start + _PART, len(text) - 1)) + 1 or len(text)
        yield text[start:end]
        start = end
