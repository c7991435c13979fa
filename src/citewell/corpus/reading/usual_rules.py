"""What of any corpus is left out, unless a rule brings it back: by its name, by what made it, and by its size."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from citewell.corpus.reading.rules import USUAL, Rule
from citewell.ignoring import Pattern, any_of, read_pattern

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


@cache
def _patterns() -> tuple[Callable[[str], bool], tuple[Pattern, ...]]:
    """Return the usual patterns, and whether one of them means a name: nearly none does."""
    patterns = tuple(pattern for written in _USUAL if (pattern := read_pattern(written)))
    return any_of(patterns), patterns


def usual_names() -> tuple[str, ...]:
    """Return the usual rules for names, as they are written."""
    return tuple(_USUAL)


def may_be_usual(name: str) -> bool:
    """Return whether a usual rule may mean the name of a file; nearly no name is."""
    return _patterns()[0](name)


def usual_rule(path: str) -> Rule | None:
    """Return the usual rule that means the name of a file or folder, or None.

    Args:
        path: The path in the corpus, with forward slashes; that of a folder ends with one.
    """
    quick, patterns = _patterns()
    # No usual pattern names a folder and what is in it, so the last part decides.
    name = path[path.rfind("/", 0, -1) + 1 :]
    found = next((each for each in patterns if each.matches(name)), None) if quick(name) else None
    return Rule(found.written, USUAL) if found else None


def mark_of(folder: Path) -> Rule | None:
    """Return the rule for a folder that a program has made for itself, or None."""
    mark = next((name for name in _MARKS if is_file(folder / name)), None)
    if mark:
        return Rule(f"folders with {mark}", USUAL)
    if folder.name in _BUILT:
        beside = next((name for name in sorted(_PROJECTS) if is_file(folder.parent / name)), None)
        return Rule(f"{folder.name}/ beside {beside}", USUAL) if beside else None
    return None


def is_file(file: Path) -> bool:
    """Return whether there is such a file, as far as one may look."""
    # Not Path.is_file, which raises if a folder may not be entered.
    return os.path.isfile(file)  # noqa: PTH113
