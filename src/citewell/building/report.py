"""The result of a build, for people and programs, and the type of progress callbacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from citewell.corpus.reading import Excluded
from citewell.index.changes import Changes
from citewell.index.manifest import Manifest, Skipped, Warned, in_order

if TYPE_CHECKING:
    from citewell.building.choosing import Choice

# Called with the stage, how many of its steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build. ``added``, ``changed``, ``removed`` and ``unchanged`` count files, since the previous snapshot.

    ``documents`` is how many the index has now, ``attached`` how many of them are inside others, such as attachments.
    ``kept`` are documents that are temporarily unavailable, of which the index keeps the last version; they are also in
    ``skipped``, like every file that was not read. ``warned`` are documents that were read, though not every byte of them.
    ``excluded`` are files and folders that a rule leaves out, ``dropped`` documents that left the index for that, and
    ``rule_faults`` what is wrong with rules that are not used. ``model`` is the encoder; ``choice`` is why, if this build has
    chosen it.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    documents: int
    attached: int
    skipped: tuple[Skipped, ...]
    kept: tuple[Skipped, ...]
    warned: tuple[Warned, ...]
    passages: int
    windows: int
    reused: int
    seconds: float
    snapshot: str
    up_to_date: bool
    model: str
    excluded: tuple[Excluded, ...] = ()
    dropped: tuple[tuple[str, Excluded], ...] = ()
    rule_faults: tuple[str, ...] = ()
    choice: Choice | None = None

    @property
    def left_out(self) -> tuple[Skipped, ...]:
        """The files of the corpus that are not in the index."""
        kept = {each.path for each in self.kept}
        return tuple(each for each in self.skipped if each.path not in kept)

    def to_json(self) -> dict[str, Any]:
        """Return the report in the JSON format of the command line."""
        counts = {name: getattr(self, name) for name in ("added", "changed", "removed", "unchanged")}
        return {
            "documents": counts,
            "documents_total": self.documents,
            "attached": self.attached,
            "skipped": [{"path": each.path, "reason": each.reason} for each in self.skipped],
            "kept": [each.path for each in self.kept],
            "excluded": [each.to_json() for each in self.excluded],
            "rule_faults": list(self.rule_faults),
            "warned": [each.model_dump(mode="json") for each in self.warned],
            "passages": self.passages,
            "windows": self.windows,
            "reused": self.reused,
            "seconds": round(self.seconds, 3),
            "snapshot": self.snapshot,
            "up_to_date": self.up_to_date,
            "model": self.model,
            "chosen": self.choice.to_json() if self.choice else None,
        }

    @classmethod
    def nothing_to_do(cls, manifest: Manifest, changes: Changes, seconds: float) -> BuildReport:
        """Report that the index is up to date."""
        return cls(
            added=0,
            changed=0,
            removed=0,
            unchanged=len(changes.unchanged),
            documents=manifest.documents,
            attached=manifest.inside,
            skipped=in_order(changes.skipped),
            kept=in_order(changes.kept),
            warned=manifest.warned,
            passages=manifest.passages,
            windows=manifest.windows,
            reused=manifest.windows,
            seconds=seconds,
            snapshot=manifest.name,
            up_to_date=True,
            model=manifest.encoder.model,
            excluded=changes.excluded,
            rule_faults=changes.rule_faults,
        )
