"""The contents of an index, and whether its corpus has changed since the build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citewell.corpus.reading import Excluded
from citewell.corpus.words_file import WordsFiles
from citewell.errors import UsageError
from citewell.index.changes import Changes, compare
from citewell.index.file_digests import FileDigests
from citewell.index.index import AnyIndex
from citewell.index.manifest import Manifest, Skipped, Warned, in_order
from citewell.settings import Selection


@dataclass(frozen=True, slots=True)
class Status:
    """An index and its corpus.

    ``changes`` is None if the corpus is missing; ``bytes`` is the size of the snapshot. ``languages`` are those of its
    documents, with how many are in each. ``words_faults`` is what is wrong with the files of the house's own words.
    ``chosen_by`` is what chooses the windows that a search compares; None if it compares all.
    """

    manifest: Manifest
    sections: int
    bytes: int
    corpus: Path
    changes: Changes | None
    previous: str | None
    languages: Mapping[str, int]
    words_faults: tuple[str, ...] = ()
    chosen_by: str | None = None

    @property
    def in_languages(self) -> str:
        """The languages of the documents, in words: "en 12, de 3, not known 1"."""
        unknown = self.manifest.documents - sum(self.languages.values())
        counts = [*self.languages.items(), *([("not known", unknown)] if unknown else [])]
        return ", ".join(f"{language} {count:,}" for language, count in counts)

    @property
    def recall(self) -> float:
        """The share of the nearest windows that a search finds, as measured when its segments were written; 1 is exact."""
        return min((each.choice.recall for each in self.manifest.segments if each.choice), default=1.0)

    @property
    def up_to_date(self) -> bool:
        """Whether the index matches the corpus."""
        return self.changes is not None and not self.changes

    @property
    def left_out(self) -> tuple[Skipped, ...]:
        """The files of the corpus that are not in the index; as of the build, if the corpus is missing."""
        return in_order(self.manifest.skipped if self.changes is None else self.changes.left_out)

    @property
    def kept(self) -> tuple[Skipped, ...]:
        """The documents that are temporarily unavailable, of which the index keeps the last version."""
        return () if self.changes is None else in_order(self.changes.kept)

    @property
    def excluded(self) -> tuple[Excluded, ...]:
        """The files and folders of the corpus that a rule leaves out; none if the corpus is missing."""
        return () if self.changes is None else self.changes.excluded

    @property
    def rule_faults(self) -> tuple[str, ...]:
        """What is wrong with rules, which are not used then."""
        return () if self.changes is None else self.changes.rule_faults

    @property
    def warned(self) -> tuple[Warned, ...]:
        """The documents of the index that were read, though not every byte of them."""
        return self.manifest.warned

    def to_json(self) -> dict[str, Any]:
        """Return the status for programs."""
        changes = self.changes
        return {
            "snapshot": self.manifest.name,
            "built": self.manifest.built.isoformat(),
            "documents": self.manifest.documents,
            "attached": self.manifest.inside,
            "sections": self.sections,
            "passages": self.manifest.passages,
            "windows": self.manifest.windows,
            "bytes": self.bytes,
            "chosen_by": self.chosen_by,
            "recall": self.recall,
            "examples": list(self.manifest.examples),
            "encoder": self.manifest.encoder.model_dump(),
            "corpus": str(self.corpus),
            "corpus_found": changes is not None,
            "up_to_date": self.up_to_date,
            "added": list(changes.added) if changes else [],
            "changed": list(changes.changed) if changes else [],
            "removed": list(changes.removed) if changes else [],
            "facts_changed": bool(changes and changes.table),
            "skipped": [{"path": each.path, "reason": each.reason} for each in in_order((*self.left_out, *self.kept))],
            "kept": [each.path for each in self.kept],
            "excluded": [each.to_json() for each in self.excluded],
            "rule_faults": list(self.rule_faults),
            "warned": [each.model_dump(mode="json") for each in self.warned],
            "previous": self.previous,
            "languages": dict(self.languages),
            "words_faults": list(self.words_faults),
        }


def status(
    index: AnyIndex,
    corpus: Path | None = None,
    *,
    words: str | None = None,
    selection: Selection | None = None,
    verify: bool = False,
) -> Status:
    """Compare an index with its corpus.

    Args:
        index: The index.
        corpus: The folder of the corpus; None is the one it was built from.
        words: The file of the house's own words that the settings name.
        selection: Which files are documents; None is as in the build.
        verify: Whether every file is read, also where the file system says that it has not changed.

    Raises:
        IndexFaultError: The index is missing or damaged.
    """
    snapshot = index.open()
    place = corpus or Path(snapshot.manifest.corpus)
    try:
        changes = compare(
            place, index, snapshot, selection=selection, digests=FileDigests(index.digests, verify=verify)
        )
    except UsageError:
        if corpus is not None:
            raise
        changes = None
    return Status(
        manifest=snapshot.manifest,
        sections=snapshot.catalogue.section_count,
        bytes=index.size(),
        corpus=place,
        changes=changes,
        previous=index.previous(),
        languages=snapshot.catalogue.languages,
        words_faults=WordsFiles(place, words).current().faults,
        chosen_by=index.chooser if any(each.choice for each in snapshot.manifest.segments) else None,
    )
