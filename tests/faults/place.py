"""A corpus and its index, of which is known what they hold, and what is asked of them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults import known
from tests.support.processes import Chat, Command, Prepared, Reply
from tests.support.waiting import holds_within

SUBJECTS = known.SUBJECTS[:3]
PHRASE = "seven quiet lanterns over the harbour"
PATIENCE = 45.0


class Place:
    """A corpus and its index, of which is known what they hold."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self.prepared = prepared
        self.folder = folder
        self.corpus, self.index = folder / "corpus", folder / "index"
        self.versions = dict.fromkeys(SUBJECTS, 1)
        self.corpus.mkdir()
        self.write()
        began = time.monotonic()
        built = self.build()
        self.seconds = time.monotonic() - began
        if built.status:
            raise RuntimeError(f"no index: {built.messages}")

    @property
    def holds(self) -> dict[str, known.KnownDocument]:
        """What the corpus holds."""
        return known.corpus(self.versions, known.SHORT)

    def write(self, **versions: int) -> None:
        """Change what the corpus holds."""
        self.versions |= versions
        known.write(self.holds, self.corpus)

    def build(self, **options: object) -> Command:
        """Build the index."""
        return self.prepared.run("index", "--corpus", self.corpus, "--index", self.index, "--json", **options)

    def ask(self, subject: str = SUBJECTS[0], **options: object) -> Command:
        """Ask by the command line."""
        return self.prepared.run("ask", known.question(subject), "--index", self.index, "--json", **options)

    def sound(self, of: known.Known, what: str = "") -> Iterator[str]:
        """Yield what is wrong with the index, which should hold a corpus."""
        checked = self.prepared.run("check", "--index", self.index, "--json")
        if checked.status:
            yield f"{what}'citewell check' finds {[each for each in checked.lines() if not each['passed']]}"
        yield from self.answered(self.ask(), of, what)

    def answered(self, command: Command, of: known.Known, what: str = "") -> Iterator[str]:
        """Yield what is wrong with what ``citewell ask`` said."""
        if command.status:
            yield f"{what}'citewell ask' ends with {command.status}: {command.messages[-300:]}"
        else:
            yield from (f"{what}{fault}" for fault in known.answer_faults(command.lines()[0], of))

    @property
    def current(self) -> str:
        """The snapshot in use."""
        return (self.index / "CURRENT").read_text().strip()


def documents(prepared: Prepared, index: Path) -> set[str]:
    """Return the paths that an index holds, as a command that opens it anew says."""
    asked = prepared.run("ask", "What is said?", "--index", index, "--top", "1000", "--json")
    return {each["document"] for each in asked.lines()[0]["passages"]} if asked.status == 0 else set()


def asked(server: Chat, subject: str = SUBJECTS[0], **headers: str) -> Reply:
    return server.call("POST", "/api/ask", {"question": known.question(subject)}, **headers)


def served(server: Chat, of: known.Known, what: str, **headers: str) -> Iterator[str]:
    """Yield what is wrong with what a server answers from."""
    for subject in SUBJECTS:
        said = asked(server, subject, **headers)
        if said.status != 200:
            yield f"{what}{said.status} {said.text[:200]}"
        else:
            yield from (f"{what}{fault}" for fault in known.answer_faults(said.json(), of))


def holds(server: Chat, of: known.Known, **headers: str) -> bool:
    said = server.call("GET", "/api/documents", **headers)
    return said.status == 200 and not list(known.list_faults(said.json(), of))


def signed_in(server: Chat) -> str:
    """Sign in, and return the cookie."""
    said = server.call("POST", "/sign-in", f"name=ada&password={PHRASE.replace(' ', '+')}")
    found = re.match(r"[^;]+", said.headers.get("set-cookie", ""))
    return found[0] if found else ""


def until_patient(holds: Callable[[], bool]) -> bool:
    """Wait until something holds; say whether it does."""
    return holds_within(holds, PATIENCE)
