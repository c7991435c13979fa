"""User data: where it is stored, readable by its owner only."""

from __future__ import annotations

import io
import os
import shutil
import stat
from pathlib import Path

import pytest

from citewell import IndexFolder, Settings, build
from citewell.cli.options import state_of
from citewell.corpus.curating import Curator
from citewell.encoder.encoding import Encoder
from citewell.errors import StateError, UsageError
from citewell.evaluation.questions.feedback import FeedbackStore
from citewell.state.folder import ENDING, LOCK, MARK, StateFolder
from citewell.state.migration import migrate
from tests.support.accounts import PHRASE
from tests.support.commands import citewell
from tests.support.older_index import LEFT, older
from tests.support.strangers import Elsewhere, readable


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
        with pytest.raises(UsageError, match="must not contain, or be inside, the index"):
            state_of(tmp_path / "index", state, create=True)


@pytest.mark.promise("nothing-lost")
def test_removing_the_index_to_make_it_again_loses_nothing_of_the_user_data(corpus: Path, tmp_path: Path) -> None:
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
        migrate(tmp_path / "index", state)
        state.feedback.unlink()
        assert FeedbackStore(state.path).withdraw("x" * 16) is False
        Curator(corpus, tmp_path / "index", state).put("moon.txt", io.BytesIO(b"A moon."), replace=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o700
    files = [file for file in state.path.rglob("*") if file.is_file()]
    assert len(files) > len(LEFT)
    assert {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in files if file.stat().st_mode & 0o077} == {}


def test_where_the_folder_cannot_be_written_feedback_says_what_to_do(shared: Path, as_another: Elsewhere) -> None:
    readable(shared, writable=False)
    (told,) = as_another(
        "from citewell.evaluation.questions.feedback import Feedback\n"
        "become()\n"
        "said = Feedback(question='Who?', history=(), snapshot='one', verdict='helpful', passages=())\n"
        "try: FeedbackStore(folder / 'state').add(said)\n"
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
        "    with Server(assistant, host='127.0.0.1', port=0, state=FileState(StateFolder(state))) as server:\n"
        "        asked = {'question': 'joint curriculum development'}\n"
        "        print(httpx.post(server.url + 'api/ask', json=asked, timeout=60).json()['answered'])\n"
        "    try: StateFolder(state).create(); print('kept')\n"
        "    except CitewellError as error: print(error.fix)\n"
    )
    (shared / "state").mkdir()
    (shared / "state").chmod(0o777)
    assert as_another(code) == ["True", "kept", "True", "choose a writable folder with --state DIR"]


def test_a_build_takes_nothing_of_the_user_data_for_a_document(corpus: Path, encoder: Encoder) -> None:
    assert encoder.card.dimension
    index = IndexFolder(corpus / "index")
    for state in (StateFolder.beside(index.path), StateFolder(corpus / "animals" / "kept")):
        curator = Curator(corpus, index.path, state)
        curator.put("wren.md", io.BytesIO(b"# Wren\n\nA wren is small.\n"))
        assert curator.remove("wren.md").suffix == ".md"
        with pytest.raises(UsageError, match="inside the state folder"):
            curator.put(f"{state.path.relative_to(corpus).as_posix()}/x.md", io.BytesIO(b"# X\n\nA wren.\n"))
    report = build(corpus, index, Settings())
    assert (report.added, report.skipped) == (3, ())
    assert [each.path for each in index.open().catalogue.documents()] == [
        "animals/bees.txt",
        "animals/otters.md",
        "moon.txt",
    ]


def test_a_corpus_is_not_where_people_write(corpus: Path, tmp_path: Path) -> None:
    StateFolder(corpus).create()
    with pytest.raises(UsageError, match=f"move everything that is not corpus there, {MARK} too"):
        build(corpus, IndexFolder(tmp_path / "index"), Settings())


def test_a_place_that_cannot_be_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="cannot be written"):
        StateFolder(tmp_path / "file").create()
    assert ENDING == "-state"
    assert LOCK.startswith(MARK)


def test_cleaning_up_keeps_user_data() -> None:
    makefile = Path(__file__).parents[2].joinpath("Makefile").read_text(encoding="utf-8")
    removed = next(line for line in makefile.partition("\nclean:")[2].splitlines() if "rm -rf" in line).split()
    assert "index" in removed
    assert not [name for name in removed if "state" in name]
