"""Which elements of a page are no part of its text: by their names, and by the roles that stand for the same.

Nothing is left out because of how it reads: a lost list is worse than a menu that was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import regex

Reason = Literal["", "nothing", "hidden", "furniture"]

# Of these, a browser shows nothing, or what only stands for something else.
_NOTHING = frozenset(
    {
        "script", "style", "template", "noscript", "iframe", "datalist", "audio", "video", "canvas", "rp", "rt", "desc",
        "metadata", "defs", "symbol", "annotation", "annotation-xml",
    }
)  # fmt: skip
_FURNITURE = frozenset({"nav", "search"})
_ROLES = frozenset({"navigation", "search"})
# Of a page; of an article, they are its title and its notes (HTML Standard, section 4.3.8).
_ENDS_OF_PAGE = frozenset({"header", "footer"})
_ROLES_OF_ENDS = {"banner": "header", "contentinfo": "footer", "complementary": "aside"}
_INLINE = frozenset({"span", "i", "svg", "b", "em", "strong", "a"})
_NOT_SHOWN = regex.compile(r"display\s*+:\s*+none|visibility\s*+:\s*+hidden", regex.I)


def reason_to_leave_out(
    tag: str, attributes: Mapping[str, str], *, is_page: bool, is_inside: bool, is_noted: bool
) -> Reason:
    """Return why an element is left out; empty if it is not.

    Args:
        tag: Its name.
        attributes: Its attributes.
        is_page: Whether it is on a page of a website.
        is_inside: Whether it is inside an article, or something else that has a head and a foot of its own.
        is_noted: Whether the text before it refers to it.
    """
    if tag in _NOTHING or (tag == "option" and "selected" not in attributes):
        return "nothing"
    if (tag == "dialog" and "open" not in attributes) or (attributes and _is_hidden(tag, attributes)):
        return "hidden"
    if not is_page:
        return ""
    role = attributes.get("role", "").strip().lower()
    part = _ROLES_OF_ENDS.get(role, tag)
    is_end = part in _ENDS_OF_PAGE and not is_inside
    is_aside = part == "aside" and not (is_noted or role.startswith(("doc-", "note")) or "type" in attributes)
    return "furniture" if tag in _FURNITURE or role in _ROLES or is_end or is_aside else ""


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes and attributes["hidden"].strip().lower() != "until-found":
        return True
    if attributes.get("aria-hidden", "").strip().lower() == "true" and tag in _INLINE:
        return True
    style = attributes.get("style", "")
    return bool(style) and bool(_NOT_SHOWN.search(style))
