"""JSON Lines: a value in each line, which is a record of its own."""

from __future__ import annotations

import json

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.formats.records.blocks import record_blocks
from citewell.corpus.reading.formats.records.values import flat, parse
from citewell.document import Location

_MOST_RECORDS = 200_000


def read(source: Source) -> Extract:
    """Read the records of a file.

    Raises:
        ReadingError: It is no text, or a record is nested too deeply.
    """
    decoded = decode(source.data)
    return read_lines(decoded.text, decoded.warnings)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, which end only where JSON says."""
    return text.replace("\r\n", "\n").strip("\n").split("\n")


def read_lines(text: str, warnings: tuple[str, ...]) -> Extract:
    """Read the records of a text, one a line.

    Args:
        text: The text.
        warnings: What is to be said of it already.

    Raises:
        ReadingError: A record is nested too deeply.
    """
    blocks: list[RawBlock] = []
    lines = lines_of(text)
    broken = [number for number, line in enumerate(lines[:_MOST_RECORDS], 1) if not _read_line(line, number, blocks)]
    more = []
    if broken:
        more.append(f"lines that are not JSON are read as text ({len(broken):,}, the first is line {broken[0]:,})")
    if len(lines) > _MOST_RECORDS:
        more.append(f"only the first {_MOST_RECORDS:,} records are read")
    return Extract(tuple(blocks), warnings=(*warnings, *more))


def _read_line(line: str, number: int, blocks: list[RawBlock]) -> bool:
    """Read a line, and return whether it is JSON; an empty one is nothing."""
    if not line.strip():
        return True
    place = Location("record", str(number))
    try:
        blocks += record_blocks(list(flat(parse(line))), place)
    except json.JSONDecodeError:
        blocks.append(RawBlock("prose", (line.strip(),), location=place))
        return False
    return True


READER = FormatReader("jsonl", 1, frozenset({".jsonl", ".ndjson"}), read)
