"""Several web servers without state of their own: what is done at one counts at the other, because they share a database."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from citewell import Settings, build
from citewell.index.opening import open_index
from citewell.state.folder import StateFolder
from citewell.state.opening import open_state
from tests.support.accounts import OTHER, PHRASE
from tests.support.commands import Served, citewell
from tests.support.indexes import write_small_corpus
from tests.support.judging import SET
from tests.support.postgres import cluster, database, needed
from tests.support.waiting import until

QUESTION = "What do otters eat?"
RATE = 6

pytestmark = pytest.mark.usefixtures("encoder", "calibrated_by_few")


class Site:
    """Two web servers that share a database, in a folder of their own.

    Args:
        address: The database.
        folder: An empty folder.
    """

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder
        self.urls: list[str] = []
        self.logs: list[Served] = []

    def prepare(self) -> None:
        """Build the index, and add a maintainer and a reader."""
        corpus = write_small_corpus(self.folder / "corpus")
        (self.folder / "small.questions.yaml").write_text(SET, encoding="utf-8")
        index = open_index(self.address)
        try:
            build(corpus, index, Settings(model="english"))
        finally:
            index.close()
        for name, role in (("ada", "maintainer"), ("bob", "reader")):
            self.run("user", "add", name, "--role", role, "--password-stdin", typed=PHRASE)

    def run(self, *arguments: str, typed: str | None = None) -> str:
        """Run a command on the database; return what it prints."""
        done = citewell(*arguments, "--index", self.address, cwd=self.folder, typed=typed)
        assert done.returncode == 0, done.stderr
        assert self._password not in done.stdout + done.stderr
        return done.stdout

    @property
    def _password(self) -> str:
        return self.address.partition("citewell:")[2].partition("@")[0]

    @contextmanager
    def serving(self, *options: str) -> Iterator[tuple[str, str]]:
        """Run both servers while the block runs; what they log has no password."""
        with ExitStack() as running:
            served = [
                Served(self.address, "--questions", "small.questions.yaml", *options, cwd=self.folder) for _ in range(2)
            ]
            first, second = (running.enter_context(each) for each in served)
            yield first, second
            assert not any(self._password in each.log for each in served)


@pytest.fixture(scope="module")
def site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A database with an index, a maintainer ada and a reader bob."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch, database(postgres, secrets.token_hex(8)) as address:
        patch.chdir(folder)
        made = Site(address, folder)
        made.prepare()
        yield made


@pytest.fixture(scope="module")
def servers(site: Site) -> Iterator[tuple[str, str]]:
    with site.serving() as urls:
        yield urls


def visitor() -> httpx.Client:
    """A browser, which has one cookie for both: they have the same name."""
    return httpx.Client(timeout=60)


def sign_in(client: httpx.Client, url: str, name: str = "ada", password: str = PHRASE) -> httpx.Response:
    return client.post(f"{url}sign-in", data={"name": name, "password": password})


def ask(client: httpx.Client, url: str, **headers: str) -> httpx.Response:
    return client.post(f"{url}api/ask", json={"question": QUESTION}, headers=headers)


def call(client: httpx.Client, url: str, function: str, wanted: dict[str, Any]) -> Any:
    """Call a function of the page as its script does."""
    component = re.search(r'"id":(\d+),"type":"html"', client.get(url).text)
    assert component
    body = {"data": wanted, "component_id": int(component[1]), "fn_name": function, "session_hash": "s"}
    reply = client.post(f"{url}gradio_api/component_server/", json=body)
    assert reply.is_success, reply.text
    return reply.json()


@pytest.mark.promise("secrets")
def test_who_signs_in_at_one_asks_at_the_other_and_signs_out_at_both(servers: tuple[str, str]) -> None:
    one, other = servers
    with visitor() as ada:
        assert ask(ada, other).status_code == 401
        assert sign_in(ada, one).status_code == 303
        assert [ask(ada, url).json()["answered"] for url in servers] == [True, True]
        copied = dict(ada.cookies)
        ada.post(f"{other}sign-out")
        assert len(copied) == 1
        for url in servers:
            assert httpx.get(f"{url}session", cookies=copied).status_code == 401


@pytest.mark.promise("closed-by-default")
def test_what_is_changed_of_an_account_counts_at_both_at_once(site: Site, servers: tuple[str, str]) -> None:
    one, other = servers
    site.run("user", "add", "eve", "--role", "reader", "--password-stdin", typed=PHRASE)
    token = site.run("user", "token", "eve").strip()
    by_token = {"Authorization": f"Bearer {token}"}
    with visitor() as eve, visitor() as program:
        assert sign_in(eve, one, "eve").status_code == 303
        assert [ask(eve, url).status_code for url in servers] == [200, 200]
        assert [ask(program, url, **by_token).status_code for url in servers] == [200, 200]
        site.run("user", "password", "eve", "--password-stdin", typed=OTHER)
        assert [ask(eve, url).status_code for url in servers] == [401, 401]
        assert [ask(program, url, **by_token).status_code for url in servers] == [401, 401]
        assert sign_in(eve, other, "eve", OTHER).status_code == 303
        assert ask(eve, one).status_code == 200
        site.run("user", "remove", "eve")
        assert [ask(eve, url).status_code for url in servers] == [401, 401]


def test_feedback_given_at_one_is_reviewed_at_the_other_and_exported(site: Site, servers: tuple[str, str]) -> None:
    one, other = servers
    with visitor() as bob, visitor() as ada:
        sign_in(bob, one, "bob")
        sign_in(ada, other)
        shown = re.search(r'data-shown=\\?"([^"\\]+)', json.dumps(call(bob, one, "ask", {"question": QUESTION})))
        assert shown
        said = {"asked": {"question": QUESTION}, "answer": "a" * 16, "shown": shown[1], "verdict": "right passage"}
        call(bob, one, "say", said | {"rank": 1})
        assert QUESTION in json.dumps(call(ada, other, "judge", {"action": "feedback"}))
        # From the other server, the reader replaces what was said at the first.
        call(bob, other, "say", said | {"rank": 1})
    exported = site.folder / "from-feedback.yaml"
    done = citewell(
        "questions", "from-feedback", exported.name, "--index", site.address, cwd=site.folder, typed="1\n" * 3
    )
    assert done.returncode == 0, done.stderr
    assert exported.read_text(encoding="utf-8").count("question:") == 1
    assert QUESTION in exported.read_text(encoding="utf-8")


def test_runs_of_one_are_seen_at_the_other_and_those_of_a_command_at_both(site: Site, servers: tuple[str, str]) -> None:
    one, other = servers
    site.run("evaluate", "small.questions.yaml", "--keep")
    state = open_state(site.address, StateFolder(site.folder / "unused"))
    with visitor() as ada:
        sign_in(ada, one)
        call(ada, one, "judge", {"action": "run", "set": "small.questions.yaml"})
        until(lambda: len(state.runs.heads()) == 2)
        for url in (one, other):
            page = json.dumps(call(ada, url, "judge", {"action": "runs"}))
            assert all(name in page for name in state.runs.heads())
        name = max(state.runs.heads())
        assert "small" in json.dumps(call(ada, other, "judge", {"action": "result", "run": name}))
    state.close()
    assert not (site.folder / "unused").exists()


@pytest.mark.promise("limits")
def test_what_is_asked_at_one_counts_at_the_other(site: Site) -> None:
    site.run("user", "add", "max", "--role", "reader", "--password-stdin", typed=PHRASE)
    with site.serving("--rate", str(RATE)) as (one, other), visitor() as reader:
        sign_in(reader, one, "max")
        told = [ask(reader, url).status_code for url in (one, other) * (RATE // 2)]
        assert told == [200] * RATE
        refused = [ask(reader, url) for url in (one, other)]
        assert [each.status_code for each in refused] == [429, 429]
        assert all(0 < int(each.headers["retry-after"]) <= 60 for each in refused)
        # Wrong passwords of one name and address: ten at both together.
        wrong = [sign_in(reader, url, "ada", OTHER).status_code for url in (one, other) * 5]
        assert wrong == [401] * 10
        assert [sign_in(reader, url).status_code for url in (one, other)] == [429, 429]


@pytest.mark.long
@pytest.mark.promise("nothing-lost")
def test_a_primary_that_is_killed_ends_no_session_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there is none, who is signed in goes on asking; what has to be written waits for the next one."""
    needed()
    monkeypatch.chdir(tmp_path)
    with cluster() as running:
        site = Site(running.address, tmp_path)
        site.prepare()
        with site.serving("--rate", "1000") as (one, other), visitor() as ada:
            sign_in(ada, one)
            assert [ask(ada, url).status_code for url in (one, other)] == [200, 200]
            first, second, _ = running.servers
            first.kill()
            for url in (one, other) * 3:
                assert ask(ada, url).status_code == 200
            refused = citewell("user", "remove", "bob", "--index", site.address, cwd=tmp_path)
            assert refused.returncode == 1
            assert "start the primary, or promote a standby" in refused.stderr
            assert first.password not in refused.stderr
            assert ada.post(f"{one}sign-out").status_code == 503
            assert sign_in(ada, one).status_code == 303
            second.promote()
            time.sleep(1.1)  # So long, a primary that was away is not tried again.
            assert [ask(ada, url).status_code for url in (one, other)] == [200, 200]
            site.run("user", "remove", "bob")
            with visitor() as bob:
                assert sign_in(bob, other, "bob").status_code == 401
            ada.post(f"{other}sign-out")
            assert ask(ada, one).status_code == 401
            assert site.run("user", "list") == "ada\tmaintainer\n"
