"""The parser of Markdown: markdown-it-py for blocks alone, with tables whose cells are not parsed."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from mdit_py_plugins.front_matter import front_matter_plugin

PARSER = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).disable(["inline", "text_join"])


def _whole_table(state: StateBlock, first: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as the parser calls it
    """Take the lines of a table without parsing cells: the parser's own rule pads every row to the width of the head."""
    if not table(state, first, end, silent=True):
        return False
    if silent:
        return True
    kind, state.parentType = state.parentType, "table"
    ends = state.md.block.ruler.getRules("blockquote")
    last = first + 2
    while last < end and state.sCount[last] >= state.blkIndent and not state.is_code_block(last):
        if state.isEmpty(last) or any(rule(state, last, end, True) for rule in ends):  # noqa: FBT003
            break
        last += 1
    state.push("table_open", "table", 1).map = [first, last]
    state.push("table_close", "table", -1)
    state.parentType = kind
    state.line = last
    return True


# At the place of the parser's own rule, so that it interrupts the same blocks.
PARSER.block.ruler.at("table", _whole_table, {"alt": ["paragraph", "reference"]})
