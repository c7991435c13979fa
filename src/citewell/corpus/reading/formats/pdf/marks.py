"""The marks that items of a list begin with."""

from __future__ import annotations

import regex

_BULLETS = "•‣◦▪▫■□●○◆◇▶►➢➤✓✔✗❖❑·⁃∙☐☑☒"
_PRIVATE_BULLET = regex.compile(r"[\ue000-\uf8ff\ufffd]")
_DASHES = frozenset({"-", "–", "—", "*", "−", "o"})
_NUMBER = regex.compile(r"(?:\(?\d{1,3}[.)]|\(\d{1,3}\)|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,5}[.)]|\[\d{1,3}\])")


def is_bullet(word: str) -> bool:
    """Return whether a word is, or begins with, a sign that only items begin with."""
    return word[0] in _BULLETS or (len(word) == 1 and bool(_PRIVATE_BULLET.match(word)))


def is_item_mark(word: str) -> bool:
    """Return whether a word may be the number or dash of an item."""
    return word in _DASHES or bool(_NUMBER.fullmatch(word))
