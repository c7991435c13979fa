"""Examples in a document, run: what its blocks type into a shell, and whether that prints what they show.

A block with the info string ``console`` has commands after ``$ ``, each followed by what it prints. Lines after ``> `` right
below a command belong to it. ``...`` alone on a line stands for any lines. A block ``python`` is run as a program; where a
block ``text`` follows it directly, that is what it prints. Times, durations and names of snapshots may differ.
"""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_ANY = "..."
_BLOCK = re.compile(
    r"^```(?P<kind>console|python)\n(?P<body>.*?)^```\n(?:\n?```text\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
# What depends on the machine and the moment, and what a table looks like around it.
_VARIES = [
    (re.compile(r"\s+"), " "),
    (re.compile(r"─+"), "─"),
    (re.compile(r"\b\d{8}T\d{6}\.\d{6}Z"), "SNAPSHOT"),
    (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"), "TIME"),
    (re.compile(r"\b\d[\d,.]*(?= ?(?:ms|s|milliseconds?|seconds?)\b)"), "N"),
    (re.compile(r"(?<=\bseconds │ )[\d,.]+"), "N"),
]


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a document: in which line it stands, what is typed, and what the document says it prints."""

    line: int
    command: str
    printed: str | None


def steps(text: str) -> list[Step]:
    """Return the commands of a document, in its order."""
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start("body")) + 1
        if block["kind"] == "python":
            found.append(Step(line, f"python - <<'END'\n{block['body']}END", block["printed"]))
        else:
            found += _commands(block["body"], line)
    return found


def run(steps: Sequence[Step], folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Type commands into one shell, as a reader would.

    Args:
        steps: The commands.
        folder: Where the shell starts.
        environment: Its variables.

    Returns:
        What is not as the document says: one that fails, or prints something else.
    """
    kept = folder.with_name(f"{folder.name}-said")
    kept.mkdir()
    script = "".join(
        f"exec >{kept}/{number}.printed 2>&1\n{step.command}\necho $? >{kept}/{number}.status\n"
        for number, step in enumerate(steps)
    )
    subprocess.run(
        ["bash", "-c", script], cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, timeout=300, check=False
    )
    return [fault for number, step in enumerate(steps) if (fault := _fault(step, kept / str(number)))]


def differs(shown: str, printed: str) -> str:
    """Return how what was printed differs from what a document shows; empty if it does not."""
    wanted, got = _plain(shown), _plain(printed)
    pattern = "".join("(?:.*\n)*?" if line == _ANY else f"{re.escape(line)}\n" for line in wanted)
    if re.fullmatch(pattern, "".join(f"{line}\n" for line in got)):
        return ""
    return "\n".join(difflib.unified_diff(wanted, got, "shown", "printed", lineterm=""))


def _commands(body: str, first: int) -> list[Step]:
    found: list[Step] = []
    for number, line in enumerate(body.splitlines(), first):
        if line.startswith("$ "):
            found.append(Step(number, line[2:], ""))
            continue
        assert found, f"line {number} of the document is printed by no command"
        last = found.pop()
        if line.startswith("> ") and not last.printed:
            found.append(Step(last.line, f"{last.command}\n{line[2:]}", ""))
        else:
            found.append(Step(last.line, last.command, f"{last.printed}{line}\n"))
    return found


def _fault(step: Step, said: Path) -> str:
    status, printed = said.with_suffix(".status"), said.with_suffix(".printed")
    if not status.exists():
        return f"line {step.line}: {step.command}\nwas not run to its end"
    text = printed.read_text(encoding="utf-8")
    if status.read_text(encoding="ascii").strip() != "0":
        return f"line {step.line}: {step.command}\nfails:\n{text}"
    fault = "" if step.printed is None else differs(step.printed, text)
    return fault and f"line {step.line}: {step.command}\n{fault}"


def _plain(text: str) -> list[str]:
    """Return the lines of a text without what varies, and without empty lines at the end."""
    lines = []
    for line in text.rstrip().splitlines():
        plain = line
        for pattern, instead in _VARIES:
            plain = pattern.sub(instead, plain)
        lines.append(plain.strip())
    return lines
