"""What an older version left in the index: it is moved once, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from citewell.cli.options import state_of
from citewell.errors import AccountsError, StateError
from citewell.state.folder import StateFolder
from citewell.state.migration import migrate
from citewell.web.auth.accounts import AccountStore
from tests.support.accounts import PHRASE, QUICK
from tests.support.cases import others_long
from tests.support.commands import citewell
from tests.support.environment import ROOT
from tests.support.older_index import LEFT, held, older
from tests.support.strangers import Elsewhere, readable


def test_what_was_left_in_the_index_is_moved_once_and_reported(tmp_path: Path) -> None:
    index = older(tmp_path / "index")
    state = StateFolder.beside(index)
    (told,) = migrate(index, state)
    assert told.startswith(f"Moved from {index} to {state.path}: ")
    for what in ("accounts.json", "accounts.key", "feedback.sqlite", "runs (1 file)", "removed (2 files)"):
        assert what in told
    assert held(state.path) == LEFT
    assert sorted(each.name for each in index.iterdir()) == ["CURRENT", "snapshots"]
    assert migrate(index, state) == []


@pytest.mark.promise("nothing-lost")
def test_nothing_leaves_its_disk_unless_it_is_said_where_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, volumes = older(tmp_path / "index"), [tmp_path / "index"]
    monkeypatch.setattr("os.path.ismount", lambda path: path in volumes)
    with pytest.raises(StateError, match=r"accounts\.json.*--state DIR"):
        state_of(index, None)
    assert held(index) == LEFT
    assert not StateFolder.beside(index).path.exists()
    (tmp_path / "empty").mkdir()
    volumes.append(tmp_path / "empty")
    assert state_of(tmp_path / "empty", None).path == tmp_path / "empty-state"
    # A volume of its own beside it is kept.
    StateFolder.beside(index).create()
    volumes.append(StateFolder.beside(index).path)
    assert held(state_of(index, None).path) == LEFT
    volumes.pop()
    assert state_of(index, None).path == StateFolder.beside(index).path
    older(index)
    assert held(state_of(index, tmp_path / "named", create=True).path) == LEFT


def test_asking_moves_nothing_and_the_commands_for_people_do(bundled_index: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(bundled_index, tmp_path / "index"))
    AccountStore(index / "accounts.json", QUICK).add("ada", "reader", PHRASE)
    assert citewell("ask", "What are exchanges?", "--index", index).returncode == 0
    assert (index / "accounts.json").is_file()
    listed = citewell("user", "list", "--index", index)
    assert listed.stdout == "ada\treader\n"
    assert "Moved from" in listed.stderr
    assert not (index / "accounts.json").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    index, state = older(tmp_path / "index"), StateFolder.beside(tmp_path / "index")
    state.create()
    state.accounts.write_text("others", encoding="utf-8")
    with pytest.raises(AccountsError, match="cannot tell which are valid") as refused:
        migrate(index, state)
    assert str(state.accounts) in str(refused.value)
    assert str(index / "accounts.json") in str(refused.value)
    assert held(index) == LEFT
    state.accounts.unlink()
    state.feedback.write_text("other opinions", encoding="utf-8")
    run = state.runs / "one.jsonl"
    run.parent.mkdir()
    run.write_text("another", encoding="utf-8")
    told = migrate(index, state)
    assert any(str(index / "feedback.sqlite") in line for line in told)
    assert any(str(run) in line for line in told)
    assert state.feedback.read_text(encoding="utf-8") == "other opinions"
    assert run.read_text(encoding="utf-8") == "another"
    assert sorted(held(index)) == ["feedback.sqlite", "feedback.sqlite-journal", "runs/one.jsonl"]
    assert len(held(state.path)) == len(LEFT) - 1


# Forks for each event, because Python takes long to start.
_KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from citewell.state.folder import StateFolder
from citewell.state.migration import migrate
from tests.support.older_index import LEFT, held, older

across = sys.argv[2] == "across"

def killed_at(nth, index, state):
    seen = 0
    def hook(name, _arguments):
        nonlocal seen
        seen += name in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.copystat", "os.link")
        if seen > nth:
            os.kill(os.getpid(), signal.SIGKILL)
    pid = os.fork()
    if pid == 0:
        sys.addaudithook(hook)
        migrate(index, state)
        os._exit(0)
    return os.waitpid(pid, 0)[1]

nth = 0
while True:
    folder = Path(sys.argv[1], str(nth))
    index, state = older(folder / "index"), StateFolder(Path(sys.argv[3], str(nth)) if across else folder / "index-state")
    ended = killed_at(nth, index, state)
    there = held(index) | held(state.path)
    assert there == LEFT, (nth, there)
    if ended == 0:
        break
    migrate(index, state)
    assert held(state.path) == LEFT, nth
    assert held(index) == {}, nth
    assert migrate(index, state) == []
    shutil.rmtree(folder)
    nth += 1
print(nth)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("disk", others_long(["same", "across"]))
@pytest.mark.promise("nothing-lost")
def test_a_kill_at_any_instant_of_the_move_loses_nothing(tmp_path: Path, disk: str) -> None:
    memory = Path("/dev/shm")  # noqa: S108 - the other file system that most machines have
    other = memory if memory.is_dir() else tmp_path
    if disk == "across" and other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs another file system")
    with tempfile.TemporaryDirectory(dir=other) as elsewhere:
        command = [sys.executable, "-c", _KILLED, str(tmp_path), disk, elsewhere]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def _taken(index: Path, told: multiprocessing.queues.Queue[int]) -> None:
    told.put(len(migrate(index, StateFolder.beside(index))))


def test_of_several_processes_at_once_one_moves(tmp_path: Path) -> None:
    index = older(tmp_path / "index")
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    processes = [context.Process(target=_taken, args=(index, told)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(told.get() for _ in processes) == [0, 0, 1]
    assert held(StateFolder.beside(index).path) == LEFT


def test_an_index_that_cannot_be_written_is_copied_from_once_and_nobody_is_forgotten(
    shared: Path, as_another: Elsewhere
) -> None:
    readable(older(shared / "index"), writable=False)
    (shared / "state").mkdir()
    (shared / "state").chmod(0o777)
    told = as_another(
        "become()\n"
        "state = StateFolder(folder / 'state')\n"
        "print(*migrate(folder / 'index', state), sep='|')\n"
        "state.accounts.write_text('changed since')\n"
        "state.feedback.write_text('said since')\n"
        "print(*migrate(folder / 'index', state), sep='|')\n"
        "print(state.accounts.read_text(), state.feedback.read_text())\n"
    )
    assert told[0].startswith("Copied from")
    assert told[1:] == ["", "changed since said since"]
    assert held(shared / "index") == LEFT


def test_accounts_that_cannot_be_moved_let_nobody_in(shared: Path, as_another: Elsewhere) -> None:
    older(shared / "index")
    readable(shared, writable=False)
    code = (
        "become()\n"
        "try: print(migrate(folder / 'index', StateFolder.beside(folder / 'index')))\n"
        "except CitewellError as error: print(type(error).__name__, error)\n"
    )
    (told,) = as_another(code)
    assert told.startswith("AccountsError")
    assert "the chat needs them to start" in told
    assert "--state DIR" in told
    shared.chmod(0o755)
    for name in LEFT:
        if name.startswith("accounts"):
            (shared / "index" / name).unlink()
    readable(shared, writable=False)
    (told,) = as_another(code)
    assert "are not used" in told
