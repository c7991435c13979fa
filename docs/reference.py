"""The pages of the documentation that come from the code: settings and commands.

``python docs/reference.py`` writes them, and ``--check`` only says whether they are up to date.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from typing_extensions import TypeIs

from citewell.corpus.reading.usual_rules import LARGEST_MB
from citewell.settings import ExcludeRule, Settings

DOCS = Path(__file__).parent
_WRITTEN = "<!-- Written by `make docs` from the code. -->\n\n"
_SETTINGS = """# Settings

Settings are in the file `citewell.toml` in the current folder; `citewell --settings FILE` names another. Each has a default,
and an unknown name is an error. Settings of the server are options of [`citewell chat`](commands.md#citewell-chat).

An index is built with `model`, `languages`, `encoder.precision` and the table `[splitting]`. If one of them changes, the next
`citewell index` builds the index again, and until then questions are refused with that command."""
_COMMANDS = """# Commands

`citewell COMMAND --help` prints the same. Exit status: 0 done, 1 the work failed, 2 wrong usage. Results are on stdout,
messages on stderr."""


def settings_page() -> str:
    """Return the page of all settings, by their tables in citewell.toml."""
    parts = [_WRITTEN + _SETTINGS, "\n".join(_table(Settings))]
    for name, field in Settings.model_fields.items():
        table = field.annotation
        if _is_model(table):
            parts.append(f"## `[{name}]`\n\n{_prose(table.__doc__ or '')}\n\n" + "\n".join(_table(table)))
    return "\n\n".join(parts) + "\n"


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield from ("| Setting | Type | Default | Meaning |", "|---|---|---|---|")
    for name, field in model.model_fields.items():
        if not _is_model(field.annotation):
            default = _default(name, field.default)
            limits = "".join(_limit(each) for each in field.metadata)
            yield f"| `{name}` | {_kind(field.annotation)}{limits} | {default} | {_prose(field.description or '')} |"


def _default(name: str, value: object) -> str:
    if name == "largest_mb":
        return ", ".join(f"`{kind} = {size:g}`" for kind, size in LARGEST_MB.items())
    return "" if value in (None, PydanticUndefined, ()) else f"`{_toml(value)}`"


def _is_model(annotation: Any) -> TypeIs[type[BaseModel]]:  # noqa: ANN401 - whatever stands at a field
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def _kind(annotation: Any) -> str:  # noqa: ANN401 - whatever stands at a field
    names = {int: "integer", float: "number", str: "text", bool: "true or false", ExcludeRule: "text"}
    inside = [each for each in get_args(annotation) if each not in (type(None), ...)]
    if annotation in names:
        return names[annotation]
    if get_origin(annotation) is tuple:
        return f"list of {_kind(inside[0])}"
    if get_origin(annotation) is dict:
        return f"table of {_kind(inside[1])}s"
    if all(isinstance(each, str) for each in inside):
        return ", ".join(f'`"{each}"`' for each in inside)
    return _kind(inside[0])


def _limit(metadata: object) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    return "".join(f", {sign} {getattr(metadata, name)}" for name, sign in signs.items() if hasattr(metadata, name))


def _prose(text: str) -> str:
    """Return a docstring or a description as Markdown on one line."""
    return re.sub(r"\s+", " ", text.replace("``", "`")).strip()


def commands_page() -> str:
    """Return the page of all commands, as Typer describes them."""
    command = [sys.executable, "-m", "typer", "citewell.cli.app", "utils", "docs", "--name", "citewell"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=DOCS.parent).stdout
    told = re.sub(r"^# `citewell`\n\nAsk your documents[^\n]*\n", "", told)
    # What follows repeats the headings of the page, cut short.
    told = re.sub(r"\*\*Commands\*\*:\n\n(?:\* `[^\n]*\n)+\n", "", told)
    return f"{_WRITTEN}{_COMMANDS}\n{told.rstrip()}\n"


WRITTEN = {"settings.md": settings_page, "commands.md": commands_page}


def outdated() -> list[str]:
    """Return the names of the written pages that are not what the code says now."""
    return [
        name
        for name, write in WRITTEN.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != write()
    ]


def main() -> None:
    """Write the pages, or say which are not up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    only_check, old = parser.parse_args().check, outdated()
    if only_check and old:
        raise SystemExit(f"not up to date: {', '.join(old)}; fix: make docs")
    for name in old:
        (DOCS / name).write_text(WRITTEN[name](), encoding="utf-8")


if __name__ == "__main__":
    main()
