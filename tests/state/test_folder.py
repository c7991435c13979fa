"""What people wrote: where it is kept, for its owner alone, how it gets there, and what is refused where it is lost."""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.cli.options import state_of
from citewell.cli.users import accounts_of
from citewell.corpus.curating import Curator
from citewell.encoder.encoding import Encoder
from citewell.errors import AccountsError, StateError, UsageError
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import ENDING, LOCK, MARK, StateFolder
from citewell.state.taking_over import take_over
from citewell.web.auth.accounts import AccountStore
from tests.conftest import ROOT, citewell
from tests.state.left import LEFT, held, older
from tests.web.auth.test_accounts import PHRASE, QUICK

# Where it is


@pytest.mark.parametrize(
    ("named", "where"),
    [
        ("index", "a/index-state"),
        ("index/", "a/index-state"),
        (".", "a-state"),
        ("../b/x.y", "b/x.y-state"),
        ("link", "c/i-state"),
    ],
)
def test_it_is_beside_the_index_however_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, where: str
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "c" / "i").mkdir(parents=True)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "c" / "i")
    monkeypatch.chdir(tmp_path / "a")
    assert StateFolder.beside(Path(named)).path == (tmp_path / where).resolve()


def test_beside_a_root_there_is_nothing() -> None:
    with pytest.raises(UsageError, match="--state DIR"):
        StateFolder.beside(Path("/"))


def test_it_is_not_in_the_index_nor_around_it(tmp_path: Path) -> None:
    for state in (tmp_path / "index", tmp_path / "index" / "state", tmp_path):
        with pytest.raises(UsageError, match="around or inside the index"):
            state_of(tmp_path / "index", state, make=True)


@pytest.mark.promise("nothing-lost")
def test_removing_the_index_to_make_it_anew_loses_nothing_that_people_wrote(corpus: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    citewell("user", "add", "ada", "--role", "reader", "--password-stdin", "--index", index, typed=PHRASE)
    assert not index.exists()
    Curator(corpus, index, StateFolder.beside(index)).remove("moon.txt")
    before = {file.name for file in StateFolder.beside(index).path.rglob("*")}
    assert {"accounts.json", "moon.txt"} < before
    build(corpus, IndexFolder(index), Settings())
    shutil.rmtree(index)
    assert {file.name for file in StateFolder.beside(index).path.rglob("*")} == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
@pytest.mark.promise("secrets")
def test_it_is_its_owners_alone_whatever_the_mask(corpus: Path, tmp_path: Path, mask: int) -> None:
    older(tmp_path / "index")
    for file in (tmp_path / "index").rglob("*"):
        file.chmod(0o777 if file.is_dir() else 0o666)
    state = StateFolder.beside(tmp_path / "index")
    before = os.umask(mask)
    try:
        take_over(tmp_path / "index", state)
        state.feedback.unlink()
        assert FeedbackStore(state.path).withdraw("x" * 16) is False
        Curator(corpus, tmp_path / "index", state).put("moon.txt", io.BytesIO(b"A moon."), replace=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o700
    files = [file for file in state.path.rglob("*") if file.is_file()]
    assert len(files) > len(LEFT)
    assert {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in files if file.stat().st_mode & 0o077} == {}


# What an older version left in the index


def test_what_was_left_in_the_index_is_moved_once_and_told(tmp_path: Path) -> None:
    index = older(tmp_path / "index")
    state = StateFolder.beside(index)
    (told,) = take_over(index, state)
    assert told.startswith(f"Moved from {index} to {state.path}: ")
    for what in ("accounts.json", "accounts.key", "feedback.sqlite", "runs (1 file)", "removed (2 files)"):
        assert what in told
    assert held(state.path) == LEFT
    assert sorted(each.name for each in index.iterdir()) == ["CURRENT", "snapshots"]
    assert take_over(index, state) == []


@pytest.mark.promise("nothing-lost")
def test_nothing_leaves_its_disk_unless_it_is_said_where_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, volumes = older(tmp_path / "index"), [tmp_path / "index"]
    monkeypatch.setattr(Path, "is_mount", lambda path: path in volumes)
    with pytest.raises(StateError, match=r"accounts\.json.*--state DIR"):
        state_of(index, None)
    assert held(index) == LEFT
    assert not StateFolder.beside(index).path.exists()
    (tmp_path / "empty").mkdir()
    volumes.append(tmp_path / "empty")
    assert state_of(tmp_path / "empty", None).path == tmp_path / "empty-state"
    # A volume of its own beside it is kept.
    StateFolder.beside(index).make()
    volumes.append(StateFolder.beside(index).path)
    assert held(state_of(index, None).path) == LEFT
    volumes.pop()
    assert state_of(index, None).path == StateFolder.beside(index).path
    older(index)
    assert held(state_of(index, tmp_path / "named", make=True).path) == LEFT


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
    state.make()
    state.accounts.write_text("others", encoding="utf-8")
    with pytest.raises(AccountsError, match="which of them counts is not guessed") as refused:
        take_over(index, state)
    assert str(state.accounts) in str(refused.value)
    assert str(index / "accounts.json") in str(refused.value)
    assert held(index) == LEFT
    state.accounts.unlink()
    state.feedback.write_text("other opinions", encoding="utf-8")
    run = state.runs / "one.jsonl"
    run.parent.mkdir()
    run.write_text("another", encoding="utf-8")
    told = take_over(index, state)
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
from citewell.state.taking_over import take_over
from tests.state.left import LEFT, held, older

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
        take_over(index, state)
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
    take_over(index, state)
    assert held(state.path) == LEFT, nth
    assert held(index) == {}, nth
    assert take_over(index, state) == []
    shutil.rmtree(folder)
    nth += 1
print(nth)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("disk", ["same", "across"])
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
    told.put(len(take_over(index, StateFolder.beside(index))))


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


# Rights; root has them all, so that it becomes somebody else for this

_BECOME = """
import os, sys
from pathlib import Path
from citewell.errors import CitewellError
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import StateFolder
from citewell.state.taking_over import take_over

def become():
    if os.geteuid() == 0:
        os.setgroups([])
        os.setegid(65534)
        os.seteuid(65534)

folder = Path(sys.argv[1])
"""
Elsewhere = Callable[[str], list[str]]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users may look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for file in Path(folder).rglob("*"):
            if file.is_dir():
                file.chmod(0o755)


@pytest.fixture
def as_another(shared: Path) -> Elsewhere:
    """Runs code as a user who is not root, and returns the lines that it prints."""
    if os.name != "posix":
        pytest.skip("Windows has other rights")

    def run(code: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", _BECOME + code, str(shared)], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def readable(folder: Path, *, writable: bool) -> Path:
    """Let everyone read a folder, and write it or not even its owner."""
    for file in (folder, *folder.rglob("*")):
        if file.is_dir():
            file.chmod(0o777 if writable else 0o555)
        else:
            file.chmod(0o666 if writable else 0o444)
    return folder


def test_an_index_that_cannot_be_written_is_copied_from_once_and_nobody_is_forgotten(
    shared: Path, as_another: Elsewhere
) -> None:
    readable(older(shared / "index"), writable=False)
    (shared / "state").mkdir()
    (shared / "state").chmod(0o777)
    told = as_another(
        "become()\n"
        "state = StateFolder(folder / 'state')\n"
        "print(*take_over(folder / 'index', state), sep='|')\n"
        "state.accounts.write_text('changed since')\n"
        "state.feedback.write_text('said since')\n"
        "print(*take_over(folder / 'index', state), sep='|')\n"
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
        "try: print(take_over(folder / 'index', StateFolder.beside(folder / 'index')))\n"
        "except CitewellError as error: print(type(error).__name__, error)\n"
    )
    (told,) = as_another(code)
    assert told.startswith("AccountsError")
    assert "nobody is let in without them" in told
    assert "--state DIR" in told
    shared.chmod(0o755)
    for name in LEFT:
        if name.startswith("accounts"):
            (shared / "index" / name).unlink()
    readable(shared, writable=False)
    (told,) = as_another(code)
    assert "is not used" in told


def test_where_the_folder_cannot_be_written_an_opinion_says_what_to_do(shared: Path, as_another: Elsewhere) -> None:
    readable(shared, writable=False)
    (told,) = as_another(
        "from citewell.evaluation.questions.feedback import Feedback\n"
        "become()\n"
        "try: FeedbackStore(folder / 'state').add(Feedback('Who?', (), 'one', 'helpful', ()))\n"
        "except CitewellError as error: print(type(error).__name__, error)\n"
    )
    assert told.startswith("FeedbackError")
    assert "--state DIR" in told


def test_an_index_that_cannot_be_written_is_asked_in_the_chat(
    bundled_index: Path, shared: Path, as_another: Elsewhere, encoder: Encoder
) -> None:
    assert encoder.card.dimension
    readable(Path(shutil.copytree(bundled_index, shared / "index")), writable=False)
    code = (
        "import httpx, threading\n"
        "from citewell import Assistant, IndexFolder\n"
        "from citewell.web import Server\n"
        "assistant = Assistant(IndexFolder(folder / 'index'))\n"
        "assistant.ask('joint curriculum development')\n"
        "with Server(assistant, host='127.0.0.1', port=0) as server: httpx.get(server.url)\n"
        "become()\n"
        "for state in (folder / 'state', folder / 'none'):\n"
        "    with Server(assistant, host='127.0.0.1', port=0, state=StateFolder(state)) as server:\n"
        "        asked = {'question': 'joint curriculum development'}\n"
        "        print(httpx.post(server.url + 'api/ask', json=asked, timeout=60).json()['answered'])\n"
        "    try: StateFolder(state).make(); print('kept')\n"
        "    except CitewellError as error: print(error.fix)\n"
    )
    (shared / "state").mkdir()
    (shared / "state").chmod(0o777)
    assert as_another(code) == ["True", "kept", "True", "name one that can with --state DIR"]


# No documents are there


def test_a_build_takes_nothing_that_people_wrote_for_a_document(corpus: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    index = IndexFolder(corpus / "index")
    for state in (StateFolder.beside(index.path), StateFolder(corpus / "animals" / "kept")):
        curator = Curator(corpus, index.path, state)
        curator.put("wren.md", io.BytesIO(b"# Wren\n\nA wren is small.\n"))
        assert curator.remove("wren.md").suffix == ".md"
        with pytest.raises(UsageError, match="inside what people wrote"):
            curator.put(f"{state.path.relative_to(corpus).as_posix()}/x.md", io.BytesIO(b"# X\n\nA wren.\n"))
    report = build(corpus, index, Settings())
    assert (report.added, report.skipped) == (3, ())
    assert [each.path for each in index.open().catalogue.documents()] == [
        "animals/bees.txt",
        "animals/otters.md",
        "moon.txt",
    ]


def test_a_corpus_is_not_where_people_write(corpus: Path, tmp_path: Path) -> None:
    StateFolder(corpus).make()
    with pytest.raises(UsageError, match=f"move what is not of the corpus there, {MARK} too"):
        build(corpus, IndexFolder(tmp_path / "index"), Settings())


# Nobody is let in by what is missing


@pytest.mark.parametrize("left", ["accounts.key", "accounts.json.lock", "accounts.sessions"])
@pytest.mark.parametrize("where", ["state", "index"])
def test_accounts_that_are_lost_open_nothing(tmp_path: Path, left: str, where: str) -> None:
    index = tmp_path / "index"
    folder = StateFolder.beside(index)
    folder.make()
    index.mkdir()
    if (where, left) == ("index", "accounts.sessions"):
        pytest.skip("older versions had none")
    (index if where == "index" else folder.path).joinpath(left).write_text("a" * 64, encoding="ascii")
    with pytest.raises(AccountsError, match="are lost") as refused:
        accounts_of(index, state_of(index, None), None)
    hint, command = refused.value.hint or "", refused.value.command
    assert "put back a copy" in hint
    assert f"citewell user add NAME --role maintainer --state {folder.path}" == command
    rm = hint.partition("from now on: ")[2]
    subprocess.run(rm[rm.index("rm ") :], shell=True, check=True)  # noqa: S602 - what people are told to do
    assert accounts_of(index, state_of(index, None), None) is None


@pytest.mark.promise("closed-by-default")
def test_a_server_that_had_accounts_does_not_start_without_them(bundled_index: Path, tmp_path: Path) -> None:
    bundled_index, state = Path(shutil.copytree(bundled_index, tmp_path / "index")), tmp_path / "state"
    for arguments in (("add", "ada", "--role", "reader", "--password-stdin"), ("remove", "ada")):
        done = citewell("user", *arguments, "--index", bundled_index, "--state", state, typed=PHRASE)
        assert done.returncode == 0, done.stderr
    chat = ("chat", "--index", bundled_index, "--port", "7996")
    (state / "accounts.json").unlink()
    refused = citewell(*chat, "--state", state)
    assert (refused.returncode, "nobody is let in without them" in refused.stderr) == (1, True)
    missing = citewell(*chat, "--state", tmp_path / "stat")
    assert (missing.returncode, f"mkdir -p {tmp_path / 'stat'}" in missing.stderr) == (2, True)
    assert not (tmp_path / "stat").exists()


@pytest.mark.promise("closed-by-default")
def test_a_folder_that_is_named_by_mistake_opens_nothing(tmp_path: Path) -> None:
    index, other = tmp_path / "index", tmp_path / "other"
    AccountStore(StateFolder.beside(index).accounts, QUICK).add("ada", "reader", PHRASE)
    other.mkdir()
    with pytest.raises(AccountsError, match=r"none in .*other"):
        accounts_of(index, state_of(index, other), None)
    assert accounts_of(index, state_of(index, None), None) is not None


@pytest.mark.promise("closed-by-default")
def test_an_index_by_another_name_has_its_accounts_still(bundled_index: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(bundled_index, tmp_path / "index"))
    added = citewell("user", "add", "ada", "--role", "reader", "--password-stdin", "--index", index, typed=PHRASE)
    assert added.returncode == 0, added.stderr
    assert citewell("check", "--index", index).returncode == 0
    old, docs = StateFolder.beside(index).path, tmp_path / "docs"
    index.rename(docs)
    refused = citewell("chat", "--index", docs, "--port", "7996")
    assert refused.returncode == 1
    assert f"--state {old}" in refused.stderr
    assert f"fix: mv {old} {tmp_path / 'docs-state'}" in refused.stderr
    assert accounts_of(docs, StateFolder(old), None) is not None
    old.rename(tmp_path / "docs-state")
    assert accounts_of(docs, state_of(docs, None), None) is not None
    assert StateFolder.noted(docs).path == tmp_path / "docs-state"  # type: ignore[union-attr]
    docs.rename(index)
    with pytest.raises(AccountsError, match=r"rm .*STATE"):
        accounts_of(index, state_of(index, None), None)
    (index / "STATE").unlink()
    assert accounts_of(index, state_of(index, None), None) is None


def test_an_index_that_cannot_be_written_is_not_noted_in(shared: Path, as_another: Elsewhere) -> None:
    (shared / "index").mkdir()
    readable(shared, writable=False)
    code = (
        "become()\nStateFolder(folder / 'state').note(folder / 'index')\nprint(StateFolder.noted(folder / 'index'))\n"
    )
    assert as_another(code) == ["None"]


def test_a_command_that_fails_leaves_nothing_that_looks_like_lost_accounts(tmp_path: Path) -> None:
    for command in (("remove", "ada"), ("role", "ada", "reader"), ("token", "ada"), ("list",)):
        assert citewell("user", *command, "--index", tmp_path / "index").returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_accounts_in_the_index_are_not_named(tmp_path: Path) -> None:
    done = citewell(
        *("user", "add", "ada", "--role", "reader", "--password-stdin", "--index", tmp_path / "index"),
        *("--accounts", tmp_path / "index" / "accounts.json"),
        typed=PHRASE,
    )
    assert (done.returncode, "is in the index" in done.stderr) == (2, True)


def test_a_place_that_cannot_be_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="cannot be written"):
        StateFolder(tmp_path / "file").make()
    assert ENDING == "-state"
    assert LOCK.startswith(MARK)
