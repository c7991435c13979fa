"""The characters of Word's symbol fonts, which stand in private places of Unicode, as what they look like."""

from __future__ import annotations

import regex

# From 0x20 on, as Adobe's Symbol encoding has them; "�" where it has none.
_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧ∆ΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼�"
    "��������������������������������€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
)
# Of Wingdings, those that mean something in a text; others are ornaments.
_WINGDINGS = {
    0x4A: "☺", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "☐", 0x71: "❑", 0x77: "◆", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xDF: "←",
    0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_ORNAMENT = "•"
_PRIVATE = regex.compile("[\uf020-\uf0ff]")


def symbol(code: int, font: str) -> str:
    """Return the character that a symbol font shows for a code."""
    place = code - 0xF000 if code >= 0xF000 else code
    if font.lower().startswith(("wingdings", "webdings")):
        return _WINGDINGS.get(place, _ORNAMENT)
    if font.lower().startswith("symbol") and 0x20 <= place < 0x20 + len(_SYMBOL):
        return _SYMBOL[place - 0x20]
    return chr(code) if code < 0xE000 or 0xF900 <= code <= 0x10FFFF else _ORNAMENT


def without_private(text: str, font: str) -> str:
    """Return a text in which the characters of a symbol font are what they look like."""
    return _PRIVATE.sub(lambda match: symbol(ord(match[0]), font or "symbol"), text) if not text.isascii() else text
