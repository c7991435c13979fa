"""The text of a shape as paragraphs, with what PowerPoint shows before them (ECMA-376 part 1, section 21.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.corpus.reading.extract import RawBlock
from citewell.corpus.reading.flowing import LINE_END, paragraphs
from citewell.corpus.reading.formats.office.drawing import ALTERNATIVES, A, chosen
from citewell.corpus.reading.formats.office.formulas import formula
from citewell.corpus.reading.formats.office.symbols import without_private
from citewell.corpus.reading.formats.office.xml import Element, local
from citewell.corpus.reading.numerals import Style, numeral
from citewell.corpus.reading.raising import raised

_BULLET = "•"
_KIND = regex.compile(r"(alpha|arabic|roman)(Lc|Uc|)(Period|ParenR|ParenBoth|Plain)")
_STYLES: dict[str, Style] = {"alpha": "letters", "arabic": "decimal", "roman": "roman"}
_SHAPES = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_NUMBER_OF_SLIDE = "slidenum"


def text_blocks(body: Element, *, is_list: bool) -> list[RawBlock]:
    """Return the paragraphs of a text body as blocks.

    Args:
        body: The body.
        is_list: Whether its paragraphs have bullets where they do not say otherwise, as in the content of a slide.
    """
    blocks: list[RawBlock] = []
    counts: dict[int, int] = {}
    elements = body.findall(f"{A}p")
    texts = [paragraphs(paragraph_text(each)) for each in elements]
    # One alone is a text, such as a caption.
    is_list = is_list and sum(map(bool, texts)) > 1
    for element, parts in zip(elements, texts, strict=True):
        if not parts:
            continue
        label = _label(element.find(f"{A}pPr"), counts, is_list=is_list)
        first = (f"{label} {parts[0]}",) if label else (parts[0],)
        blocks.append(RawBlock("item" if label else "prose", first))
        blocks += [RawBlock("item" if label else "prose", (part,)) for part in parts[1:]]
    return blocks


def paragraph_text(paragraph: Element) -> str:
    """Return the text of a paragraph, with `LINE_END` where a line ends in it."""
    return "".join(_pieces(paragraph))


def _pieces(paragraph: Element) -> Iterator[str]:
    stack = [iter(paragraph)]
    while stack:
        for each in stack[-1]:
            if each.tag == f"{A}r" or (each.tag == f"{A}fld" and each.get("type") != _NUMBER_OF_SLIDE):
                text = without_private(each.findtext(f"{A}t", ""), _font(each))
                yield raised(text) if _is_raised(each) else text
            elif each.tag == f"{A}br":
                yield LINE_END
            elif each.tag in {f"{_MATH}oMath", f"{_MATH}oMathPara"}:
                yield f" {formula(each)} "
            elif each.tag == ALTERNATIVES or local(each) == "m":
                inner = chosen(each) if each.tag == ALTERNATIVES else each
                stack.append(iter(() if inner is None else inner))
                break
        else:
            stack.pop()


def _is_raised(run: Element) -> bool:
    properties = run.find(f"{A}rPr")
    place = "" if properties is None else properties.get("baseline", "")
    return bool(place) and place[0] not in "-0"


def _font(run: Element) -> str:
    found = run.find(f"{A}rPr/{A}sym")
    return "" if found is None else found.get("typeface", "")


def _label(properties: Element | None, counts: dict[int, int], *, is_list: bool) -> str:
    """Count on, and return what stands before a paragraph."""
    depth = 0 if properties is None else _number(properties.get("lvl"), 0)
    numbered = None if properties is None else properties.find(f"{A}buAutoNum")
    for deeper in [each for each in counts if each > depth or (each == depth and numbered is None)]:
        del counts[deeper]
    if numbered is not None:
        counts[depth] = counts[depth] + 1 if depth in counts else _number(numbered.get("startAt"), 1)
        return _numbered(counts[depth], numbered.get("type", ""))
    if properties is not None and properties.find(f"{A}buNone") is not None:
        return ""
    has_own = properties is not None and any(properties.find(A + name) is not None for name in ("buChar", "buBlip"))
    return _BULLET if has_own or is_list else ""


def _numbered(value: int, kind: str) -> str:
    match = _KIND.fullmatch(kind)
    if not match:
        return f"{value}."
    return _SHAPES[match[3]].format(numeral(value, _STYLES[match[1]], is_upper=match[2] == "Uc"))


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else usual
