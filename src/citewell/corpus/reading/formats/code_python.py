"""The functions, classes and docstrings of Python, found by its own parser."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, a class or the like: its name, its level from 1, its lines, and those of its text, from 0.

    ``line`` has the name. ``first`` is the first line that belongs to it, such as a decorator; ``end`` is the line after it.
    ``doc`` are the lines that say what it does. A module is a definition without a name.
    """

    name: str
    level: int
    line: int
    first: int
    end: int
    doc: tuple[int, int] | None = None


def definitions(text: str) -> list[Definition] | None:
    """Return the definitions of a Python file in order, those inside functions left out; None if it cannot be parsed.

    Args:
        text: The file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    found: list[Definition] = []
    inside: list[tuple[ast.stmt, int]] = [(each, 1) for each in reversed(module.body)]
    doc = _docstring(module)
    found.append(Definition("", 0, 0, 0, 0, doc))
    while inside:
        node, level = inside.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
            found.append(
                Definition(node.name, level, node.lineno - 1, first, node.end_lineno or node.lineno, _docstring(node))
            )
        body = node.body if isinstance(node, ast.ClassDef) else _branches(node)
        inside.extend((each, level + isinstance(node, ast.ClassDef)) for each in reversed(body))
    return found


def _branches(node: ast.stmt) -> list[ast.stmt]:
    """Return what is below a condition, where modules define things that depend on others."""
    if isinstance(node, ast.If):
        return [*node.body, *node.orelse]
    if isinstance(node, ast.Try):
        handlers = [each for handler in node.handlers for each in handler.body]
        return [*node.body, *handlers, *node.orelse, *node.finalbody]
    return []


def _docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int] | None:
    first = node.body[0] if node.body else None
    if (
        not isinstance(first, ast.Expr)
        or not isinstance(first.value, ast.Constant)
        or not isinstance(first.value.value, str)
    ):
        return None
    return first.lineno - 1, first.end_lineno or first.lineno
