"""What is read of real files, as the table in ``docs/formats.md``.

python benchmarks/outcomes.py ../shared/files > outcomes.md
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from citewell.corpus.reading import SourceFile, read
from citewell.document import Document
from citewell.errors import ReadingError

_NO_SAMPLES = {"LICENSE", "LICENSE.md", "README.md"}


def outcome(path: str, file: Path) -> str:
    """Return what happened to a file, in words."""
    try:
        document = read(SourceFile(path, file))
    except ReadingError as error:
        return f"named: {error.message}"
    return "read: " + "; ".join(_parts(document))


def _parts(document: Document) -> Iterator[str]:
    yield f"{len(document.text.split()):,} words"
    headings = sum(section.heading is not None for section in document.sections)
    if headings:
        yield f"{headings} headings"
    for kind, count in Counter(each.location.kind for each in document.locations).items():
        yield f"{count} {kind if count == 1 else f'{kind}s'}"
    if any(each.location.is_ocr for each in document.locations):
        yield "by OCR"
    for each in document.attached:
        yield f"with {each.path.rpartition('/')[2]}"
    for part in document.unread:
        yield f"{part.name} {part.reason}"
    yield from document.warnings


def main() -> None:
    """Read the files and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print("| File | Outcome |\n|---|---|")
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name not in _NO_SAMPLES:
            path = file.relative_to(folder).as_posix()
            print(f"| {path} | {outcome(path, file).replace('|', chr(92) + '|')} |")


if __name__ == "__main__":
    main()
