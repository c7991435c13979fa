"""Formulas of Office (OMML, ECMA-376 part 1, section 22.1) in one line, as they are typed: "(a+b)/2", "x^2", "√(x+1)"."""

from __future__ import annotations

from collections.abc import Callable

from citewell.corpus.reading.formats.office.xml import Element, local

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXT = f"{_MATH}t"
_VALUE = f"{_MATH}val"
# Integral, where a formula does not say which sign stands before its limits.
_USUAL_SIGN = "∫"
_ROWS = "; "


def formula(element: Element) -> str:
    """Return a formula in one line; its parts are at most as deep as its XML may be."""
    make = _MAKERS.get(local(element))
    return make(element) if make else _children(element)


def _children(element: Element) -> str:
    return "".join(
        each.text or "" if each.tag == _TEXT else formula(each) for each in element if isinstance(each.tag, str)
    )


def _part(element: Element, name: str) -> str:
    found = element.find(_MATH + name)
    return "" if found is None else formula(found)


def _bracketed(text: str) -> str:
    text = text.strip()
    is_whole = (
        len(text) <= 1 or text.isalnum() or (text.startswith("(") and text.endswith(")") and text.count("(") == 1)
    )
    return text if is_whole else f"({text})"


def _property(element: Element, kind: str, name: str, usual: str) -> str:
    found = element.find(f"{_MATH}{kind}Pr/{_MATH}{name}")
    return usual if found is None else str(found.get(_VALUE, ""))


def _fraction(element: Element) -> str:
    return f"{_bracketed(_part(element, 'num'))}/{_bracketed(_part(element, 'den'))}"


def _scripts(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    text = _bracketed(_part(element, "e"))
    return text + (f"_{_bracketed(below)}" if below else "") + (f"^{_bracketed(above)}" if above else "")


def _root(element: Element) -> str:
    return f"{_bracketed(_part(element, 'deg'))}√{_bracketed(_part(element, 'e'))}"


def _large_operator(element: Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    sign = _property(element, "nary", "chr", _USUAL_SIGN)
    limits = (f"_{_bracketed(below)}" if below else "") + (f"^{_bracketed(above)}" if above else "")
    return f"{sign}{limits} {_part(element, 'e')}"


def _delimited(element: Element) -> str:
    begin, end = _property(element, "d", "begChr", "("), _property(element, "d", "endChr", ")")
    between = _property(element, "d", "sepChr", "|")
    return begin + between.join(formula(each) for each in element.findall(f"{_MATH}e")) + end


def _limit(element: Element) -> str:
    sign = "_" if local(element) == "limLow" else "^"
    return f"{_part(element, 'e')}{sign}{_bracketed(_part(element, 'lim'))}"


def _function(element: Element) -> str:
    return f" {_part(element, 'fName')} {_part(element, 'e')}"


def _lines(element: Element) -> str:
    return _ROWS.join(formula(each) for each in element.findall(f"{_MATH}e"))


def _matrix(element: Element) -> str:
    rows = (", ".join(formula(each) for each in row.findall(f"{_MATH}e")) for row in element.findall(f"{_MATH}mr"))
    return _ROWS.join(rows)


_MAKERS: dict[str, Callable[[Element], str]] = {
    "f": _fraction, "sSub": _scripts, "sSup": _scripts, "sSubSup": _scripts, "sPre": _scripts, "rad": _root,
    "nary": _large_operator, "d": _delimited, "limLow": _limit, "limUpp": _limit, "func": _function, "eqArr": _lines,
    "m": _matrix,
}  # fmt: skip
