"""Accounts that are lost: nobody gets access because of what is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from citewell.cli.options import state_of
from citewell.cli.users import accounts_of
from citewell.errors import AccountsError
from citewell.state.files.state import FileState
from citewell.state.folder import StateFolder
from citewell.web.auth.accounts import AccountStore
from tests.support.accounts import PHRASE, QUICK
from tests.support.commands import citewell
from tests.support.strangers import Elsewhere, readable


@pytest.mark.parametrize("left", ["accounts.key", "accounts.json.lock", "accounts.sessions"])
@pytest.mark.parametrize("where", ["state", "index"])
def test_accounts_that_are_lost_open_nothing(tmp_path: Path, left: str, where: str) -> None:
    index = tmp_path / "index"
    folder = StateFolder.beside(index)
    folder.create()
    index.mkdir()
    if (where, left) == ("index", "accounts.sessions"):
        pytest.skip("older versions had none")
    (index if where == "index" else folder.path).joinpath(left).write_text("a" * 64, encoding="ascii")
    with pytest.raises(AccountsError, match="are lost") as refused:
        accounts_of(index, FileState(state_of(index, None)), None)
    hint, command = refused.value.hint or "", refused.value.command
    assert "restore a copy" in hint
    assert f"citewell user add NAME --role maintainer --state {folder.path}" == command
    rm = hint.partition("from now on: ")[2]
    subprocess.run(rm[rm.index("rm ") :], shell=True, check=True)  # noqa: S602 - what people are told to do
    assert accounts_of(index, FileState(state_of(index, None)), None) is None


@pytest.mark.promise("closed-by-default")
def test_a_server_that_had_accounts_does_not_start_without_them(bundled_index: Path, tmp_path: Path) -> None:
    bundled_index, state = Path(shutil.copytree(bundled_index, tmp_path / "index")), tmp_path / "state"
    for arguments in (("add", "ada", "--role", "reader", "--password-stdin"), ("remove", "ada")):
        done = citewell("user", *arguments, "--index", bundled_index, "--state", state, typed=PHRASE)
        assert done.returncode == 0, done.stderr
    chat = ("chat", "--index", bundled_index, "--port", "7996")
    (state / "accounts.json").unlink()
    refused = citewell(*chat, "--state", state)
    assert (refused.returncode, "access is denied without them" in refused.stderr) == (1, True)
    missing = citewell(*chat, "--state", tmp_path / "stat")
    assert (missing.returncode, f"mkdir -p {tmp_path / 'stat'}" in missing.stderr) == (2, True)
    assert not (tmp_path / "stat").exists()


@pytest.mark.promise("closed-by-default")
def test_a_folder_that_is_named_by_mistake_opens_nothing(tmp_path: Path) -> None:
    index, other = tmp_path / "index", tmp_path / "other"
    AccountStore(StateFolder.beside(index).accounts, QUICK).add("ada", "reader", PHRASE)
    other.mkdir()
    with pytest.raises(AccountsError, match=r"not in .*other"):
        accounts_of(index, FileState(state_of(index, other)), None)
    assert accounts_of(index, FileState(state_of(index, None)), None) is not None


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
    assert f"fix: citewell chat --state {old}" in refused.stderr
    assert accounts_of(docs, FileState(StateFolder(old)), None) is not None
    old.rename(tmp_path / "docs-state")
    assert accounts_of(docs, FileState(state_of(docs, None)), None) is not None
    assert StateFolder.recorded(docs).path == tmp_path / "docs-state"  # type: ignore[union-attr]
    docs.rename(index)
    with pytest.raises(AccountsError, match=r"rm .*STATE"):
        accounts_of(index, FileState(state_of(index, None)), None)
    (index / "STATE").unlink()
    assert accounts_of(index, FileState(state_of(index, None)), None) is None


def test_an_index_that_cannot_be_written_is_not_noted_in(shared: Path, as_another: Elsewhere) -> None:
    (shared / "index").mkdir()
    readable(shared, writable=False)
    code = "become()\nStateFolder(folder / 'state').record(folder / 'index')\nprint(StateFolder.recorded(folder / 'index'))\n"
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
