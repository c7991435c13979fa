"""An index and a cache that may be read and not written, by another user than who made them: asked by the real programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder
from citewell.encoder.models import prepared_folder
from tests.support.commands import citewell
from tests.support.environment import ROOT
from tests.support.ports import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rights as Linux has them")
QUESTION = "When does the ferry to Ostra leave?"
SAID = "The ferry to Ostra leaves at seven from pier four."
# Another user whom rights bind, but for reading: the interpreter may stand where only its owner looks.
NOBODY = [
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--bounding-set=-all,+dac_read_search"),
]
AS_NOBODY = NOBODY if getattr(os, "geteuid", lambda: 1)() == 0 else []


@pytest.fixture(scope="module")
def read_only(encoder: Encoder) -> Iterator[tuple[Path, Path]]:
    """An index that may not be written, and a cache with its encoder that may not either."""
    # The folders of pytest are for one user only.
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    folder.chmod(0o755)
    (folder / "corpus").mkdir()
    (folder / "corpus" / "ferry.txt").write_text(f"Ferries\n\n{SAID} It is blue.\n", encoding="utf-8")
    (folder / "corpus" / "cafe.txt").write_text("Café\n\nThe café opens at nine and sells bread.\n", encoding="utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    (folder / "corpus" / "cafe.txt").write_text("Café\n\nThe café opens at ten and sells bread.\n", encoding="utf-8")
    build(folder / "corpus", IndexFolder(folder / "index"), Settings())
    cache = folder / "cache"
    prepared = prepared_folder(encoder.card.identity)
    shutil.copytree(prepared, cache / "encoders" / prepared.name)
    for place in (folder / "index", cache):
        subprocess.run(["chmod", "-R", "a-w", place], check=True)
    yield folder / "index", cache
    for place in (folder / "index", cache):
        subprocess.run(["chmod", "-R", "u+w", place], check=True)
    shutil.rmtree(folder)


def run(*arguments: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CITEWELL_CACHE": str(cache), "HOME": "/nonexistent"}
    return citewell(*arguments, environment=environment, user=65534 if AS_NOBODY else None)


def run_after(before: tuple[str, ...], *arguments: str | Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that another has started, which forks none of ours."""
    command = [*before, *AS_NOBODY, sys.executable, "-m", "citewell.cli", *map(str, arguments)]
    environment = os.environ | {"CITEWELL_CACHE": str(cache), "HOME": "/nonexistent"}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def listed(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_it_is_asked_looked_at_and_checked(read_only: tuple[Path, Path], tmp_path: Path) -> None:
    index, cache = read_only
    before = listed(index)
    asked = run("ask", QUESTION, "--index", index, "--json", cache=cache)
    assert asked.returncode == 0, asked.stderr
    assert SAID in json.loads(asked.stdout)["passages"][0]["text"]
    for command in ("status", "check"):
        found = run(command, "--index", index, cache=cache)
        assert found.returncode == 0, found.stdout + found.stderr
    named = run("ask", QUESTION, "--index", index, "--model", "all-MiniLM-L6-v2", cache=cache)
    assert named.returncode == 0, named.stderr
    assert listed(index) == before
    assert not list(tmp_path.glob("citewell-*"))


@pytest.mark.parametrize("command", ["index", "rollback"])
@pytest.mark.unmeasured
def test_what_writes_says_that_the_folder_cannot_be_written(read_only: tuple[Path, Path], command: str) -> None:
    index, cache = read_only
    options: list[str | Path] = ["--corpus", index.parent / "corpus", "--rebuild"] if command == "index" else []
    refused = run(command, *options, "--index", index, cache=cache)
    assert refused.returncode == 1
    assert f"the folder {index} cannot be written: " in refused.stderr
    assert "damaged" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_is_asked_where_links_and_locks_have_no_place(read_only: tuple[Path, Path], tmp_path: Path) -> None:
    index, cache = read_only
    tmp_path.chmod(0o555)
    command = f'TMPDIR={tmp_path} exec "$@"'
    asked = run_after(("sh", "-c", command, "sh"), "ask", QUESTION, "--index", index, cache=cache)
    # Where even /tmp is written by nobody, what is missing is said.
    assert asked.returncode == 0 or "set TMPDIR to a writable folder" in asked.stderr


@pytest.mark.skipif(not AS_NOBODY, reason="only root mounts")
@pytest.mark.unmeasured
def test_a_read_only_file_system_is_asked(read_only: tuple[Path, Path]) -> None:
    index, cache = read_only
    script = f'mount --bind {index} {index} && mount -o remount,bind,ro {index} && exec "$@"'
    mounted = ("unshare", "--mount", "sh", "-c", script, "sh")
    if subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    asked = run_after(mounted, "ask", QUESTION, "--index", index, "--json", cache=cache)
    assert asked.returncode == 0, asked.stderr
    assert SAID in asked.stdout
    refused = run_after(mounted, "rollback", "--index", index, cache=cache)
    assert "cannot be written: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_chat_answers_from_it(read_only: tuple[Path, Path]) -> None:
    index, cache = read_only
    port = free_port()
    command = [*AS_NOBODY, sys.executable, str(ROOT / "app.py"), "--index", str(index), "--port", str(port)]
    environment = os.environ | {"CITEWELL_CACHE": str(cache), "HOME": "/nonexistent"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as server:
        assert server.stderr
        try:
            said = ""
            while "Citewell is at" not in said:
                line = server.stderr.readline()
                assert line, f"the chat did not start: {said}"
                said += line
            body = json.dumps({"question": QUESTION}).encode()
            address = f"http://127.0.0.1:{port}/api/ask"
            request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as answer:
                assert SAID in json.load(answer)["passages"][0]["text"]
        finally:
            server.terminate()
