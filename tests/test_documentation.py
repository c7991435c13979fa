"""What README and the docs say is what is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from functools import cache

import pytest

import citewell
from tests.support.commands import citewell as run
from tests.support.environment import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# Pages that people write; the others come from the code (`docs/reference.py`).
PAGES = {"README.md": README} | {
    file.name: file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "docs").glob("*.md"))
    if "<!-- Written by" not in file.read_text(encoding="utf-8")[:20]
}
COMMANDS = sorted(
    {
        line.removeprefix("$ ").partition("#")[0].strip()
        for page in PAGES.values()
        for line in page.splitlines()
        if line.removeprefix("$ ").startswith("citewell ")
    }
    | {each for page in PAGES.values() for each in re.findall(r"`(citewell [a-z]+ --[^`]+)`", page)}
)


@cache
def help_of(*command: str) -> str:
    """Return what a command says about itself."""
    return run(*command, "--help").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_in_the_documentation_is_one_of_its_command(command: str) -> None:
    words = shlex.split(command)[1:]
    first = next(at for at, word in enumerate(words) if not word.startswith("-") and not word.endswith(".toml"))
    name, *rest = words[first:]
    # Options before the command are those of all commands.
    shown = help_of(*([name, rest[0]] if name in ("questions", "user") else [name])) + (help_of() if first else "")
    assert shown
    for option in (part.partition("=")[0] for part in words if part.startswith("--")):
        assert option in shown


def test_every_make_target_in_the_documentation_exists() -> None:
    for page in PAGES.values():
        for target in set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)`", page, re.MULTILINE)):
            subprocess.run(["make", "--dry-run", "".join(target)], cwd=ROOT, check=True, capture_output=True)
    assert re.findall(r"^make ([\w-]+)", README, re.MULTILINE) == ["chat", "test"]


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_every_link_in_readme_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_page_repeats_a_paragraph_of_another() -> None:
    where: dict[str, set[str]] = {}
    for name, page in PAGES.items():
        prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
        for paragraph in re.split(r"\n\n|\n(?=[|-] )", prose):
            words = paragraph.split()
            if len(words) >= 15:
                where.setdefault(" ".join(words), set()).add(name)
    # What Citewell is stands on the first page of each.
    first = {"README.md", "index.md"}
    assert {words: names for words, names in where.items() if len(names) > 1 and not names <= first} == {}


def test_the_pages_that_come_from_the_code_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/reference.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_public_name_is_on_the_page_about_python() -> None:
    told = set(re.findall(r"^::: citewell\.(\w+)$", PAGES["python.md"], re.MULTILINE))
    assert told == set(citewell.__all__) - {"__version__"}


def drawn(tree: str) -> set[str]:
    """Return the paths of the modules that a drawing of folders names; four spaces are one folder deeper."""
    folders: list[str] = []
    paths: set[str] = set()
    for line in tree.splitlines():
        depth = (len(line) - len(line.lstrip(" "))) // 4
        name, *_ = line.split(maxsplit=1) or [""]
        if name.endswith("/"):
            folders[depth:] = [name]
        else:
            names = re.match(r"\s*((?:\w+\.py(?:, )?)+)", line)
            paths |= {"".join([*folders[:depth], each]) for each in (names[1].split(", ") if names else ())}
    return paths


def test_every_module_is_in_the_architecture_where_it_is() -> None:
    (tree,) = re.findall(r"```\n(app\.py.*?)```", ARCHITECTURE, re.DOTALL)
    modules = {file.relative_to(ROOT).as_posix() for file in (ROOT / "src" / "citewell").rglob("*.py")}
    there = {name for name in modules if not name.endswith(("__init__.py", "_version.py"))} | {"app.py"}
    assert drawn(tree) == there


def test_every_file_that_the_architecture_names_is_there() -> None:
    named = set(re.findall(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|js|css))`", ARCHITECTURE))
    assert named
    assert [
        name for name in named if not any((folder / name).is_file() for folder in (ROOT, ROOT / "src/citewell"))
    ] == []


def test_a_module_that_is_drawn_elsewhere_is_noticed() -> None:
    assert drawn("src/\n    a/        things\n        b.py, c.py   both\n    d.py") == {
        "src/a/b.py",
        "src/a/c.py",
        "src/d.py",
    }


def test_no_test_module_imports_another_one_or_a_conftest() -> None:
    another = re.compile(r"^\s*(?:from|import) tests\.(?:\w+\.)*(?:test_\w+|conftest)\b", re.MULTILINE)
    assert another.search("from tests.search.conftest import KEEPER")
    files = sorted((ROOT / "tests").rglob("*.py"))
    assert [file.name for file in files if another.search(file.read_text(encoding="utf-8"))] == []


def test_the_public_api_is_what_it_says() -> None:
    assert sorted(citewell.__all__) == citewell.__all__
    for name in citewell.__all__:
        assert getattr(citewell, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = citewell.nothing


def test_the_version_is_one() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "_version.py" in pyproject
    assert citewell.__version__ == run("--version").stdout.strip()


def test_notice_names_the_source_of_the_corpus() -> None:
    assert "IPGCE" in (ROOT / "NOTICE").read_text(encoding="utf-8")
