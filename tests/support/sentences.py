"""The sentences in modules of Citewell, found in their syntax trees: what a person may read, with samples of its values."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src" / "citewell"
# What a value is in a sample; a number, so that it also stands where a number is written as a language writes it.
SAMPLE = "7"
_TRANSLATED = {"gettext", "ngettext", "noop", "say"}
# What is written to a log is read by administrators.
_LOGGED = {"event", "warned", "failed", "refused"}
# Commands are typed, whatever the language.
_NOT_READ = {"command"}
_SENTENCE = re.compile(r"[^\W\d_]{2,}\S* +\S*[^\W\d_]{2,}")


def sentences(module: str) -> list[str]:
    """Return the sentences of a module, each with samples instead of its values.

    Args:
        module: Its path below the package, such as ``search/why.py``.
    """
    tree = ast.parse((SOURCES / module).read_text(encoding="utf-8"))
    constants = {
        each.targets[0].id: each.value.value
        for each in tree.body
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and isinstance(each.value, ast.Constant)
    }
    found = itertools.chain.from_iterable(_samples(each, constants) for each in _texts(tree))
    return list(dict.fromkeys(text for text in found if _SENTENCE.search(text)))


def called(folder: str, names: frozenset[str]) -> Iterator[str]:
    """Yield the texts that modules give some functions as their first argument, such as the messages of ``gettext``.

    Args:
        folder: The package of the modules.
        names: The names of the functions.
    """
    for file in sorted((SOURCES / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in names and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def raising(folder: str, errors: frozenset[str]) -> set[str]:
    """Return the modules of a package that raise one of some errors with a text, and those below it.

    Args:
        folder: The package, such as ``search``; or one module.
        errors: The names of the errors.
    """
    at = SOURCES / folder
    files = [at] if at.is_file() else sorted(at.rglob("*.py"))
    return {file.relative_to(SOURCES).as_posix() for file in files if _raises(file, errors)}


def _raises(file: Path, errors: frozenset[str]) -> bool:
    calls = (each for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(each, ast.Call))
    return any(_name(each.func) in errors and each.args for each in calls)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _texts(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Yield the texts below a node, without documentation, types, patterns, and what is translated already."""
    for child in ast.iter_child_nodes(node):
        if _is_left_out(child, node):
            continue
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
            yield child
        else:
            yield from _texts(child)


def _is_left_out(child: ast.AST, parent: ast.AST) -> bool:
    if isinstance(child, ast.Expr):
        return isinstance(child.value, ast.Constant)
    if isinstance(child, ast.keyword):
        return child.arg in _NOT_READ
    if isinstance(child, ast.Call):
        called = _name(child.func)
        return called in _TRANSLATED | _LOGGED or (
            isinstance(child.func, ast.Attribute) and called in {"compile", "sub"}
        )
    return child is getattr(parent, "annotation", None) or child is getattr(parent, "returns", None)


def _samples(text: ast.expr, constants: Mapping[str, object]) -> Iterator[str]:
    """Yield a text with samples instead of its values; of a value that is one of two texts, both."""
    if isinstance(text, ast.Constant):
        yield str(text.value)
    elif isinstance(text, ast.FormattedValue):
        yield from _samples(text.value, constants)
    elif isinstance(text, ast.IfExp):
        yield from _samples(text.body, constants)
        yield from _samples(text.orelse, constants)
    elif isinstance(text, ast.JoinedStr):
        for parts in itertools.product(*(list(_samples(part, constants)) for part in text.values)):
            yield "".join(parts)
    elif isinstance(text, ast.Name) and isinstance(constants.get(text.id), str):
        yield str(constants[text.id])
    else:
        yield SAMPLE
