"""A rule that leaves files out, where it is written, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass

# Where the usual rules are written.
USUAL = "default"
_HIDDEN = ".*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and where it is written; ``line`` is None where there are no lines."""

    written: str
    file: str
    line: int | None = None

    @property
    def place(self) -> str:
        """Where the rule is written."""
        return self.file if self.line is None else f"{self.file}, line {self.line}"

    def __str__(self) -> str:
        if self.file != USUAL:
            return f"the rule {self.written} in {self.place}"
        return f"the usual rule {self.written}{', for hidden files' if self.written == _HIDDEN else ''}"


@dataclass(frozen=True, slots=True)
class Excluded:
    """A file or folder that is left out by a rule; the path of a folder ends with a slash. ``reason`` says why in words.

    ``is_large`` tells whether the rule is a limit of size.
    """

    path: str
    rule: Rule
    reason: str
    is_large: bool = False

    @property
    def predicate(self) -> str:
        """Why it is left out, after its name."""
        return self.reason if self.is_large else f"is left out by {self.reason}"

    def to_json(self) -> dict[str, object]:
        """Return it for programs; ``source`` is the file with the rule, or "default"."""
        rule = self.rule
        return {"path": self.path, "reason": self.reason, "rule": rule.written, "source": rule.file, "line": rule.line}
