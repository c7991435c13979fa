"""Notebooks of Jupyter: a cell of Markdown as its blocks, a cell of code unchanged, and the text that it has printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from citewell.corpus.reading.decoding import decode
from citewell.corpus.reading.extract import Extract, FormatReader, RawBlock, Source
from citewell.corpus.reading.formats.markdown import find_blocks
from citewell.document import Fact, Location
from citewell.errors import ReadingError

_HEAD = 200
_MOST_LINES = 30
_LONGEST_LINE = 400
_LONGEST_OUTPUT = 3_000
_SOURCE = "file properties"
# Colours of a terminal.
_COLOURS = regex.compile(r"\x1b\[[\d;]*[A-Za-z]")


@dataclass(slots=True)
class _Left:
    """What is left out of a notebook."""

    pictures: int = 0
    outputs: int = 0

    def warnings(self) -> Iterator[str]:
        if self.pictures:
            yield f"pictures among the results are left out ({self.pictures})"
        if self.outputs:
            yield f"long results are cut ({self.outputs})"


def read(source: Source) -> Extract:
    """Read the cells of a notebook.

    Raises:
        ReadingError: It is no notebook, or nested too deeply.
    """
    decoded = decode(source.data)
    try:
        notebook = json.loads(decoded.text)
    except RecursionError as error:
        raise ReadingError("is nested too deeply") from error
    except ValueError as error:
        raise ReadingError(f"is no notebook: it is not JSON ({error})") from error
    left = _Left()
    blocks = tuple(block for number, cell in enumerate(_cells(notebook), 1) for block in _cell(cell, number, left))
    about = _dict(_dict(notebook).get("metadata"))
    title = about.get("title")
    authors = (_dict(author).get("name") for author in _list(about.get("authors")))
    facts = [Fact("author", author, _SOURCE) for author in authors if isinstance(author, str)]
    if isinstance(title, str) and title.strip():
        facts.insert(0, Fact("title", title, _SOURCE))
    return Extract(
        blocks,
        title=title if isinstance(title, str) else None,
        facts=tuple(facts),
        warnings=(*decoded.warnings, *left.warnings()),
    )


def _cells(notebook: object) -> list[Any]:
    """Return the cells; before version 4, they were in worksheets.

    Raises:
        ReadingError: There are none.
    """
    found = _dict(notebook).get("cells")
    if found is None:
        sheets = _list(_dict(notebook).get("worksheets"))
        found = [cell for sheet in sheets for cell in _list(_dict(sheet).get("cells"))] if sheets else None
    if not isinstance(found, list):
        raise ReadingError("is no notebook: it has no cells")
    return found


def _cell(found: object, number: int, left: _Left) -> Iterator[RawBlock]:
    cell = _dict(found)
    place = Location("cell", str(number))
    text = _text(cell.get("source", cell.get("input")))
    kind = cell.get("cell_type")
    if kind == "markdown":
        yield from _markdown(text, place)
    elif kind == "heading":
        level = cell.get("level")
        yield RawBlock(
            "heading", (" ".join(text.split()),), level=level if isinstance(level, int) else 1, location=place
        )
    else:
        if text.strip():
            yield RawBlock("verbatim", (text.strip("\n").rstrip(),), location=place)
        for output in _list(cell.get("outputs")):
            if shown := _shown(_dict(output), left).strip("\n").rstrip():
                yield RawBlock("verbatim", (shown,), location=place)


def _markdown(text: str, place: Location) -> Iterator[RawBlock]:
    """Yield the blocks of a cell, cut out of its text."""
    # A title that front matter names is one of its fields, which are blocks.
    for block in find_blocks(text)[1]:
        if block.at is None:
            yield block
            continue
        name = block.name if block.kind == "heading" and block.name is not None else (block.words or block.at).of(text)
        yield RawBlock(block.kind, (name,), level=block.level, location=place)


def _shown(output: dict[str, Any], left: _Left) -> str:
    """Return the text of a result, cut if it is long."""
    data = _dict(output.get("data")) or output
    left.pictures += any(key.startswith("image/") or key in {"png", "jpeg", "svg"} for key in data)
    if output.get("output_type") in {"error", "pyerr"}:
        return ": ".join(filter(None, (_text(output.get("ename")), _text(output.get("evalue")))))
    text = _text(output["text"]) if "text" in output else _text(data.get("text/plain", data.get("text/markdown")))
    lines = _COLOURS.sub("", text).splitlines()
    short = [line[:_LONGEST_LINE].rstrip() for line in lines[:_MOST_LINES]]
    cut = "\n".join(short)[:_LONGEST_OUTPUT]
    left.outputs += len(cut) < sum(len(line.rstrip()) + 1 for line in lines) - 1
    return cut


def _text(value: object) -> str:
    """Return a text, which a notebook may keep line by line."""
    if isinstance(value, list):
        return "".join(each for each in value if isinstance(each, str))
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def is_notebook(data: bytes) -> bool:
    """Return whether bytes are certainly a notebook."""
    return (
        data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        and b'"nbformat"' in data
        and b'"cell_type"' in data
    )


READER = FormatReader("notebook", 2, frozenset({".ipynb"}), read, is_notebook)
