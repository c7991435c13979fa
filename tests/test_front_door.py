"""What a newcomer does first: build the package from a clone, install it, and type what README says in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.consoles import Step, differs, run, steps
from tests.support.encoders import prepared_model
from tests.support.environment import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
pytestmark = [
    pytest.mark.first,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not in a clone"),
    pytest.mark.skipif(not shutil.which("bash"), reason="no bash"),
]


def tracked() -> list[str]:
    """Return the files that a clone has."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def package(folder: Path, kind: str, into: Path) -> Path:
    """Build a source distribution or a wheel of a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(into)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (built,) = into.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of what a clone has."""
    clone = tmp_path_factory.mktemp("clone")
    for name in tracked():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, clone / name)
    return package(clone, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution alone, as `python -m build` does."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    return package(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel, and beside it, instead of a network, what is installed here."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment)
    here = {"base": str(environment), "platbase": str(environment)}
    scripts, packages = Path(sysconfig.get_path("scripts", vars=here)), Path(sysconfig.get_path("purelib", vars=here))
    python = scripts / Path(sys.executable).name
    options = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--quiet"]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", *options, str(wheel)], check=True)
    (packages / "beside.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return scripts


def typed(found: list[Step], programs: Path, folder: Path) -> list[str]:
    """Type commands in an empty folder, with the programs of an environment, and return what is not as shown."""
    # The model is prepared once for all tests; what a first use says about that is no part of the examples.
    prepared_model()
    empty = folder / "empty"
    empty.mkdir()
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return run(found, empty, kept | {"PATH": path, "COLUMNS": "100"})


def test_a_source_distribution_has_what_a_clone_has_and_nothing_else(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()} - {"PKG-INFO"}
    # What is only of use in a clone.
    ours = {name for name in tracked() if not name.startswith((".ci/", ".github/", ".pre-commit"))}
    assert packed ^ ours == set()


def test_a_wheel_has_every_file_of_the_package_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    ours = {name.removeprefix("src/") for name in tracked() if name.startswith("src/")}
    inside = {name for name in packed if not name.partition("/")[0].endswith(".dist-info")}
    assert inside ^ ours == set()
    assert {Path(name).name for name in packed - inside} >= {"LICENSE", "NOTICE", "METADATA", "entry_points.txt"}


@pytest.mark.long
def test_readme_is_right_word_for_word_in_an_empty_folder(programs: Path, tmp_path: Path) -> None:
    found = steps(README)
    assert any("citewell ask" in step.command for step in found)
    assert typed(found, programs, tmp_path) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("```console\n$ false\n...\n```\n", "line 2: false\nfails:"),
        ("```console\n$ cat <<END\n> 8\n> END\n7\n```\n", "-7\n+8"),
        ("```console\n$ true\n$ echo 8\n```\n", "line 3: echo 8\n--- shown"),
        ("```console\n$ echo 1; echo 2; echo 3\n1\n...\n2\n```\n", "+3"),
        ("```python\nprint(1)\nprint(2)\n```\n\n```text\n1\n```\n", "+2"),
        ("```console\n$ exit 0\n```\n", "was not run to its end"),
    ],
)
def test_an_example_that_is_wrong_is_noticed(text: str, fault: str, tmp_path: Path) -> None:
    (found,) = typed(steps(text), Path(sys.executable).parent, tmp_path)
    assert fault in found


def test_what_varies_between_runs_is_no_difference() -> None:
    shown = "Snapshot 20261129T002844.009550Z\n┌───┐\n│ seconds   │   47.7 │\n...\n3 files in 2.5 s\n"
    printed = "Snapshot 20270101T000000.000001Z\n┌──┐\n│ seconds │ 5 │\n\nmore\n3 files in 11 s\n"
    assert differs(shown, printed) == ""
    assert "-4 files in N s" in differs(shown.replace("3 files", "4 files"), printed)
