"""How fast PDFs are read: pages a processor second, beside the bare text of pdfium in the same process, and the memory.

    python benchmarks/reading.py [FILE ...]

Without files, it reads those of the tests. OCR is off. Each file is read until it has taken a second.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from citewell.corpus.reading.extract import ReadingOptions, Source
from citewell.corpus.reading.formats.pdf import READER

_PLACE = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "reading" / "formats" / "typeset"
_SECONDS = 1.0


def main(arguments: list[str]) -> None:
    """Print a line for each file, and one for all together."""
    files = [Path(each) for each in arguments] or sorted(_PLACE.glob("*.pdf"))
    sums = [0.0, 0.0, 0.0]
    # What is read once, such as the modules, is no part of a file's time.
    _read(files[0].read_bytes())
    print(f"{'file':34} {'pages':>5} {'a second':>9} {'bare text':>9}")
    for file in files:
        data = file.read_bytes()
        pages = _bare(data)
        ours, bare = _seconds(_read, data), _seconds(_bare, data)
        sums = [total + part for total, part in zip(sums, (pages, ours, bare), strict=True)]
        print(f"{file.name:34} {pages:5} {pages / ours:9.0f} {pages / bare:9.0f}")
    print(f"{'all':34} {sums[0]:5.0f} {sums[0] / sums[1]:9.0f} {sums[0] / sums[2]:9.0f}")
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        print(f"memory at most {int(line.split()[1]) // 1024} MB")


def _seconds(function: Callable[[bytes], object], data: bytes) -> float:
    """Return the processor seconds that a call takes, on average."""
    start, calls = time.process_time(), 0
    while time.process_time() - start < _SECONDS:
        function(data)
        calls += 1
    return (time.process_time() - start) / calls


def _read(data: bytes) -> object:
    return READER.read(Source("file.pdf", data, ReadingOptions(ocr=False)))


def _bare(data: bytes) -> int:
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.get_textpage().get_text_range()
    count = len(document)
    document.close()
    return count


if __name__ == "__main__":
    main(sys.argv[1:])
