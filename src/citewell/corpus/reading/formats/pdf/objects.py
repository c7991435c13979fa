"""What else is on a page: the rules of its tables, and how much of it are pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

import pypdfium2.raw as raw

from citewell.corpus.reading.formats.pdf import pdfium
from citewell.corpus.reading.formats.pdf.words import Page, Rule

# A drawing has thousands of lines, none of which is a table's.
_MOST_OBJECTS = 4000
_MOST_SEGMENTS = 400
_MOST_RULES = 600
# Points.
_THIN = 2.0
_LEAST_LENGTH = 12.0
_LEAST_HEIGHT = 6.0


def read_objects(sheet: pdfium.Sheet, page: Page) -> None:
    """Find the horizontal rules of a page, and the share of it that pictures cover.

    Args:
        sheet: The open page.
        page: Where they are put.
    """
    count = raw.FPDFPage_CountObjects(sheet.handle)
    if count > _MOST_OBJECTS:
        return
    handle = pdfium.address_of(sheet.handle)
    sides = (ctypes.c_float * 4)()
    start = ctypes.addressof(sides)
    covered = 0.0
    along = (sheet.rotation - page.turn) % 4
    rules: set[Rule] = set()
    for at in range(count):
        found = pdfium.get_page_object(handle, at)
        kind = pdfium.get_object_type(found) if found else raw.FPDF_PAGEOBJ_UNKNOWN
        if kind not in {raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE}:
            continue
        if not pdfium.get_bounds(found, start, start + 4, start + 8, start + 12):
            continue
        left, bottom, right, top = sides
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            inside = max(min(right, sheet.right) - max(left, sheet.left), 0.0)
            covered += inside * max(min(top, sheet.top) - max(bottom, sheet.bottom), 0.0)
        elif len(rules) < _MOST_RULES:
            rules.update(_edges(*sheet.placed(along, left, bottom, right, top)))
            rules.update(_inside(sheet, found, along))
    page.rules = _joined(rules)
    page.picture_share = covered / (sheet.width * sheet.height)


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """Return rules from the top, those in one that touch: each cell of a table may have its own."""
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule[1] / 2), rule[0])):
        last = found[-1] if found else None
        if last and abs(rule[1] - last[1]) <= _THIN and rule[0] - last[2] <= 2 * _THIN:
            found[-1] = (last[0], last[1], max(last[2], rule[2]), last[3])
        else:
            found.append(rule)
    return sorted(found, key=lambda rule: rule[1])


def _edges(left: float, top: float, right: float, bottom: float) -> list[Rule]:
    """Return the rules that a rectangle is, or has above and below it."""
    if right - left < _LEAST_LENGTH:
        return []
    if bottom - top <= _THIN:
        return [(left, top, right, bottom)]
    return [(left, top, right, top), (left, bottom, right, bottom)] if bottom - top >= _LEAST_HEIGHT else []


def _inside(sheet: pdfium.Sheet, found: int, along: int) -> list[Rule]:
    """Return the horizontal lines of a path that has several, such as the grid of a table."""
    path = ctypes.cast(found, raw.FPDF_PAGEOBJECT)
    count = raw.FPDFPath_CountSegments(path)
    if not 5 < count <= _MOST_SEGMENTS:
        return []
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(path, matrix):
        return []
    rules: list[Rule] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    before = (0.0, 0.0)
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        if not segment or not raw.FPDFPathSegment_GetPoint(segment, x, y):
            break
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO:
            ends = sorted((before[0], here[0])), sorted((before[1], here[1]))
            left, top, right, bottom = sheet.placed(along, ends[0][0], ends[1][0], ends[0][1], ends[1][1])
            if bottom - top <= _THIN and right - left >= _LEAST_LENGTH:
                rules.append((left, top, right, bottom))
        before = here
    return rules
