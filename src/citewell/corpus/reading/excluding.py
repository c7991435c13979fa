"""Which files of a corpus are left out, and by which rule: the usual ones, citewell.toml, and the files .citewellignore.

The last rule that means a file decides, and one that begins with "!" brings it back; rules of a folder come after those of the
folders above it. A folder that is left out is left out with all that is in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from citewell.errors import SettingsError
from citewell.ignoring import Pattern, PatternError, any_of, read_pattern

if TYPE_CHECKING:
    # Reader processes import this package, and need no settings.
    from citewell.settings import Selection

FILE = ".citewellignore"
USUAL = "default"
_HIDDEN = ".*"
_LARGEST_FILE = 1_000_000
# Hidden files; what programs install, build and keep; locks of versions; minified code; what desktops leave behind.
_USUAL = """
.*
node_modules/
bower_components/
jspm_packages/
site-packages/
__pycache__/
*.egg-info/
package-lock.json
npm-shrinkwrap.json
yarn.lock
pnpm-lock.yaml
bun.lock
poetry.lock
Pipfile.lock
uv.lock
pdm.lock
conda-lock.yml
Cargo.lock
composer.lock
Gemfile.lock
Podfile.lock
packages.lock.json
gradle.lockfile
pubspec.lock
mix.lock
flake.lock
go.sum
*.min.js
*.min.mjs
*.min.css
*.bundle.js
*.js.map
*.mjs.map
*.css.map
*.pyc
*~
~$*
*.tmp
*.part
*.crdownload
Thumbs.db
ehthumbs.db
desktop.ini
__MACOSX/
$RECYCLE.BIN/
System Volume Information/
lost+found/
@eaDir/
""".strip().split("\n")
# Folders that a program marks as its own (https://bford.info/cachedir/, PEP 405).
_MARKS = ("CACHEDIR.TAG", "pyvenv.cfg")
# Folders that programs fill, if they stand beside one of the files that say how.
_BUILT = frozenset({"build", "dist", "out", "target", "_build", "coverage", "htmlcov", "vendor"})
_PROJECTS = frozenset(
    {
        "package.json",
        "pyproject.toml",
        "setup.py",
        "Cargo.toml",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "go.mod",
    }
    | {"CMakeLists.txt", "composer.json", "Gemfile", "mix.exs", "conf.py"}
)
# By the kind of the reader; "other" is for the rest.
LARGEST_MB: dict[str, float] = {
    "code": 5,
    "settings": 5,
    "log": 50,
    "pdf": 500,
    "mail": 1_000,
    "mailbox": 1_000,
    "other": 100,
}
_OTHER = "other"
_LIMIT = "largest_mb"


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
    """A file or folder that is left out by a rule; the path of a folder ends with a slash. ``reason`` says why in words."""

    path: str
    rule: Rule
    reason: str

    @property
    def is_large(self) -> bool:
        """Whether the rule is a limit of size."""
        return self.rule.written.startswith(_LIMIT)

    @property
    def predicate(self) -> str:
        """Why it is left out, after its name."""
        return self.reason if self.is_large else f"is left out by {self.reason}"

    def to_json(self) -> dict[str, object]:
        """Return it for programs; ``source`` is the file with the rule, or "default"."""
        rule = self.rule
        return {"path": self.path, "reason": self.reason, "rule": rule.written, "source": rule.file, "line": rule.line}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A pattern, its rule, and the folder that its paths are relative to, with a slash at its end, or empty."""

    pattern: Pattern
    rule: Rule
    folder: str


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
        # What is wrong with rules, which are not used then.
        self.faults: list[str] = []
        settings = ((each.pattern, Rule(each.pattern, each.file, each.line)) for each in selection.exclude)
        self._of_settings = tuple(self._placed(settings))[::-1]
        self._of_folder: dict[str, tuple[_Placed, ...]] = {}
        self._faulty: set[_Placed] = set()

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
        quick, usual = _usual()
        rule = next((placed.rule for placed in usual if placed.pattern.matches(whole)), None) if quick(whole) else None
        return rule or (self._mark_of(path) if is_folder else None)

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
        kind = self._kinds.get(PurePosixPath(path).suffix.lower(), _OTHER)
        name = kind if kind in self._largest else _OTHER
        limit = self._largest[name]
        if size <= limit * 1_000_000:
            return None
        rule = Rule(f"{_LIMIT}.{name} = {limit:g}", "citewell.toml" if name in self._sizes_set else USUAL)
        more = f"has {size / 1_000_000:,.1f} MB, and files of its kind may have {limit:g}"
        reason = f"{more}; to read it, set {_LIMIT}.{kind} in citewell.toml"
        return Excluded(path, rule, reason)

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

    def _mark_of(self, path: str) -> Rule | None:
        """Return the rule for a folder that a program has made for itself."""
        folder = self._corpus / path
        mark = next((name for name in _MARKS if _is_file(folder / name)), None)
        if mark:
            return Rule(f"folders with {mark}", USUAL)
        if folder.name in _BUILT:
            beside = next((name for name in sorted(_PROJECTS) if _is_file(folder.parent / name)), None)
            return Rule(f"{folder.name}/ beside {beside}", USUAL) if beside else None
        return None


def _limits(selection: Selection, kinds: Mapping[str, str]) -> dict[str, float]:
    unknown = next((kind for kind in selection.largest_mb if kind not in {*kinds.values(), _OTHER}), None)
    if unknown is not None:
        known = ", ".join(sorted({*kinds.values(), _OTHER}))
        raise SettingsError(f"largest_mb.{unknown}: there is no such kind of file; there are {known}")
    return LARGEST_MB | selection.largest_mb


@cache
def _usual() -> tuple[Callable[[str], bool], tuple[_Placed, ...]]:
    """Return the usual rules, and whether one of them means a path: nearly none does."""
    patterns = [pattern for written in _USUAL if (pattern := read_pattern(written))]
    return any_of(patterns), tuple(_Placed(each, Rule(each.written, USUAL), "") for each in patterns)


def _lines(file: Path) -> list[str]:
    """Return the lines of a file of rules; none if there is no such file.

    Raises:
        OSError: It cannot be read.
    """
    # A pipe would be waited for.
    if not _is_file(file):
        return []
    with file.open("rb") as stream:
        content = stream.read(_LARGEST_FILE)
    return content.decode("utf-8-sig", "surrogateescape").splitlines()


def _is_file(file: Path) -> bool:
    # Not Path.is_file, which raises if a folder may not be entered.
    return os.path.isfile(file)  # noqa: PTH113
