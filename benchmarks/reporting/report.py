"""A page of results: what was asked, tables and plots, and what measured them, so that anyone can measure again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from reporting import machine
from reporting.plots import save

# What begins with a digit, or is empty because there is no figure.
_FIGURE = re.compile(r"[\d-]|$")
FOLDER = machine.ROOT / "docs" / "benchmarks"


def _measuring(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without where the page is written, which measures nothing."""
    found = list(arguments)
    while "--to" in found:
        at = found.index("--to")
        del found[at : at + 2]
    return found


class Report:
    """The results of one command, as Markdown with SVG plots.

    The machine is looked at when it is made: before the work, whose load would be that of the benchmark.

    Args:
        name: The name of the command, and of the files.
        arguments: What was typed after the name of the program.
    """

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self._command = shlex.join(["python", "benchmarks", *_measuring(arguments)])
        self._machine = machine.described()
        self._parts: list[str] = []
        self._plots: dict[str, Figure] = {}

    def say(self, text: str) -> None:
        """Add a paragraph, or a heading."""
        self._parts.append(text)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add a table; columns of figures are aligned at their right."""
        cells = [[str(each) for each in row] for row in rows]
        sides = ["---:" if all(_FIGURE.match(row[nth]) for row in cells) else "---" for nth in range(len(columns))]
        lines = [columns, sides, *cells]
        self._parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))

    def plot(self, figure: Figure, what: str, *, name: str = "") -> None:
        """Add a plot.

        Args:
            figure: The plot.
            what: What it shows, for those who cannot see it.
            name: What tells it from the other plots of the page.
        """
        file = "-".join(filter(None, (self.name, name))) + ".svg"
        self._plots[file] = figure
        self._parts.append(f"![{what}]({file})")

    def machine(self, more: Iterable[tuple[str, str]] = ()) -> None:
        """Add what measured it: the machine, the versions and the command."""
        self.say("## Measured by")
        self.table(("", ""), [("command", f"`{self._command}`"), *self._machine, *more])

    def text(self) -> str:
        """Return the page as Markdown."""
        return "\n\n".join(self._parts) + "\n"

    def write(self, folder: Path) -> Path:
        """Write the page and its plots into a folder, and return the file of the page."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, figure in self._plots.items():
            save(figure, folder / file)
        page = folder / f"{self.name}.md"
        page.write_text(self.text(), encoding="utf-8")
        return page
