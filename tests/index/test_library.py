"""The table of all documents: words, pages, warnings and dates as indexed, searched and sorted."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from citewell.building import build
from citewell.document import Fact
from citewell.index.folder import IndexFolder
from citewell.index.library import Library
from citewell.index.manifest import Warned
from citewell.index.stored import DocumentSummary
from citewell.settings import Settings


def _many(number: int) -> Any:
    """Stand in for a snapshot of many documents: only what the table looks at."""
    documents = [
        DocumentSummary(f"{nth:05}.pdf", f"Report {nth % 7}", "", "en", "pdf 1", None, nth % 1000, nth % 50 or None)
        for nth in range(number)
    ]
    dates = {each.path: (Fact("date", f"20{nth % 20:02}", "file properties"),) for nth, each in enumerate(documents)}
    catalogue = SimpleNamespace(
        documents=lambda: documents, facts_of=lambda path: dates[path] if path > "00100" else ()
    )
    warned = [Warned(path=f"{nth:05}.pdf", warnings=("words run together",) * (1 + nth % 2)) for nth in range(300)]
    return SimpleNamespace(catalogue=catalogue, manifest=SimpleNamespace(warned=warned))


def test_documents_are_counted_when_they_are_indexed(corpus: Path, index: IndexFolder) -> None:
    (corpus / "torn.md").write_bytes(
        b"---\ndate: 2023-04-05\n---\n\n# Tor\xcc\x88n\n\nThe com\bmmand starts the pump.\n"
    )
    build(corpus, index, Settings())
    library = Library(index.open())
    assert [row.path for row in library.page().rows] == ["animals/bees.txt", "animals/otters.md", "moon.txt", "torn.md"]
    (row,) = library.page(search="TÖRN md markdown CONTROL").rows
    assert (row.kind, row.pages, row.date, len(row.warnings)) == ("markdown", None, "2023-04-05", 1)
    assert row.words == 9
    # What is carried over keeps its counts.
    (corpus / "moon.txt").unlink()
    build(corpus, index, Settings())
    assert Library(index.open()).page(sort="words", descending=True).rows[0].words == max(
        each.words for each in library.page().rows if each.path != "moon.txt"
    )


def test_it_is_sorted_searched_and_turned() -> None:
    library = Library(_many(1_000))
    largest = library.page(sort="pages", descending=True, per_page=10)
    assert [row.pages for row in largest.rows] == [49] * 10
    assert [row.path for row in largest.rows] == sorted(row.path for row in largest.rows)
    # Documents without a value come last, whichever way it is sorted.
    for descending in (False, True):
        last = library.page(sort="date", descending=descending, page=99)
        assert (last.page, last.pages, {row.date for row in last.rows}) == (20, 20, {""})
    found = library.page(search="report 3 .PDF", per_page=20, page=2)
    expected = sum("3" in f"{nth}" or nth % 7 == 3 for nth in range(1_000))
    assert (found.total, found.first, len(found.rows)) == (expected, 21, 20)
    assert library.page(search="together", sort="warnings", descending=True).rows[0].path == "00001.pdf"
    nothing = library.page(search="no such words")
    assert (nothing.total, nothing.first, nothing.page, nothing.pages) == (0, 0, 1, 1)


def test_ten_thousand_documents_are_quick() -> None:
    library = Library(_many(10_000))
    library.page()
    began = time.process_time()
    for nth in range(10):
        library.page(search="report 3", sort="words", descending=True, page=nth)
    assert (time.process_time() - began) / 10 < 0.1
