"""What runs elsewhere, where no test sees it: the workflows, the container and the service agree with the project.

`make workflows` checks their form.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.environment import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [*sorted((ROOT / "contrib").rglob("*.sh")), *filter(Path.exists, [ROOT / ".ci" / "run"])]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
ours = pytest.mark.skipif(not WORKFLOWS, reason="not in a clone")
each_workflow = pytest.mark.parametrize("file", [pytest.param(file, id=file.stem) for file in WORKFLOWS])


def read(file: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@ours
def test_every_supported_python_is_tested() -> None:
    tested = read(ROOT / ".github" / "workflows" / "checks.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    named = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if re.search(r"Python :: 3\.\d+$", each)]
    assert tested == named
    assert PROJECT["requires-python"] == f">={tested[0]}"


@each_workflow
def test_actions_are_pinned_and_may_only_read(file: Path) -> None:
    used = re.findall(r"uses: (\S+)", file.read_text(encoding="utf-8"))
    assert used
    assert [name for name in used if not re.search(r"^\./|@(release/)?v\d+$", name)] == []
    workflow = read(file)
    assert workflow["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert more == (
        {"release": {"contents": "write"}, "publish": {"id-token": "write"}} if file.stem == "release" else {}
    )


@each_workflow
def test_what_a_workflow_runs_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([\w-]+)", text):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
    for path in re.findall(r"(?<=[ \"])(?:tests|\./\.github)/[\w./-]+", text):
        assert (ROOT / path).exists(), path


@ours
def test_whatever_runs_the_tests_has_a_server_of_postgresql_for_them() -> None:
    runs = {(ROOT / ".ci" / "run").read_text(encoding="utf-8")}
    for job in read(ROOT / ".github" / "workflows" / "checks.yml")["jobs"].values():
        runs.add("\n".join(step["run"] for step in job.get("steps", ()) if "run" in step))
    testing = {each for each in runs if re.search(r"^make (test|coverage)$", each, re.MULTILINE)}
    assert len(testing) == 3
    assert all(re.search(r"install .*postgresql-test.*\nmake (test|coverage)$", each, re.MULTILINE) for each in testing)


@pytest.mark.parametrize("file", [pytest.param(each, id=str(each.relative_to(ROOT))) for each in SCRIPTS])
def test_a_script_can_be_read_by_its_shell(file: Path) -> None:
    shell = file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#!").split()[-1].rpartition("/")[2]
    checked = subprocess.run([shell, "-n", file], capture_output=True, text=True, encoding="utf-8")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_contributors_read_is_there() -> None:
    for target in re.findall(r"^make ([\w-]+)", CONTRIBUTING, re.MULTILINE):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
    paths = set(re.findall(r"(?:src|tests|docs|benchmarks|\.github)/[\w./-]*\w", CONTRIBUTING))
    assert paths
    # A source distribution has no workflows.
    assert [path for path in paths if not (ROOT / path).exists() and (WORKFLOWS or ".github" not in path)] == []


def test_the_container_gets_what_it_copies_and_keeps_what_is_written() -> None:
    copied = {name for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    assert {f"!{name}" for name in copied} <= set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert [name for name in copied if not (ROOT / name).exists()] == []
    (volumes,) = re.findall(r"^VOLUME (.+)$", DOCKERFILE, re.MULTILINE)
    service = read(ROOT / "compose.yaml")["services"]["citewell"]
    assert sorted(each.partition(":")[2] for each in service["volumes"]) == sorted(re.findall(r'"([^"]+)"', volumes))
    # The names of the folders are those that commands expect.
    assert re.findall(r"/srv/citewell/([\w-]+)", volumes) == ["corpus", "index", "index-state"]
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001"]


def test_the_example_of_several_servers_has_what_it_names_and_the_documented_roles() -> None:
    folder = ROOT / "contrib" / "several-servers"
    services = read(folder / "compose.yaml")["services"]
    assert sorted(services) == ["build", "db1", "db2", "db3", "proxy", "web1", "web2"]
    mounted = {each.partition(":")[0] for service in services.values() for each in service["volumes"]}
    assert {each for each in mounted if each.startswith("./") and not (folder / each).exists()} == {"./corpus"}
    # The statements are those of the documentation, which a test runs.
    page = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
    (documented,) = re.findall(r"```sql\n([^`]*CREATE ROLE[^`]*)```", page)
    (made,) = re.findall(
        r"<<'SQL'\n(.*?)-- From the next", (folder / "roles.sh").read_text(encoding="utf-8"), re.DOTALL
    )
    assert re.sub(r" PASSWORD :'\w+'", "", made) == documented
    settings = tomllib.loads((folder / "citewell.toml").read_text(encoding="utf-8"))
    places = [settings["index"], settings["state"], services["build"]["command"][-1]]
    named = [re.findall(r"postgresql://(\w+)@(\S+)/letters", place)[0] for place in places]
    assert named == [(f"citewell_{role}", "db1,db2,db3") for role in ("reader", "keeper", "builder")]
    (proxies,) = re.findall(r"WEB_SERVERS:(.*?)}", (folder / "Caddyfile").read_text(encoding="utf-8"))
    assert proxies == "web1:7860 web2:7860"
