"""Quotations of an answer in Markdown, for chat programs: each under its number and citation, with no other word."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from citewell.answer import Answer, FoundPassage

# The one sentence of an answer without quotations.
REFUSAL = "The documents do not seem to cover this."
# What stands between two parts of a passage.
_GAP = "\n> \n> \\[…]\n> \n> "
# What would begin a mark inside a line. An underscore inside a word is none.
_INLINE = regex.compile(
    r"""[\\`*\[$~] | <(?=[\p{L}/!?]) | &(?=\#?\w+;) | (?<![\p{L}\p{N}])_ | _(?![\p{L}\p{N}]) | !(?=\[)""", regex.VERBOSE
)
# What would begin a block: a heading, a list, a quotation, a rule or a table; or make a heading of the line before.
_BLOCK = regex.compile(r"(?P<sign>[#>+|:=-])|(?P<number>\d{1,9})(?P<end>[.)])(?=\s|$)")
_ESCAPED = regex.compile(r"""\\([!-/:-@\[-`{-~])""")


def quoted(answer: Answer) -> Iterator[str]:
    """Return the pieces of an answer in Markdown, each a quotation with its citation; without an answer, the refusal.

    Text of documents is escaped, so that it looks as it is written and is never an image, a link or a heading.

    Args:
        answer: The answer; the number of a quotation is the ``rank`` of its passage.
    """
    if not answer.answered:
        yield REFUSAL
        return
    for passage in answer.passages:
        lines = _GAP.join(_lines(part) for part in parts_of(passage))
        yield f"> {lines}\n\n{_citation(passage)}"


def parts_of(passage: FoundPassage) -> list[str]:
    """Return what is quoted of a passage: its answering parts, word for word; all of it, if none are marked."""
    return [mark.of(passage.text) for mark in passage.marks] or [passage.text]


def first_quotation(content: str) -> str | None:
    """Return the first quotation of an earlier answer unchanged; any other text as it is.

    Args:
        content: What `quoted` returned earlier, or the text of another assistant.

    Returns:
        None for a refusal, which says nothing of the documents.
    """
    if content.strip() == REFUSAL:
        return None
    if not content.startswith("> "):
        return content
    lines = content.partition("\n\n")[0].partition(_GAP)[0].splitlines()
    return _ESCAPED.sub(r"\1", "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines))


def escaped(text: str) -> str:
    """Return one line of text with backslashes before all that Markdown would read as a mark."""
    marked = _INLINE.sub(r"\\\g<0>", text.strip())
    begun = _BLOCK.match(marked)
    if begun is None:
        return marked
    if begun["sign"]:
        return f"\\{marked}"
    return f"{begun['number']}\\{marked[begun.start('end') :]}"


def _lines(text: str) -> str:
    return "\n> ".join(escaped(line) for line in text.strip().splitlines())


def _citation(passage: FoundPassage) -> str:
    where = [passage.document, *passage.section, *([passage.place.words] if passage.place else [])]
    return f"[{passage.rank}] {' › '.join(escaped(' '.join(each.split())) for each in where)}"
