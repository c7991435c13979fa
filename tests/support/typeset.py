"""The known text of ``tests/corpus/reading/formats/typeset``: Markdown of a few kinds of blocks, as it was typeset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_NOTE = re.compile(r"\[\^(\d+)\]")
_HEADING = re.compile(r"(#{1,3}) (.*)")


@dataclass(frozen=True)
class Part:
    """A block of a known text: a heading of a level, a paragraph, the items of a list, the rows of a table, or a footnote."""

    kind: Literal["heading", "prose", "bullets", "numbers", "table", "note"]
    texts: tuple[str, ...]
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def parts_of(file: Path) -> list[Part]:
    """Return the blocks of a known text, its footnotes last; their places are still marked by "[^1]"."""
    return [part for block in file.read_text(encoding="utf-8").split("\n\n") for part in _parts(block.strip())]


def plain(text: str) -> str:
    """Return a text without the marks of footnotes."""
    return _NOTE.sub("", text)


def noted(text: str, notes: dict[str, str], form: str) -> str:
    """Return a text in which each mark of a footnote is its text in a form, such as "<sup>%s</sup>"."""
    return _NOTE.sub(lambda match: form % notes[match[1]], text)


def notes_of(parts: list[Part]) -> dict[str, str]:
    """Return the footnotes by their numbers."""
    return {str(part.level): part.texts[0] for part in parts if part.kind == "note"}


def _parts(block: str) -> Iterator[Part]:
    lines = block.splitlines()
    if match := _HEADING.fullmatch(block):
        yield Part("heading", (match[2],), len(match[1]))
    elif block.startswith("|"):
        rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if "---" not in line]
        yield Part("table", tuple(" ".join(row) for row in rows), rows=tuple(rows))
    elif block.startswith("- "):
        yield Part("bullets", tuple(line[2:] for line in lines))
    elif block.startswith("1. "):
        yield Part("numbers", tuple(line.split(" ", 1)[1] for line in lines))
    elif block.startswith("[^"):
        for line in lines:
            number, text = line.split(": ", 1)
            yield Part("note", (text,), int(number.strip("[^]")))
    elif block:
        yield Part("prose", (block,))
