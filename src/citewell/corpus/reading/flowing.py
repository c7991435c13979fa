"""The text of paragraphs as formats with markup give it: pieces in which only the ends of lines mean something."""

from __future__ import annotations

import regex

# Stands for the end of a line inside a paragraph; no file has it, because parsers of markup refuse or replace it.
LINE_END = "\0"
_PARAGRAPHS = regex.compile(r"\0(?:\s*+\0)+")
_SOFT_HYPHEN = "\u00ad"


def flat(text: str) -> str:
    """Return a text in one line, its white space one space each, without hyphens that are not shown."""
    if not text.isascii():
        text = text.replace(_SOFT_HYPHEN, "")
    return " ".join(text.replace(LINE_END, " ").split())


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which end at two ends of lines; other ends of lines stay."""
    if LINE_END not in text:
        return [line] if (line := flat(text)) else []
    found = []
    for each in _PARAGRAPHS.split(text):
        lines = "\n".join(filter(None, map(flat, each.split(LINE_END))))
        if lines:
            found.append(lines)
    return found
