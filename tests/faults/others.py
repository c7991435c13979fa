"""Other faults: a full disk, missing rights, folders that go away and come back, two servers, and a clock that jumps.

Each is a function of who starts commands, an empty folder that every user of the machine may enter, and a chance. Those of
rights need root, which runs commands as somebody else.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from citewell import IndexFolder
from citewell.encoder.models import cache_folder, identify, prepared_folder
from citewell.encoder.naming import resolve
from tests.faults import known
from tests.faults.outcome import Outcome, hidden, mended_by
from tests.faults.place import PHRASE, SUBJECTS, Place, asked, documents, holds, served, signed_in, until_patient
from tests.support.prepared import BOUND
from tests.support.processes import Chat, Command, Prepared

Fault = Callable[[Prepared, Path, random.Random], Outcome]
# Nobody, on most systems.
# Somebody else, who may read everything (the interpreter may be in a folder of root's) and write nothing of root's.
SOMEBODY = 65534
_YEAR = 365 * 24 * 3600.0


def full_disk(prepared: Prepared, folder: Path, draw: random.Random) -> Outcome:
    """Have the disk not take a build: by a limit on a file's size, and by a small disk, where one can be mounted."""
    outcome = Outcome()
    place = Place(prepared, folder)
    before, held = place.current, place.holds
    place.write(**{SUBJECTS[1]: 2})
    largest = max(file.stat().st_size for file in place.index.rglob("*") if file.is_file())
    outcome.tried["full disk, by a limit"] += 1
    refused = place.build(file_bytes=draw.randrange(64, largest))
    outcome.wrong += [f"full disk, by a limit: {fault}" for fault in _refused(place, refused, before, held)]
    if place.build().status:
        outcome.wrong.append("full disk, by a limit: with room again, the build fails")
    outcome.wrong += place.sound(place.holds)
    with _small_disk(folder / "disk") as disk:
        if disk:
            outcome.tried["full disk, by a small one"] += 1
            outcome.wrong += [f"full disk, by a small one: {fault}" for fault in _fill(prepared, disk, draw)]
    return outcome


def _fill(prepared: Prepared, disk: Path, draw: random.Random) -> Iterator[str]:
    place = Place(prepared, disk)
    before, held = place.current, place.holds
    place.write(**{SUBJECTS[1]: 2})
    size = sum(file.stat().st_size for file in IndexFolder(place.index).files())
    space = os.statvfs(disk)
    free = space.f_bavail * space.f_frsize
    filler = disk / "filler"
    filler.write_bytes(bytes(max(0, free - draw.randrange(4096, size // 2))))
    yield from _refused(place, place.build(), before, held)
    filler.unlink()
    if (again := place.build()).status:
        yield f"with room again, the build fails: {again.messages[-300:]}"
    yield from place.sound(place.holds)


def _refused(place: Place, command: Command, before: str, held: known.Known) -> Iterator[str]:
    """Yield what is wrong with a build that the disk did not take, and with what it left."""
    if command.status != 1 or "fix:" not in command.messages or "Traceback" in command.messages:
        yield f"the build ends with {command.status}: {command.messages[-400:]}"
    if place.current != before:
        yield "another snapshot is in use"
    yield from (f"{left} is left on the full disk" for left in hidden([place.index]))
    yield from place.sound(held)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a disk of some megabytes in memory, where that is allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


def read_only(prepared: Prepared, folder: Path, draw: random.Random) -> Outcome:
    """Have somebody ask an index that they may only read, by the command line and in the chat."""
    outcome = Outcome(tried=_each_once("read-only index"))
    place = Place(prepared, folder)
    as_somebody = _as_somebody(folder)
    subject = draw.choice(SUBJECTS)
    outcome.wrong += place.answered(place.ask(subject, **as_somebody), place.holds, "read-only: ")
    for command in ("check", "status"):
        done = prepared.run(command, "--index", place.index, "--json", **as_somebody)
        if done.status:
            outcome.wrong.append(f"read-only: 'citewell {command}' ends with {done.status}: {done.messages[-300:]}")
    place.write(**{subject: 2})
    built = place.build(**as_somebody)
    if built.status != 1 or "cannot be written" not in built.messages or "Traceback" in built.messages:
        outcome.wrong.append(f"read-only: 'citewell index' ends with {built.status}: {built.messages[-300:]}")
    place.write(**{subject: 1})
    server = Chat(prepared, place.index, "--rate", "0", **as_somebody)
    if server.started():
        outcome.wrong += served(server, place.holds, "read-only: ")
        page = server.page("ask", {"question": known.question(subject)}).json()
        outcome.wrong += [f"read-only, the page: {fault}" for fault in known.page_faults(page or "", place.holds)]
    else:
        outcome.wrong.append(f"read-only: no chat: {server.command.messages[-400:]}")
    server.end()
    return outcome


def unreadable(prepared: Prepared, folder: Path, draw: random.Random) -> Outcome:
    """Take the right to read a file, then a folder: the index keeps what it has of them, and ``status`` says so."""
    outcome = Outcome(tried=_each_once("unreadable file", "unreadable folder"))
    place = Place(prepared, folder)
    bound = {"user": BOUND}
    inner = next(each for each in place.corpus.iterdir() if each.is_dir())
    file = draw.choice([each for each in place.corpus.iterdir() if each.is_file()])
    for nth, taken in enumerate((file, inner)):
        rights = taken.stat().st_mode
        taken.chmod(0)
        (place.corpus / f"more{nth}.txt").write_text(f"More\n\nSomething more is said here, {nth} times.\n")
        built = place.build(**bound)
        held = documents(prepared, place.index)
        if built.status or not set(place.holds) <= held:
            outcome.wrong.append(
                f"unreadable {taken.name}: the index holds {sorted(held)}; {built.output} {built.messages[-300:]}"
            )
        told = prepared.run("status", "--index", place.index, **bound)
        if taken.name not in told.output + told.messages:
            outcome.wrong.append(f"unreadable {taken.name}: 'citewell status' does not say so: {told.output[-600:]}")
        taken.chmod(rights)
    for nth in range(2):
        (place.corpus / f"more{nth}.txt").unlink()
    if (built := place.build(**bound)).status or set(place.holds) != documents(prepared, place.index):
        outcome.wrong.append(
            f"unreadable: with the rights again, the build says {built.output} {built.messages[-300:]}"
        )
    return outcome


def taken_away(prepared: Prepared, folder: Path, draw: random.Random) -> Outcome:
    """Take index and corpus away under a server that watches, and bring them back."""
    outcome = Outcome(tried=_each_once("index taken away", "corpus taken away", "corpus emptied", "folder emptied"))
    place = Place(prepared, folder)
    with Chat(prepared, place.index, "--rate", "0", "--watch") as server:
        outcome.wrong += served(server, place.holds, "watched: ")
        place.index.rename(folder / "away")
        said = asked(server)
        if said.status != 503 or not mended_by(said.json()):
            outcome.wrong.append(f"index taken away: {said.status} {said.text[:200]}")
        (folder / "away").rename(place.index)
        outcome.wrong += served(server, place.holds, "index brought back: ")
        for what, take, give in _ways_away(place):
            before = place.holds
            take()
            # That nothing is lost shows only after some time: a watcher waits for a corpus to come to rest, and a build
            # takes a while.
            time.sleep(3 + 2 * place.seconds)
            outcome.wrong += served(server, before, f"{what}: ")
            lost = set(before) - documents(prepared, place.index)
            if lost:
                outcome.wrong.append(f"{what}: the index has lost {sorted(lost)}")
            give()
            place.write(**{draw.choice(SUBJECTS): place.versions[SUBJECTS[0]] + 1})
            if not until_patient(lambda: holds(server, place.holds)):
                outcome.wrong.append(f"{what}, then brought back: the index does not follow the corpus any more")
                place.build()
    if orphans := prepared.orphans():
        outcome.wrong.append(f"taken away: processes are left over: {orphans}")
    return outcome


def _ways_away(place: Place) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    away = place.folder / "away"

    def empty(folder: Path) -> None:
        shutil.copytree(folder, away)
        for each in list(folder.iterdir()):
            shutil.rmtree(each) if each.is_dir() else each.unlink()

    def fill(folder: Path) -> None:
        shutil.copytree(away, folder, dirs_exist_ok=True)
        shutil.rmtree(away)

    yield "corpus taken away", lambda: place.corpus.rename(away), lambda: away.rename(place.corpus)
    yield "corpus emptied", lambda: empty(place.corpus), lambda: fill(place.corpus)
    inner = next(each for each in place.corpus.iterdir() if each.is_dir())
    yield "folder emptied", lambda: empty(inner), lambda: fill(inner)


def two_servers(prepared: Prepared, folder: Path, draw: random.Random) -> Outcome:
    """Have two servers rebuild one index at once, answer from it, and end each other's sessions."""
    outcome = Outcome(tried=_each_once("two servers"))
    place = Place(prepared, folder)
    add = ("user", "add", "ada", "--role", "maintainer", "--password-stdin", "--index", place.index)
    prepared.run(*add, typed=f"{PHRASE}\n")
    with Chat(prepared, place.index, "--rate", "0") as one, Chat(prepared, place.index, "--rate", "0") as other:
        cookies = [signed_in(server) for server in (one, other)]
        place.write(**{draw.choice(SUBJECTS): 2})
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    lambda pair: pair[0].page("maintain", {"action": "again"}, Cookie=pair[1]),
                    zip((one, other), cookies, strict=True),
                )
            )
        for name, server, cookie in (("one", one, cookies[0]), ("other", other, cookies[1])):
            if not until_patient(lambda server=server, cookie=cookie: holds(server, place.holds, Cookie=cookie)):  # type: ignore[misc]
                outcome.wrong.append(f"two servers: the {name} does not take up what was built")
            outcome.wrong += served(server, place.holds, f"two servers, the {name}: ", Cookie=cookie)
        for name, here, there, cookie in (("one", one, other, cookies[0]), ("other", other, one, cookies[1])):
            if there.call("GET", "/session", Cookie=cookie).status != 200:
                outcome.wrong.append(f"two servers: who signed in at the {name} is not known at its neighbour")
            here.call("POST", "/sign-out", "", Cookie=cookie)
            if (still := there.call("GET", "/session", Cookie=cookie)).status != 401:
                outcome.wrong.append(f"two servers: signed out at the {name}, its neighbour says {still.status}")
    outcome.wrong += place.sound(place.holds, "two servers, ended: ")
    return outcome


def clock_jumps(prepared: Prepared, folder: Path, draw: random.Random) -> Outcome:
    """Set the clock back and forth between builds: what was built last is in use, and the one before can be returned to."""
    outcome = Outcome(tried=_each_once("clock that jumps"))
    place = Place(prepared, folder)
    jumps = [-draw.uniform(1, _YEAR), _YEAR]
    before, held = place.current, place.holds
    for nth, seconds in enumerate(jumps, 2):
        what = f"clock set by {seconds:.0f} s: "
        place.write(**{draw.choice(SUBJECTS): nth})
        built = place.build(clock=seconds)
        if built.status or place.current == before:
            outcome.wrong.append(f"{what}the build ends with {built.status}: {built.messages[-300:]}")
            continue
        outcome.wrong += place.sound(place.holds, what)
        prepared.run("rollback", "--index", place.index, clock=-seconds)
        if place.current != before:
            outcome.wrong.append(f"{what}the snapshot before is {before}; a rollback returns to {place.current}")
        else:
            outcome.wrong += place.answered(place.ask(), held, f"{what}rolled back: ")
        prepared.run("rollback", "--index", place.index)
        before, held = place.current, place.holds
    return outcome


FAULTS: dict[str, Fault] = {
    "full-disk": full_disk,
    "read-only": read_only,
    "unreadable": unreadable,
    "taken-away": taken_away,
    "two-servers": two_servers,
    "clock": clock_jumps,
}
# These run commands as somebody whom rights bind, which only root can.
OF_RIGHTS = frozenset({"read-only", "unreadable"})


def _each_once(*tried: str) -> Counter[str]:
    return Counter(tried)


def _as_somebody(folder: Path) -> dict[str, object]:
    """Return how a command is run as somebody else, who has a cache of their own."""
    ours, cache = cache_folder(), folder / "cache"
    # The one that they use, and what is known of it.
    encoder = prepared_folder(identify(resolve(None)))
    for each in (encoder, ours / "models"):
        shutil.copytree(each, cache / each.relative_to(ours))
    for each in [cache, *cache.rglob("*")]:
        os.chown(each, SOMEBODY, SOMEBODY)
    for each in (folder, *folder.glob("corpus"), *folder.glob("index"), *folder.rglob("*")):
        if not each.is_relative_to(cache) and not each.is_symlink():
            each.chmod(0o755 if each.is_dir() else 0o644)
    return {"user": SOMEBODY, "environment": {"CITEWELL_CACHE": str(cache), "HOME": str(folder)}}
