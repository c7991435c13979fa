"""Directives that docutils does not know: their arguments and their content are text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import regex
from docutils import nodes
from docutils.parsers.rst import Directive, directives

_DIRECTIVE = regex.compile(
    r"(?<![^\r\n])[ \t]*+\.\.[ \t]+(?:\|[^|\r\n]++\|[ \t]+)?(?P<name>[\p{L}\p{N}](?:[-_.:+]?[\p{L}\p{N}]++)*)[ ]?::(?=\s|$)"
)
# Their content is not text with markup.
_VERBATIM = frozenset(
    {
        "code",
        "code-block",
        "csv-table",
        "math",
        "digraph",
        "doctest",
        "graph",
        "graphviz",
        "ipython",
        "jupyter-execute",
        "mermaid",
        "plantuml",
    }
    | {"productionlist", "prompt", "sourcecode", "testcleanup", "testcode", "testoutput", "testsetup", "uml"}
)
# Their arguments are names for the processor, and so is what some of them hold.
_NAMES = regex.compile(
    r"auto\w+|(?:\w+:)?(?:current)?module|default-domain|figure-md|highlight|index|only|program|tabularcolumns|toctree|ifconfig|code|code-block|sourcecode"
)
_SHOWN = ("caption", "title", "header", "alt")
_INSERTING = frozenset({"include", "literalinclude", "raw"})
# Of docutils; here their content is what counts.
_OURS = frozenset({"code", "code-block", "csv-table", "include", "list-table", "math", "raw"})


class _AnyOptions(dict[str, Callable[[str], str]]):
    """Takes every option of a directive."""

    def __missing__(self, name: str) -> Callable[[str], str]:
        return lambda value: value or ""

    def __bool__(self) -> bool:
        return True


class Inserted(nodes.Element):
    """Stands for a file that is not inserted, or for markup of another format (``name``)."""


class Unknown(Directive):
    """A directive that holds text."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = _AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return the arguments and the content as nodes."""
        argument = self.arguments[0] if self.arguments else ""
        if self.name in _INSERTING:
            return [Inserted(name=f"raw {argument}" if self.name == "raw" else argument)]
        found: list[nodes.Node] = []
        if argument and not _NAMES.fullmatch(self.name):
            paragraph = nodes.paragraph(argument, argument)
            paragraph.line = self.lineno
            found.append(paragraph)
        found += [nodes.paragraph(text, text) for name in _SHOWN if (text := self.options.get(name, ""))]
        if self.name == "toctree" or not self.content:
            return found
        if self.name in _VERBATIM:
            content = "\n".join(self.content)
            literal = nodes.literal_block(content, content)
            literal.line = self.content_offset + 1
            return [*found, literal]
        container = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, container)
        return [*found, *container.children]


def register(text: str) -> None:
    """Make docutils take the directives of a text that it does not know."""
    known: Any = directives
    for name in {match["name"].lower() for match in _DIRECTIVE.finditer(text)} | _OURS:
        is_known = name in known._directive_registry or name in known._fallback_language_module.directives
        if not is_known or name in _OURS:
            directives.register_directive(name, Unknown)
