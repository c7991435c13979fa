"""What a step of the suite tried and found, and how steps draw what they try: by a seed, each by itself."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(slots=True)
class Outcome:
    """What was tried, how often what came of it, and what was wrong."""

    tried: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add what another step found."""
        self.tried += other.tried
        self.seen += other.seen
        self.wrong += other.wrong


class Steps(Protocol):
    """A series of steps, each of which its number and the seed determine."""

    def step(self, number: int) -> Outcome:
        """Do one step."""

    def close(self) -> None:
        """End what runs."""


def draw_of(seed: int, series: str, number: int) -> random.Random:
    """Return the chance of one step: the same, whichever steps came before."""
    return random.Random(f"{seed} {series} {number}")


def kind_of(kinds: Sequence[str], seed: int, number: int) -> str:
    """Return the kind of one step, so that each kind comes up in as many steps as there are kinds, in changing order."""
    rounds, place = divmod(number, len(kinds))
    order = list(kinds)
    random.Random(f"{seed} kinds {rounds}").shuffle(order)
    return order[place]


def state_folders(index: Path) -> list[Path]:
    """Return where user data may be: in the folder beside the index, or in the index itself."""
    return [folder for folder in (index.with_name(f"{index.name}-state"), index) if folder.is_dir()]


def hidden(folders: Sequence[Path]) -> list[str]:
    """Return what lies about under hidden names in some folders, other than files that belong there."""
    return sorted(
        {
            str(each)
            for folder in folders
            for each in folder.rglob(".*")
            # Those of BM25, which tantivy names so.
            if each.parent.name != "lexical"
        }
    )


def mended_by(said: Mapping[str, object] | None, command: str = "citewell index --corpus ") -> bool:
    """Say whether an error of the HTTP interface names what happened and the command that mends it."""
    return bool(said and said.get("message") and str(said.get("mend") or "").startswith(command))
