"""Formulas of MathML in one line: fractions with a stroke, what is raised with a caret, roots with their sign."""

from __future__ import annotations

from citewell.corpus.reading.formats.html.state import Element

# What stands between the parts of each.
_JOINS = {
    "mfrac": ("/",),
    "msup": ("^",),
    "msub": ("_",),
    "mover": ("^",),
    "munder": ("_",),
    "msubsup": ("_", "^"),
    "munderover": ("_", "^"),
    "mroot": ("√",),
}
# In pieces. Brackets around more than this are hardly read, and formulas inside each other would be copied again and again.
_LONGEST = 200


def begin_part(parent: Element, tag: str, pieces: list[str]) -> None:
    """Add what stands before an element of a formula."""
    joins = _JOINS.get(parent.tag, ())
    if 0 < parent.children <= len(joins):
        pieces.append(joins[parent.children - 1])
    parent.children += 1
    if tag == "msqrt":
        pieces.append("√")
    elif tag in {"mtr", "mtd"}:
        pieces.append(" ")


def end_part(parent: Element | None, part: Element, pieces: list[str]) -> None:
    """Put brackets around a part of a formula that is more than one sign, where it would be read otherwise without."""
    if part.tag != "msqrt" and not (parent and parent.tag in _JOINS):
        return
    if len(pieces) - part.at > _LONGEST:
        return
    text = " ".join("".join(pieces[part.at :]).split())
    if len(text) > 1 and not text.isalnum():
        pieces[part.at :] = [f"({text})"]
