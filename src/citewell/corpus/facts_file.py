"""The table of facts beside a corpus: ``citewell-facts.csv``, which stands above what the documents say themselves.

    path,author,date,tag
    reports/2023/*.pdf,Ann Lee,2023,report; final
    minutes.md,,2024-02-01,

A path is that of a document or a folder, or a pattern as in .gitignore; of several rows for one document, the last that says
something counts. Reading never fails: what cannot be understood is a fault with its line and column, and all else counts.
"""

from __future__ import annotations

import csv
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import regex

from citewell.corpus.reading.decoding import decode
from citewell.document import Fact
from citewell.errors import ReadingError
from citewell.ignoring import Pattern, PatternError, read_pattern
from citewell.text.fact_names import TABLE, fact, fact_name

_PATH = "path"
_MOST_BYTES = 20_000_000
# A pattern is compared with every document.
_MOST_PATTERNS = 500
_WILD = regex.compile(r"[*?\[\]]")
_SEVERAL = regex.compile(r"[;|]")
_DELIMITERS = ",;\t"
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: its line, its path or pattern, and what it says."""

    line: int
    path: str
    facts: tuple[Fact, ...]


@dataclass(slots=True)
class FactsFile:
    """The table of one corpus.

    ``digest`` is that of its bytes, empty if there is none, and None if it cannot be read now. ``faults`` say where what is not
    understood.
    """

    digest: str | None = ""
    rows: Sequence[_Row] = ()
    faults: list[str] = field(default_factory=list)
    _plain: dict[str, list[int]] = field(default_factory=dict)
    _patterns: dict[int, Pattern] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for nth, row in enumerate(self.rows):
            # A name may have brackets itself: "notes [1].md".
            self._plain.setdefault(row.path, []).append(nth)
            if not _WILD.search(row.path):
                continue
            pattern = _pattern(row.path)
            if pattern is None or len(self._patterns) >= _MOST_PATTERNS:
                reason = "it is one of too many patterns" if pattern else f"“{_short(row.path)}” is no pattern"
                self.faults.append(f"line {row.line}, column path: {reason}, so it is not used")
                self._used.add(nth)
            else:
                self._patterns[nth] = pattern

    def facts(self, document: str) -> tuple[Fact, ...]:
        """Return what the table says of a document.

        Args:
            document: Its path.
        """
        found = {nth for name in _names(document) for nth in self._plain.get(name, ())}
        found |= {nth for nth in list(self._patterns) if self._holds(nth, document)}
        self._used |= found
        said: dict[str, tuple[Fact, ...]] = {}
        for nth in sorted(found):
            for each in self.rows[nth].facts:
                said[each.name] = tuple(one for one in self.rows[nth].facts if one.name == each.name)
        return tuple(each for several in said.values() for each in several)

    def _holds(self, nth: int, document: str) -> bool:
        """Return whether the pattern of a row means a document; one that takes too long is no longer used."""
        try:
            return self._patterns[nth].holds(document)
        except PatternError as error:
            del self._patterns[nth]
            self.faults.append(f"line {self.rows[nth].line}, column path: “{_short(self.rows[nth].path)}” {error}")
            self._used.add(nth)
            return False

    def all_faults(self) -> tuple[str, ...]:
        """Return all faults, with the rows that no document has needed by now."""
        unused = (row for nth, row in enumerate(self.rows) if nth not in self._used)
        return (
            *self.faults,
            *(f"line {row.line}, column path: no document is at “{_short(row.path)}”" for row in unused),
        )


def read_table(corpus: Path) -> FactsFile:
    """Read the table of a corpus.

    Args:
        corpus: The folder of the corpus.
    """
    data = _bytes(corpus)
    if data is None or isinstance(data, str):
        return FactsFile(data) if data in (None, "") else FactsFile(_digest(data.encode()), faults=[data])
    try:
        decoded = decode(data)
    except ReadingError as error:
        return FactsFile(_digest(data), faults=[f"it {error.message}; save it as CSV in UTF-8"])
    faults = list(decoded.warnings)
    return FactsFile(_digest(data), list(_rows(decoded.text, faults)), faults)


def table_digest(corpus: Path) -> str | None:
    """Return what changes with the table: empty if there is none, None if it cannot be read now."""
    data = _bytes(corpus)
    if isinstance(data, str):
        return _digest(data.encode()) if data else ""
    return None if data is None else _digest(data)


def _bytes(corpus: Path) -> bytes | str | None:
    """Return the bytes of the table; a fault in words, or nothing if there is none; None if it cannot be read now."""
    file = corpus / TABLE
    try:
        # Opening a pipe would wait for its other end.
        if not stat.S_ISREG(file.stat().st_mode):
            return "it is not a regular file"
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(corpus)):
            return "it is a link that leads outside the corpus"
        if file.stat().st_size > _MOST_BYTES:
            return f"it is larger than {_MOST_BYTES:,} bytes"
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError:
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _rows(text: str, faults: list[str]) -> Iterator[_Row]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    try:
        columns = _columns(next(reader, []), faults)
        if columns is None:
            return
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = _row(line, cells, columns, faults)
                if row:
                    yield row
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(f"line {reader.line_num}: {error}; no row from here on is used")


def _columns(head: Sequence[str], faults: list[str]) -> list[str | None] | None:
    """Return the name of each column; None for one that is not used, and for all if none is the path."""
    named = [cell.strip().casefold() for cell in head]
    if _PATH not in named:
        faults.append(f"line 1: no column is called {_PATH}, so nothing in it is used")
        return None
    columns: list[str | None] = []
    for nth, (cell, name) in enumerate(zip(head, named, strict=True), 1):
        found = _PATH if name == _PATH and _PATH not in columns else fact_name(cell)
        if found is None and name:
            faults.append(f"line 1, column {nth}: “{_short(cell.strip())}” cannot be the name of a fact")
        columns.append(found)
    return columns


def _row(line: int, cells: Sequence[str], columns: Sequence[str | None], faults: list[str]) -> _Row | None:
    path, facts = "", []
    for name, cell in zip(columns, cells, strict=False):
        if name == _PATH:
            path = _as_path(cell)
        elif name and cell.strip():
            for written in [cell] if name == "title" else _SEVERAL.split(cell):
                found = fact(name, written, "table")
                facts += [found] if found else []
                if found is None and written.strip():
                    faults.append(
                        f"line {line}, column {name}: “{_short(written.strip())}” {_WRONG.get(name, _TOO_LONG)}"
                    )
    if any(cell.strip() for cell in cells[len(columns) :]):
        faults.append(f"line {line}: it has {len(cells)} cells, and the first line names {len(columns)} columns")
    if not path:
        faults.append(f"line {line}, column path: it is empty, so the row is not used")
        return None
    return _Row(line, path, tuple(facts))


def _pattern(path: str) -> Pattern | None:
    """Return a pattern, or None if it is none; here, none brings anything back."""
    try:
        pattern = read_pattern(path)
    except PatternError:
        return None
    return None if pattern and pattern.brings_back else pattern


_WRONG = {
    "date": "is no date, or may mean several; write it as 2023-04-05, 2023-04 or 2023",
    "language": "is no language; write its code, such as en or de",
}
_TOO_LONG = "is too long"


def _as_path(cell: str) -> str:
    """Return a path with forward slashes, as Windows does not write it; in a pattern, a backslash is none."""
    path = cell.strip()
    return path if _WILD.search(path) else path.replace("\\", "/").removeprefix("./")


def _names(document: str) -> Iterator[str]:
    """Yield all paths without wildcards that mean a document, as in .gitignore."""
    path = PurePosixPath(document)
    for nth, part in enumerate(path.parts, 1):
        above = "/".join(path.parts[:nth])
        ends = ("",) if nth == len(path.parts) else ("", "/")
        # Without a slash, it is a name at any depth; with one at its start, it is at the top.
        yield from (f"{name}{end}" for name in dict.fromkeys((part, above, f"/{above}")) for end in ends)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
