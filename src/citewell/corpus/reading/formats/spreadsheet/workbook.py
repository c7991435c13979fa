"""The sheets of a workbook to blocks, by calamine; what would not fit into memory is found before (``sizes``)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import olefile
import regex
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from citewell.corpus.reading.archives import Archive, is_archive, is_encrypted_office
from citewell.corpus.reading.extract import Extract, RawBlock
from citewell.corpus.reading.formats.office.package import Package, title_of
from citewell.corpus.reading.formats.sheet_rows import Row, plain, table_blocks
from citewell.corpus.reading.formats.spreadsheet.parts import SheetParts, ods_facts
from citewell.corpus.reading.formats.spreadsheet.percents import ShownCell, ShownCells
from citewell.corpus.reading.formats.spreadsheet.shown_cells import ods_sheets, ods_shown, xls_sheets, xls_shown
from citewell.corpus.reading.formats.spreadsheet.sizes import (
    MOST_CELLS,
    is_small,
    is_whole,
    ods_cells,
    xls_cells,
    xlsb_cells,
    xlsx_cells,
)
from citewell.corpus.reading.formats.spreadsheet.values import text_of
from citewell.document import Fact, Location
from citewell.errors import ReadingError

_MOST_ROWS = 200_000
_MOST_FILLED = 4_000_000
# As programs name a sheet that nobody has named: "Sheet1", "Tabelle 1".
_UNNAMED = regex.compile(r"\p{L}++\s?\d++")
_MOST_MERGED = 20_000
_TALLEST_MERGED = 1_000
_WIDEST_MERGED = 200
_TOO_FAR = f"its cells stand too far apart; at most {MOST_CELLS:,} from the first to the last are read"
_PROTECTED = "is protected by a password"

# The cells of a sheet, by its name, that are shown as percentages.
_Percents = Callable[[str], Iterator[ShownCell]]


@dataclass(slots=True)
class _Reading:
    """What was found in a file so far."""

    blocks: list[RawBlock] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rows: int = 0
    filled: int = 0


def read_workbook(data: bytes) -> Extract:
    """Read the sheets of a workbook.

    Raises:
        ReadingError: It is damaged, protected by a password, or too large.
    """
    opened = _opened(data)
    package = opened if isinstance(opened, Package) else None
    parts = SheetParts(package) if package else None
    reading = _Reading()
    facts = _facts(opened, reading) if opened else ()
    left_out = _too_far(package, parts) if package and parts else frozenset()
    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(data))
    except PasswordError as error:
        raise ReadingError(_PROTECTED) from error
    except CalamineError as error:
        raise ReadingError(f"is damaged, or no spreadsheet ({error})") from error
    listed = workbook.sheets_metadata
    shown = parts.percents if parts else _percents(data, opened, [sheet.name for sheet in listed])
    for sheet in [sheet for sheet in listed if _is_shown(sheet, left_out, reading)]:
        has_heading = len(listed) > 1 or not _UNNAMED.fullmatch(sheet.name)
        _read_sheet(workbook, sheet.name, parts, reading, shown, has_heading=has_heading)
    return Extract(tuple(reading.blocks), title=title_of(facts), facts=facts, warnings=tuple(reading.warnings))


def _opened(data: bytes) -> Package | Archive | None:
    """Return the package of a file of Excel, or the archive of another, whose size is checked; None for old files.

    Raises:
        ReadingError: The file is damaged, protected by a password, or too large.
    """
    if is_encrypted_office(data):
        raise ReadingError(_PROTECTED)
    if not is_archive(data):
        _check(xls_cells(_records(data)))
        return None
    package = Package(data)
    archive = package.archive
    if "content.xml" not in archive or "xl/workbook.xml" in archive:
        return package
    content = archive.read("content.xml")
    if not is_whole(content):
        raise ReadingError("is damaged: content.xml is no valid XML")
    _check(ods_cells(content))
    return archive


def _percents(data: bytes, opened: Package | Archive | None, names: Sequence[str]) -> _Percents:
    """Return what tells the cells of a sheet that are shown as percentages, for files that are no packages."""
    if isinstance(opened, Archive):
        content = opened.read("content.xml")
        starts = ods_sheets(content)
        return lambda name: ods_shown(content, starts[name]) if name in starts else iter(())
    records = _records(data)
    begins, percents = xls_sheets(records)
    places = dict(zip(names, begins, strict=False))
    return lambda name: xls_shown(records, places[name], percents) if name in places else iter(())


def _facts(opened: Package | Archive, reading: _Reading) -> tuple[Fact, ...]:
    try:
        return opened.facts() if isinstance(opened, Package) else ods_facts(opened)
    except ReadingError as error:
        reading.warnings.append(f"what the file says about itself is left out: it {error.message}")
        return ()


def _too_far(package: Package, parts: SheetParts) -> frozenset[str]:
    """Return the names of the sheets that would take too much memory.

    Raises:
        ReadingError: There is such a sheet, and nothing tells which it is.
    """
    archive = package.archive
    names = (name for name in archive.names if regex.fullmatch(r".*sheets?/[^/]*\.(?:xml|bin)", name))
    wide = {name for name in names if _is_wide(archive, name)}
    found = frozenset(name for name, part in parts.sheets.items() if part in wide)
    if wide - {parts.sheets[name] for name in found}:
        raise ReadingError(_TOO_FAR)
    return found


def _records(data: bytes) -> bytes:
    """Return the stream of records of an XLS file.

    Raises:
        ReadingError: It is no such file.
    """
    try:
        with olefile.OleFileIO(data) as container:
            name = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
            if name:
                stream: bytes = container.openstream(name).read()
                return stream
    except (OSError, ValueError, IndexError) as error:
        raise ReadingError("is damaged, or no spreadsheet") from error
    raise ReadingError("is no spreadsheet, or of a version before Excel 5")


def _is_wide(archive: Archive, name: str) -> bool:
    sheet = archive.read(name)
    if name.endswith(".bin"):
        return xlsb_cells(sheet) > MOST_CELLS
    return not is_small(sheet) and xlsx_cells(sheet) > MOST_CELLS


def _check(cells: int) -> None:
    if cells > MOST_CELLS:
        raise ReadingError(_TOO_FAR)


def _is_shown(sheet: SheetMetadata, left_out: frozenset[str], reading: _Reading) -> bool:
    """Return whether a sheet is read, and say why not."""
    reason = None
    if sheet.typ == SheetTypeEnum.ChartSheet:
        reason = "is a chart"
    elif sheet.typ != SheetTypeEnum.WorkSheet:
        reason = "holds macros or a dialogue"
    elif sheet.visible != SheetVisibleEnum.Visible:
        reason = "is hidden"
    elif sheet.name in left_out:
        reason = _TOO_FAR
    if reason:
        reading.warnings.append(f"the sheet {sheet.name!r} is left out: it {reason}".replace(": it its", ": its"))
    return reason is None


def _read_sheet(
    workbook: CalamineWorkbook,
    name: str,
    parts: SheetParts | None,
    reading: _Reading,
    percents: _Percents,
    *,
    has_heading: bool,
) -> None:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except CalamineError as error:
        reading.warnings.append(f"the sheet {name!r} is left out: it is damaged ({error})")
        return
    place = _place(name)
    found = list(table_blocks(_rows(sheet, ShownCells(percents(name)), reading), place))
    if parts:
        found += _beside(parts, name, reading)
    if found and has_heading:
        reading.blocks.append(RawBlock("heading", (plain(name),), level=1, location=Location("sheet", name)))
    reading.blocks += found


def _place(name: str) -> Callable[[int], Location]:
    return lambda number: Location("row", f"{name}, row {number}")


def _beside(parts: SheetParts, name: str, reading: _Reading) -> list[RawBlock]:
    """Return the comments on the cells of a sheet, and the texts of the shapes on it."""
    try:
        comments, drawn = parts.comments(name), parts.drawn(name)
    except ReadingError as error:
        reading.warnings.append(f"comments and shapes on the sheet {name!r} are left out: it {error.message}")
        return []
    if drawn.left_out:
        reading.warnings.append(f"{drawn.left_out} on the sheet {name!r} are left out")
    place = _place(name)
    found = [
        RawBlock(
            "prose",
            (f"Comment on {each.cell}{f' by {each.author}' * bool(each.author)}: {each.text}",),
            location=place(each.row),
        )
        for each in comments
    ]
    return found + [RawBlock("prose", (text,), location=Location("sheet", name)) for text in drawn.texts]


def _rows(sheet: CalamineSheet, percents: ShownCells, reading: _Reading) -> Iterator[Row]:
    """Yield the rows of a sheet with something in them, as many as there is room for."""
    if sheet.start is None:
        return
    # Rows come from the first of the sheet on, cells from the first column that has any.
    left = sheet.start[1]
    down, across = _merged(sheet)
    above: dict[int, tuple[int, str]] = {}
    for number, values in enumerate(sheet.iter_rows(), 1):
        shown = percents.row(number - 1)
        texts = ((left + at, text_of(value, shown.get(left + at))) for at, value in enumerate(values) if value != "")
        cells = {column: text for column, text in texts if text}
        above = {column: kept for column, kept in above.items() if kept[0] >= number}
        merged = {column: text for column, (_, text) in above.items() if column not in cells}
        if not cells:
            continue
        if reading.rows >= _MOST_ROWS or reading.filled + len(cells) > _MOST_FILLED:
            reading.warnings.append(
                f"the sheet {sheet.name!r} is read up to row {number - 1:,}; the others are left out"
            )
            return
        for column, text in cells.items():
            if (number, column) in down:
                above[column] = down[number, column], text
        reading.rows += 1
        reading.filled += len(cells)
        yield Row(number, cells | merged, _spanned(number, cells | merged, across))


def _merged(sheet: CalamineSheet) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Return the last row, and the last column, of merged cells by the row (from 1) and the column (from 0) of their first."""
    down: dict[tuple[int, int], int] = {}
    across: dict[tuple[int, int], int] = {}
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:_MOST_MERGED]:
        if bottom > top:
            down[top + 1, left] = min(bottom + 1, top + _TALLEST_MERGED)
        if right > left:
            across[top + 1, left] = min(right, left + _WIDEST_MERGED)
    return down, across


def _spanned(number: int, cells: Mapping[int, str], across: Mapping[tuple[int, int], int]) -> dict[int, str] | None:
    """Return the cells of a row with merged ones in each column that they cover; None if it has none."""
    if not across or not any((number, column) in across for column in cells):
        return None
    spread = {
        covered: text
        for column, text in cells.items()
        for covered in range(column, across.get((number, column), column) + 1)
    }
    return spread | dict(cells)
