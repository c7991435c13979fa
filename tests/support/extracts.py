"""What the tests of readers look at: the blocks that a reader gives of a text, and files of other projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from citewell.corpus.reading.extract import Extract, RawBlock, Reader, Source

FILES = Path(__file__).parents[3] / "shared" / "files"


def extract(reader: Reader, text: str | bytes, path: str = "file") -> Extract:
    """Read a text."""
    return reader.read(Source(path, text if isinstance(text, bytes) else text.encode()))


def shown(found: Extract) -> list[tuple[str, str]]:
    """Return the kind and the text of each block; of a heading, its level and its name."""
    return [_shown(found, block) for block in found.blocks]


def _shown(found: Extract, block: RawBlock) -> tuple[str, str]:
    text = block.at.of(found.text or "") if block.at else "".join(block.pieces)
    if block.kind == "heading":
        return f"h{block.level}", " ".join(text.split()) if block.name is None else block.name
    return block.kind, text


def places(found: Extract) -> list[str]:
    """Return where each block is, by the location that holds there."""
    labels, last = [], ""
    for block in found.blocks:
        last = block.location.label if block.location else last
        labels.append(last)
    return labels


def real_file(name: str) -> bytes:
    """Return a file of another project; the test is skipped where it is missing."""
    file = FILES / name
    if not file.is_file():
        pytest.skip(f"{file} is missing")
    return file.read_bytes()
