"""The packages of Word, PowerPoint and Excel (ECMA-376, part 2): their parts, how these refer to each other, their facts."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from citewell.corpus.reading.archives import Archive
from citewell.corpus.reading.formats.office.xml import Element, local, optional_part, text_of
from citewell.corpus.reading.properties import file_facts
from citewell.document import Fact
from citewell.errors import ReadingError

_CORE_TYPE = "/metadata/core-properties"
_MAIN_TYPE = "/relationships/officeDocument"
_CORE = {
    "title": "title",
    "creator": "author",
    "modified": "date",
    "created": "created",
    "language": "language",
    "keywords": "tag",
    "category": "tag",
    "subject": "subject",
    "description": "description",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the kind, as the end of its type, and the name of a part, or an address outside."""

    kind: str
    target: str
    is_outside: bool


class Package:
    """A package in memory.

    Args:
        data: Its bytes.

    Raises:
        ReadingError: It is no archive, or is damaged, protected by a password, or too large.
    """

    def __init__(self, data: bytes) -> None:
        self.archive = Archive(data)
        self._relations: dict[str, dict[str, Relation]] = {}

    def main(self, usual: str) -> str:
        """Return the name of the main part.

        Args:
            usual: Its usual name, for files that do not tell.

        Raises:
            ReadingError: There is none.
        """
        found = (each.target for each in self.relations("").values() if each.kind == "officeDocument")
        name = next((target for target in found if target in self.archive), usual)
        if name not in self.archive:
            raise ReadingError(f"is damaged: its part {name} is missing")
        return name

    def relations(self, part: str) -> dict[str, Relation]:
        """Return what a part refers to, by id; those of the package itself for an empty name."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def of_kind(self, part: str, kind: str) -> list[str]:
        """Return the names of the parts of a kind that a part refers to, of those that are there."""
        found = (each.target for each in self.relations(part).values() if each.kind == kind and not each.is_outside)
        return [target for target in found if target in self.archive]

    def one(self, part: str, kind: str) -> Element | None:
        """Return the root of the part of a kind that a part refers to; None if there is none."""
        names = self.of_kind(part, kind)
        return optional_part(self.archive, names[0]) if names else None

    def facts(self) -> tuple[Fact, ...]:
        """Return what the package says about itself."""
        found: list[tuple[str, str | None]] = []
        root = self.one("", "core-properties")
        found += [
            (_CORE[local(each)], text_of(each)) for each in (() if root is None else root) if local(each) in _CORE
        ]
        # Where it never changed, it was made then.
        if not any(name == "date" and value for name, value in found):
            found += [("date", value) for name, value in found if name == "created"]
        return file_facts(found)

    def _read_relations(self, part: str) -> dict[str, Relation]:
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        root = optional_part(self.archive, path)
        found = {}
        for each in () if root is None else root:
            target, is_outside = each.get("Target", ""), each.get("TargetMode") == "External"
            if not is_outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[each.get("Id", "")] = Relation(each.get("Type", "").rpartition("/")[2], target, is_outside)
        return found


def title_of(facts: tuple[Fact, ...]) -> str | None:
    """Return the title that a file gives itself, which is none where a program put the name of the file there."""
    title = next((fact.value for fact in facts if fact.name == "title"), None)
    return None if title and title.startswith("Microsoft ") and " - " in title else title
