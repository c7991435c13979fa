"""Commands and servers that are killed at a random moment, and what is left of the index, the corpus and user data."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from citewell import IndexFolder
from tests.faults import known
from tests.faults.known import KnownDocument
from tests.faults.outcome import Outcome, draw_of, hidden, kind_of, mended_by, state_folders
from tests.support.processes import Chat, Command, Prepared

KINDS = (
    *("rebuild",) * 3,
    "first build",
    "rollback",
    *("upload",) * 2,
    "account",
    "opinion",
)
# Kills before a build may come to its end, so that some find what another has left.
IN_A_ROW = 3
_SUBJECTS = known.SUBJECTS[:4]
_OPINION_SECONDS = 0.3
_DAMAGED, _BYTES = 0.3, 40
_PHRASE = "seven quiet lanterns over the harbour"
_OPEN = ("CURRENT", "LOCK", "segments", "snapshots")


class Kills:
    """Kills, some in a row in each step, then a build that comes to its end.

    Args:
        prepared: Who starts commands.
        folder: Where the corpus and the index are.
        seed: What is drawn by.
    """

    def __init__(self, prepared: Prepared, folder: Path, seed: int) -> None:
        self._prepared = prepared
        self._seed = seed
        self._work, self._kept = folder / "work", folder / "kept"
        self._corpus, self._index = self._work / "corpus", self._work / "index"
        self._unfinished = IndexFolder(self._index).unfinished
        self._corpus.mkdir(parents=True)
        self._states: dict[str, dict[str, KnownDocument]] = {}
        self._lengths: dict[str, float] = {}
        self._versions: dict[str, int] = {}
        self._accounts = {"ada"}
        self._opinions = 0
        self._before = self._make()
        self._reader = Chat(prepared, self._index, "--rate", "0")
        self._reader.__enter__()

    def close(self) -> None:
        """End the server."""
        self._reader.end()

    def step(self, number: int) -> Outcome:
        """Kill some commands, then build, and look at what there is after each."""
        self._restore()
        outcome = Outcome()
        for nth in range(number * IN_A_ROW, (number + 1) * IN_A_ROW):
            kind = kind_of(KINDS, self._seed, nth)
            draw = draw_of(self._seed, "kills", nth)
            outcome.tried[kind] += 1
            outcome.wrong += [f"killed in {kind}: {fault}" for fault in self._kill(kind, draw, outcome)]
        outcome.wrong += [f"after the next build: {fault}" for fault in self._finish()]
        return outcome

    def _make(self) -> dict[str, int]:
        """Make what every step begins with: an index with two snapshots, an account, and an opinion."""
        for version in (1, 2):
            self._versions = dict.fromkeys(_SUBJECTS[:3], version)
            self._build()
        began = time.monotonic()
        added = self._prepared.run(
            "user",
            "add",
            "ada",
            "--role",
            "maintainer",
            "--password-stdin",
            "--index",
            self._index,
            typed=f"{_PHRASE}\n",
        )
        self._lengths["account"] = time.monotonic() - began
        token = self._prepared.run("user", "token", "ada", "--index", self._index)
        began = time.monotonic()
        for _ in range(2):
            self._prepared.run("rollback", "--index", self._index)
        self._lengths["rollback"] = (time.monotonic() - began) / 2
        # Of what servers do, the lengths are found as it goes.
        self._lengths |= {"upload": self._lengths["rebuild"], "opinion": _OPINION_SECONDS}
        if added.status or token.status:
            raise RuntimeError(f"no account: {added.messages} {token.messages}")
        self._token = f"Bearer {token.output.strip()}"
        shutil.copytree(self._work, self._kept)
        return dict(self._versions)

    def _restore(self) -> None:
        shutil.rmtree(self._work)
        shutil.copytree(self._kept, self._work)
        # The server tells by the time of the pointer that another index has taken the place of the one before.
        os.utime(self._index / "CURRENT")
        self._versions = dict(self._before)
        self._accounts = {"ada"}
        self._opinions = 0

    def _build(self) -> Command:
        known.write(self._known(), self._corpus)
        began = time.monotonic()
        command = self._prepared.run("index", "--corpus", self._corpus, "--index", self._index, "--json")
        if command.status == 0:
            report = command.lines()[0]
            self._states[report["snapshot"]] = self._known()
            if not report["up_to_date"]:
                self._lengths["rebuild"] = max(time.monotonic() - began, 0.8 * self._lengths.get("rebuild", 0.0))
        return command

    def _known(self) -> dict[str, KnownDocument]:
        return known.corpus(self._versions, known.SHORT)

    def _current(self) -> str | None:
        pointer = self._index / "CURRENT"
        return pointer.read_text().strip() if pointer.is_file() else None

    def _names(self) -> set[str]:
        folder = self._index / "snapshots"
        return {each.name for each in folder.iterdir() if not each.name.startswith(".")} if folder.is_dir() else set()

    def _kill(self, kind: str, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        """Kill one command, and yield what is wrong then."""
        if kind == "first build":
            for name in _OPEN:
                place = self._index / name
                shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        before, names = self._current(), self._names()
        yield from getattr(self, f"_kill_{kind.replace(' ', '_')}")(draw, outcome)
        for orphan in self._prepared.orphans():
            yield f"a process is left over: {orphan}"
        after = self._current()
        outcome.seen["the snapshot after is in use" if after != before else "the snapshot before is in use"] += 1
        if after not in self._states and after is not None:
            self._states[after] = self._known()
        if before is not None and after is None:
            yield "there is no snapshot in use any more"
        kept = {before, after} - {None}
        if kept - self._names():
            yield f"a snapshot is lost: {kept - self._names()}"
        if kind == "rollback" and names - self._names():
            yield f"a snapshot is lost: {names - self._names()}"
        yield from self._look()

    def _kill_rebuild(self, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        """Kill a build, which may go on with what one before it has kept: of other files, or read with other settings."""
        self._change(draw)
        known.write(self._known(), self._corpus)
        settings = self._work / "citewell.toml"
        settings.write_text(f"[reading]\nocr_pages = {draw.choice((100, 7))}\n", encoding="utf-8")
        found = self._unfinished.exists()
        arguments = ("--settings", settings, "index", "--corpus", self._corpus, "--index", self._index, "--json")
        yield from self._killed("rebuild", draw, outcome, *arguments)
        outcome.seen["a build began with what another had kept"] += found
        # Now and then, what is kept is damaged.
        if self._unfinished.exists() and draw.random() < _DAMAGED:
            content = bytearray(self._unfinished.read_bytes())
            for _ in range(_BYTES):
                content[draw.randrange(len(content))] ^= 1 + draw.randrange(255)
            self._unfinished.write_bytes(content)
            outcome.seen["what a build had kept is damaged"] += 1

    _kill_first_build = _kill_rebuild

    def _kill_rollback(self, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        alone = len(self._names()) < 2
        for fault in self._killed("rollback", draw, outcome, "rollback", "--index", self._index):
            # Where there is nothing to go back to, that is said.
            if not (alone and ("there is no index in" in fault or "no previous snapshot" in fault)):
                yield fault

    def _kill_account(self, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        name = f"reader{len(self._accounts)}"
        add = ("user", "add", name, "--role", "reader", "--password-stdin", "--index", self._index)
        yield from self._killed("account", draw, outcome, *add, typed=f"{_PHRASE}\n")
        listed = self._prepared.run("user", "list", "--json", "--index", self._index)
        found = {each["name"] for each in listed.lines()} if listed.status == 0 else set()
        if not self._accounts <= found <= self._accounts | {name}:
            yield f"the accounts are {found or listed.messages}"
        self._accounts = found

    def _kill_upload(self, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        """Kill a server while a document is put in, whether new or in another's place, and while the index is rebuilt."""
        subject = draw.choice(_SUBJECTS)
        old = self._versions.get(subject)
        put = known.document(subject, (old or 0) + 10, known.SHORT)
        self._versions[subject] = (old or 0) + 10

        def work(server: Chat) -> None:
            path = f"/api/documents/{put.path}?replace=true"
            server.call("PUT", path, put.text.encode(), Authorization=self._token)
            asked = server.page("maintain", {"action": "again"}, Authorization=self._token)
            while asked.status == 200 and "citewell index" not in asked.text and self._current() == before:
                time.sleep(0.1)
                asked = server.page("maintain", {"action": "progress"}, Authorization=self._token)

        before = self._current()
        yield from self._killed_serving("upload", draw, outcome, work)
        file = self._corpus / put.path
        found = file.read_bytes().decode() if file.is_file() else None
        if found != put.text:
            if found != (known.document(subject, old, known.SHORT).text if old else None):
                yield f"{put.path} is half-written"
            self._versions = {**self._versions, subject: old} if old else {**self._versions}
            if not old:
                del self._versions[subject]
        elif old and not self._keeps(known.document(subject, old, known.SHORT)):
            yield f"{put.path} was replaced, and what it said before is lost"

    def _kill_opinion(self, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        """Kill a server while it keeps what a reader says."""
        asked = {"question": known.question(_SUBJECTS[0])}

        def work(server: Chat) -> None:
            shown = server.page("ask", asked, Authorization=self._token).json() or ""
            key = shown.partition('data-shown="')[2].partition('"')[0]
            said = {"asked": asked, "answer": f"{draw.getrandbits(80):020x}", "shown": key, "verdict": "helpful"}
            server.page("say", said, Authorization=self._token)

        yield from self._killed_serving("opinion", draw, outcome, work)
        for folder in state_folders(self._index):
            if (file := folder / "feedback.sqlite").is_file():
                with closing(sqlite3.connect(file)) as connection:
                    if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                        yield f"{file} is damaged"
                    tables = [
                        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                    ]
                    count = connection.execute("SELECT count(*) FROM feedback").fetchone()[0] if tables else 0
                if not self._opinions <= count <= self._opinions + 1:
                    yield f"there are {count} opinions; there were {self._opinions}"
                self._opinions = count

    def _killed(
        self, kind: str, draw: random.Random, outcome: Outcome, *arguments: str | Path, typed: str = ""
    ) -> Iterator[str]:
        """Start a command and kill it at a moment of the time that it takes."""
        command = self._prepared.start(*arguments, typed=typed, keeps_at_once=True)
        # When it is killed is what is tried.
        time.sleep(draw.uniform(0, 1.05) * self._lengths[kind])
        command.end(signal.SIGKILL)
        outcome.seen["killed" if command.status == -signal.SIGKILL else "ended before it was killed"] += 1
        if command.status not in {0, -signal.SIGKILL}:
            yield f"it ended with {command.status}: {command.messages[-300:]}"

    def _killed_serving(self, kind: str, draw: random.Random, outcome: Outcome, work: object) -> Iterator[str]:
        """Start a server, and kill it at a moment of the time that some work takes."""
        assert callable(work)
        # In the folder of the corpus: without an index, what is put in goes to the one that is there.
        server = Chat(self._prepared, self._index, "--rate", "0", folder=str(self._work))
        if not server.started():
            if self._current() is not None or "citewell index" not in server.command.messages:
                yield f"the server did not start: {server.command.messages[-300:]}"
            outcome.seen["no server without an index"] += 1
            return
        began = time.monotonic()
        moment = draw.uniform(0, 1.05) * self._lengths[kind]
        killer = threading.Timer(moment, os.kill, (server.command.number, signal.SIGKILL))
        killer.start()
        work(server)
        took = time.monotonic() - began
        # One that is killed says nothing of how long it would have taken, but that it was not less.
        self._lengths[kind] = took if took < moment else 1.02 * self._lengths[kind]
        killer.join()
        server.end(signal.SIGKILL)
        outcome.seen["killed" if server.command.status == -signal.SIGKILL else "ended before it was killed"] += 1

    def _change(self, draw: random.Random) -> None:
        """Change, add or remove documents."""
        for subject in draw.sample(_SUBJECTS, 2):
            way = draw.random()
            if subject not in self._versions or way < 0.75:
                self._versions[subject] = self._versions.get(subject, 0) + 1
            elif len(self._versions) > 2:
                del self._versions[subject]

    def _keeps(self, document: KnownDocument) -> bool:
        content = document.text.encode()
        return any(
            file.read_bytes() == content
            for folder in state_folders(self._index)
            for file in (folder / "removed").rglob("*")
            if file.is_file()
        )

    def _look(self) -> Iterator[str]:
        """Yield what is wrong with the index as it is: its checks, and what a server and a command quote from it."""
        current = self._current()
        checked = self._prepared.run("check", "--index", self._index, "--json")
        failed = [each for each in checked.lines() if not each["passed"]]
        if current is None:
            if not failed or not mended_by(failed[0]):
                yield f"without an index, 'citewell check' says {checked.output} {checked.messages[-300:]}"
        elif failed or checked.status:
            yield f"'citewell check' finds {failed} {checked.messages[-300:]}"
        for subject in _SUBJECTS[:2]:
            said = self._reader.call(
                "POST", "/api/ask", {"question": known.question(subject)}, Authorization=self._token
            )
            answer = said.json()
            if said.status == 200 and current is not None:
                if answer["snapshot"] != current:
                    yield f"the server quotes from {answer['snapshot']}, and {current} is in use"
                yield from known.answer_faults(answer, self._states[answer["snapshot"]])
            elif said.status != 503 or current is not None or not mended_by(answer):
                yield f"the server says {said.status} {said.text[:200]}"

    def _finish(self) -> Iterator[str]:
        """Build to the end, and yield what is wrong then."""
        command = self._build()
        if command.status:
            yield f"the build failed: {command.messages[-300:]}"
            return
        yield from self._look()
        listed = self._reader.call("GET", "/api/documents", Authorization=self._token)
        yield from known.list_faults(listed.json(), self._known()) if listed.status == 200 else [listed.text[:200]]
        for left in hidden([self._corpus, *state_folders(self._index)]):
            # What a killed writer has left in the corpus or the state goes with the next writer there, which a build is not.
            if not Path(left).name.startswith((".citewell-", ".accounts.")):
                yield f"{left} is left over"
