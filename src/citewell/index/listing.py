"""What every question needs of the documents of a segment, in columns: read and verified at once when the segment is opened.

A row for each document, with a seal of its own, took as long to read as all else that opening does: 100,000 documents are
opened to ask one question.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from citewell.index.sealing import seal, seal_bytes, seal_text
from citewell.index.stored import DocumentSummary

# As hex digits.
_DIGEST, _SEAL = 64, 32
_NUMBERS = np.dtype("<i8")

Packed = tuple[str, bytes, bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document as it is listed: its summary, and what only an index knows of it.

    ``sections`` is how many sections with text it has, ``characters`` its length, ``text_seal`` the seal of its text, and
    ``facts`` are its facts as JSON.
    """

    summary: DocumentSummary
    sections: int
    characters: int
    text_seal: str
    facts: str


class Listing:
    """The documents of a segment by their numbers in it, which are in the order of their paths.

    ``passages`` is the first passage of each document, and the end of the last; ``windows`` the same of each passage.

    Args:
        packed: What a `ListingWriter` has packed.

    Raises:
        ValueError: It is not that.
    """

    def __init__(self, packed: Packed) -> None:
        columns: dict[str, Any] = json.loads(packed[0])
        self.paths: list[str] = columns["paths"]
        self.sections: list[int] = columns["sections"]
        self.characters: list[int] = columns["characters"]
        self.facts: list[str] = columns["facts"]
        # The distinct values, and for each document which of them it has.
        self.readers: tuple[list[str], list[int]] = columns["readers"]
        self.languages: tuple[list[str | None], list[int]] = columns["languages"]
        # Few documents are inside others.
        self.containers: dict[int, str] = {int(number): path for number, path in columns["containers"].items()}
        self._titles: list[str] = columns["titles"]
        self._words: list[int] = columns["words"]
        self._pages: list[int | None] = columns["pages"]
        self._digests, self._text_seals = packed[1].hex(), packed[2].hex()
        self.passages = np.frombuffer(packed[3], dtype=_NUMBERS).astype(np.int64)
        self.windows = np.frombuffer(packed[4], dtype=_NUMBERS).astype(np.int64)
        if any(one >= other for one, other in pairwise(self.paths)):
            raise ValueError("its documents are out of order")
        if len(self.passages) != len(self.paths) + 1 or len(self.windows) != self.passages[-1] + 1:
            raise ValueError("its documents and passages are not as many as it says")

    def __len__(self) -> int:
        return len(self.paths)

    def title(self, number: int) -> str:
        """Return the title of a document."""
        return self._titles[number]

    def language(self, number: int) -> str | None:
        """Return the language of a document."""
        values, codes = self.languages
        return values[codes[number]]

    def digest(self, number: int) -> str:
        """Return the digest of a document."""
        return self._digests[number * _DIGEST : (number + 1) * _DIGEST]

    def digests(self, numbers: Iterable[int]) -> list[str]:
        """Return the digests of some documents."""
        digests = self._digests
        return [digests[number * _DIGEST : (number + 1) * _DIGEST] for number in numbers]

    def text_seal(self, number: int) -> str:
        """Return the seal of the text of a document."""
        return self._text_seals[number * _SEAL : (number + 1) * _SEAL]

    def summary(self, number: int) -> DocumentSummary:
        """Return a document without its text."""
        container = self.containers.get(number)
        readers, codes = self.readers
        return DocumentSummary(
            self.paths[number],
            self._titles[number],
            self.digest(number),
            self.language(number),
            readers[codes[number]],
            container,
            self._words[number],
            self._pages[number],
            self._digest_of(container) if container else None,
        )

    def _digest_of(self, path: str) -> str | None:
        # What is inside a file is in the segment of the file.
        number = bisect_left(self.paths, path)
        return self.digest(number) if number < len(self.paths) and self.paths[number] == path else None


class ListingWriter:
    """Collects the documents of a new segment, in the order of their paths."""

    def __init__(self) -> None:
        self._documents: list[ListedDocument] = []
        self._passages: list[int] = [0]
        self._windows: list[int] = [0]

    def add(self, document: ListedDocument, windows: Sequence[int]) -> None:
        """Add a document.

        Args:
            document: The document.
            windows: How many windows each of its passages has.
        """
        self._documents.append(document)
        self._passages.append(self._passages[-1] + len(windows))
        for count in windows:
            self._windows.append(self._windows[-1] + count)

    def packed(self) -> Packed:
        """Return the columns in the form that `Listing` reads.

        Raises:
            ValueError: A digest is none.
        """
        summaries = [each.summary for each in self._documents]
        columns = {
            "paths": [each.path for each in summaries],
            "titles": [each.title for each in summaries],
            "languages": _coded([each.language for each in summaries]),
            "readers": _coded([each.reader for each in summaries]),
            "containers": {number: each.container for number, each in enumerate(summaries) if each.container},
            "words": [each.words for each in summaries],
            "pages": [each.pages for each in summaries],
            "sections": [each.sections for each in self._documents],
            "characters": [each.characters for each in self._documents],
            "facts": [each.facts for each in self._documents],
        }
        return (
            json.dumps(columns, ensure_ascii=False),
            b"".join(_bytes(each.digest, _DIGEST) for each in summaries),
            b"".join(_bytes(each.text_seal, _SEAL) for each in self._documents),
            _numbers(self._passages).tobytes(),
            _numbers(self._windows).tobytes(),
        )


def seal_of(packed: Packed) -> bytes:
    """Return the seal of a packed listing.

    Raises:
        TypeError: It is not one.
    """
    return seal("listing", 0, seal_text(packed[0]), *map(seal_bytes, packed[1:]))


def _coded(values: Sequence[str | None]) -> tuple[list[str | None], list[int]]:
    distinct = {value: code for code, value in enumerate(dict.fromkeys(values))}
    return [*distinct], [distinct[value] for value in values]


def _bytes(digits: str, length: int) -> bytes:
    if len(digits) != length:
        raise ValueError(f"{digits!r} is no digest")
    return bytes.fromhex(digits)


def _numbers(values: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.array(values, dtype=_NUMBERS)
