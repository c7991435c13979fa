"""What a check of an index has found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from citewell.errors import fix_in_json, fix_in_words


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; if it failed, the command that fixes it, or a hint in words."""

    check: str
    passed: bool
    message: str
    command: str | None = None
    hint: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON; ``mend`` combines the hint and the command, for existing clients."""
        return {**asdict(self), "mend": fix_in_json(self.command, self.hint)}

    @property
    def fix(self) -> str | None:
        """The hint and the command in one line."""
        return fix_in_words(self.command, self.hint)
