"""How long Word files take to read, and how much of their text comes back, against python-docx.

    pip install python-docx
    python benchmarks/reading_office.py ../shared/files/docling/docx [--times 20]

Both read the same bytes in the same process, by turns. Text is what stands in the runs of the main part, without deletions and
without the second form of what is there twice; characters count, without white space.
"""

from __future__ import annotations

import argparse
import html
import io
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import regex
from rich.console import Console
from rich.table import Table

from citewell.corpus.reading.extract import Source
from citewell.corpus.reading.formats.docx import READER
from citewell.errors import ReadingError

_FALLBACK = regex.compile(rb"<mc:Fallback>.*?</mc:Fallback>", regex.DOTALL)
_TEXT = regex.compile(rb"<(?:w|m):t(?:\s[^>]*)?(?<!/)>([^<]*)<")

Read = Callable[[bytes], str]


def main() -> None:
    """Read the files of a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=20, help="how often each file is read (default: 20)")
    arguments = parser.parse_args()
    files = [file.read_bytes() for file in sorted(arguments.folder.rglob("*.docx"))]
    readers: dict[str, Read] = {"citewell": citewell, "python-docx": python_docx()}
    seconds: Counter[str] = Counter()
    found: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for data in files:
        expected = Counter("".join(stated(data).split()))
        for name, read in readers.items():
            began = time.process_time()
            try:
                for _ in range(arguments.times):
                    text = read(data)
            except (ReadingError, KeyError, ValueError):
                errors[name] += 1
                text = ""
            seconds[name] += time.process_time() - began  # type: ignore[assignment]
            found[name] += sum((expected & Counter("".join(text.split()))).values())
        found["all"] += sum(expected.values())
    table = Table("reader", "CPU ms a file", "share of the text", "errors", title=f"{len(files)} Word files")
    for name in readers:
        share = found[name] / max(1, found["all"])
        milliseconds = 1_000 * seconds[name] / len(files) / arguments.times
        table.add_row(name, f"{milliseconds:.2f}", f"{share:.4f}", str(errors[name]))
    Console().print(table)


def citewell(data: bytes) -> str:
    """Read a file as an index does."""
    return "\n".join("".join(block.pieces) for block in READER.read(Source("a.docx", data)).blocks)


def python_docx() -> Read:
    """Return what reads paragraphs and tables, those in cells too, with python-docx."""
    document: Any = import_module("docx").Document
    table_type: Any = import_module("docx.table").Table

    def lines(holder: Any) -> Iterator[str]:  # noqa: ANN401 - of a library without types
        for part in holder.iter_inner_content():
            if isinstance(part, table_type):
                for row in part.rows:
                    for cell in row.cells:
                        yield from lines(cell)
            else:
                yield part.text

    return lambda data: "\n".join(lines(document(io.BytesIO(data))))


def stated(data: bytes) -> str:
    """Return the text in the runs of the main part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next((name for name in archive.namelist() if regex.fullmatch(r"word/document\d*\.xml", name)), None)
        inside = _FALLBACK.sub(b"", archive.read(name)) if name else b""
    return html.unescape(" ".join(text.decode("utf-8", "replace") for text in _TEXT.findall(inside)))


if __name__ == "__main__":
    main()
