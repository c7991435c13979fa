"""Which files of a corpus are left out, and by which rule: the usual ones, citewell.toml, and the files .citewellignore.

The last rule that means a file decides, and one that begins with "!" brings it back; rules of a folder come after those of the
folders above it. A folder that is left out is left out with all that is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from citewell._version import __version__
from citewell.corpus.reading.rules import USUAL, Excluded, Rule
from citewell.corpus.reading.usual_rules import LARGEST_MB, is_file, mark_of, usual_names, usual_rule
from citewell.errors import SettingsError
from citewell.ignoring import Pattern, PatternError, read_pattern

if TYPE_CHECKING:
    # Reader processes import this package, and need no settings.
    from citewell.settings import Selection

FILE = ".citewellignore"
_LARGEST_FILE = 1_000_000
_OTHER = "other"
_LIMIT = "largest_mb"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A pattern, its rule, and the folder that its paths are relative to, with a slash at its end, or empty."""

    pattern: Pattern
    rule: Rule
    folder: str


def suffix_of(name: str) -> str:
    """Return the suffix of a file in lower case, as ``PurePosixPath.suffix``; of many files, that would take a while.

    Args:
        name: Its name, without folders.
    """
    dot = name.rfind(".")
    return name[dot:].lower() if 0 < dot < len(name) - 1 else ""


class Excluding:
    """Tells what is left out of one corpus. Rules are read when a folder is first asked about, and not again.

    Args:
        corpus: The folder of the corpus.
        selection: The settings.
        kinds: The kind of each suffix.

    Raises:
        SettingsError: A limit of size is for a kind that there is not.
    """

    def __init__(self, corpus: Path, selection: Selection, kinds: Mapping[str, str]) -> None:
        self._corpus = corpus
        self._kinds = kinds
        self._largest = _limits(selection, kinds)
        self._sizes_set = selection.largest_mb.keys()
        self._always_small = min(self._largest.values()) * 1_000_000
        # What is wrong with rules, which are not used then.
        self.faults: list[str] = []
        settings = ((each.pattern, Rule(each.pattern, each.file, each.line)) for each in selection.exclude)
        self._of_settings = tuple(self._placed(settings))[::-1]
        self._of_folder: dict[str, tuple[_Placed, ...]] = {}
        self._faulty: set[_Placed] = set()
        self._identities: dict[tuple[_Placed, ...], str] = {}

    def has_rules(self, folder: str) -> bool:
        """Return whether there are other rules than the usual ones for what is in a folder ("" or "a/b").

        Raises:
            OSError: The rules of the folder, or of one above it, cannot be read.
        """
        return bool(self._rules_in(folder))

    def identity(self, folder: str) -> str:
        """Return what decides about the files of a folder ("" or "a/b"), in words that change whenever that does.

        Raises:
            OSError: The rules of the folder, or of one above it, cannot be read.
        """
        rules = self._rules_in(folder)
        if rules not in self._identities:
            patterns = [(placed.folder, placed.pattern) for placed in rules]
            limits, kinds = sorted(self._largest.items()), sorted(self._kinds.items())
            self._identities[rules] = repr((__version__, limits, kinds, usual_names(), patterns))
        return self._identities[rules]

    def rule_of(self, path: str, *, is_folder: bool) -> Rule | None:
        """Return the rule that leaves out a file or folder, whose own folder is not left out; None if none does.

        Args:
            path: The path in the corpus, with forward slashes and none at its end.
            is_folder: Whether it is a folder.

        Raises:
            OSError: The rules of a folder above it cannot be read.
        """
        whole = f"{path}/" if is_folder else path
        for placed in self._rules_in(path.rpartition("/")[0]):
            if self._matches(placed, whole.removeprefix(placed.folder)):
                return None if placed.pattern.brings_back else placed.rule
        return usual_rule(whole) or (mark_of(self._corpus / path) if is_folder else None)

    def excluded(self, path: str, *, is_folder: bool) -> Excluded | None:
        """Return why a file or folder is left out, looking at the folders above it, too; None if it is not.

        Raises:
            OSError: The rules of a folder above it cannot be read.
        """
        parts = PurePosixPath(path).parts
        for end in range(1, len(parts) + 1):
            part, is_last = "/".join(parts[:end]), end == len(parts)
            rule = self.rule_of(part, is_folder=is_folder or not is_last)
            if rule:
                return Excluded(part if is_last and not is_folder else f"{part}/", rule, str(rule))
        return None

    def too_large(self, path: str, size: int) -> Excluded | None:
        """Return that a file is larger than its kind may be, or None.

        Args:
            path: The path in the corpus.
            size: How many bytes it has.
        """
        if self.is_small(size):
            return None
        kind = self._kinds.get(suffix_of(path.rpartition("/")[2]), _OTHER)
        name = kind if kind in self._largest else _OTHER
        limit = self._largest[name]
        if size <= limit * 1_000_000:
            return None
        rule = Rule(f"{_LIMIT}.{name} = {limit:g}", "citewell.toml" if name in self._sizes_set else USUAL)
        more = f"has {size / 1_000_000:,.1f} MB, and files of its kind may have {limit:g}"
        reason = f"{more}; to read it, set {_LIMIT}.{kind} in citewell.toml"
        return Excluded(path, rule, reason, is_large=True)

    def is_small(self, size: int) -> bool:
        """Return whether a file of any kind may have so many bytes, as nearly all have."""
        return size <= self._always_small

    def _matches(self, placed: _Placed, path: str) -> bool:
        if placed in self._faulty:
            return False
        try:
            return placed.pattern.matches(path)
        except PatternError as error:
            self._faulty.add(placed)
            self.faults.append(f"{placed.rule.place}: {placed.rule.written!r} {error}")
            return False

    def _rules_in(self, folder: str) -> tuple[_Placed, ...]:
        """Return the rules for what is in a folder of the corpus ("" or "a/b"), the last first."""
        if folder not in self._of_folder:
            prefix = f"{folder}/" if folder else ""
            name = f"{prefix}{FILE}"
            written = ((line, Rule(line.strip(), name, nth)) for nth, line in enumerate(_lines(self._corpus / name), 1))
            own = tuple(self._placed(written, prefix))[::-1]
            self._of_folder[folder] = (
                *own,
                *(self._rules_in(folder.rpartition("/")[0]) if folder else self._of_settings),
            )
        return self._of_folder[folder]

    def _placed(self, rules: Iterator[tuple[str, Rule]], folder: str = "") -> Iterator[_Placed]:
        for written, rule in rules:
            try:
                pattern = read_pattern(written)
            except PatternError as error:
                self.faults.append(f"{rule.place}: {written[:80]!r} {error}")
            else:
                if pattern:
                    yield _Placed(pattern, rule, folder)


def _limits(selection: Selection, kinds: Mapping[str, str]) -> dict[str, float]:
    unknown = next((kind for kind in selection.largest_mb if kind not in {*kinds.values(), _OTHER}), None)
    if unknown is not None:
        known = ", ".join(sorted({*kinds.values(), _OTHER}))
        raise SettingsError(f"largest_mb.{unknown}: there is no such kind of file; there are {known}")
    return LARGEST_MB | selection.largest_mb


def _lines(file: Path) -> list[str]:
    """Return the lines of a file of rules; none if there is no such file.

    Raises:
        OSError: It cannot be read.
    """
    # A pipe would be waited for.
    if not is_file(file):
        return []
    with file.open("rb") as stream:
        content = stream.read(_LARGEST_FILE)
    return content.decode("utf-8-sig", "surrogateescape").splitlines()
