"""What a reader gave of a file, as lines that a test can compare."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, RawBlock, Reader, Source

_SIGNS = {"prose": "", "item": "- ", "verbatim": "= ", "row": "| ", "figure": "! ", "break": "---"}


def read_bytes(reader: Reader, data: bytes, path: str = "a") -> Extract:
    """Read bytes as a file."""
    return reader.read(Source(path, data))


def shown(extract: Extract) -> list[str]:
    """Return the blocks, each after a sign of its kind: "#" for each level of a heading, "H" for the head of a table."""
    return [_shown(block) for block in extract.blocks]


def facts(extract: Extract) -> dict[str, list[str]]:
    """Return the facts: the values of each name, in order."""
    found: dict[str, list[str]] = {}
    for fact in extract.facts:
        found.setdefault(fact.name, []).append(fact.value)
    return found


def _shown(block: RawBlock) -> str:
    text = "".join(block.pieces)
    if block.kind == "heading":
        return f"{'#' * block.level} {text}"
    if block.is_head:
        return f"H {text}"
    return f"{_SIGNS[block.kind]}{text}"
