"""Files of a snapshot that are damaged while it is served, and what is then quoted at every door."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from citewell import IndexFolder
from tests.faults import known
from tests.faults.outcome import Outcome, draw_of, kind_of, mended_by
from tests.faults.verdicts import html_of, key_of, source_faults, structured, verdict_on
from tests.support.processes import Chat, Prepared, Reply

# Every kind of file that a snapshot has; those of BM25 by how their names end.
FILES = (
    *("catalogue.sqlite",) * 4,
    "vectors.faiss",
    "concordance.sqlite",
    "terms.bin",
    "blocks.json",
    "manifest.json",
    "CURRENT",
    "lexical/meta.json",
    "lexical/.managed.json",
    "lexical/*.fast",
    "lexical/*.fieldnorm",
    "lexical/*.idx",
    "lexical/*.pos",
    "lexical/*.store",
    "lexical/*.term",
)
# Changed in place: a byte, a known word, a run of bytes, to zeros, to what the same file of another index says. Then the rest.
WAYS = (*("byte",) * 3, *("word",) * 2, *("run",) * 2, "zeros", "other", "emptied", "cut", "removed", "replaced")
_CUTS = ("emptied", "cut", "other")
_PAGE = 4096
_SUBJECTS = known.SUBJECTS[:4]
# Signs of SQLite's pages that hold rows or keys, and so paths, titles, sections and places.
_LEAVES = (0x0A, 0x0D, 0x02, 0x05)
# A command is a door as well, though a slow one.
_COMMANDS = 8


class Damages:
    """Damages, each mended before the next, under a server that lives as long as it can.

    Args:
        prepared: Who starts commands.
        folder: Where the corpus and the index are.
        seed: What is drawn by.
    """

    def __init__(self, prepared: Prepared, folder: Path, seed: int) -> None:
        self._prepared = prepared
        self._seed = seed
        self._corpus, self._index = folder / "corpus", folder / "index"
        self._kept, self._other, self._aside = folder / "kept", folder / "other", folder / "aside"
        self._known = known.corpus(dict.fromkeys(_SUBJECTS, 1))
        # The same places hold other words there.
        self._build(folder / "other-corpus", self._other, known.corpus(dict.fromkeys(_SUBJECTS, 2)))
        self._build(self._corpus, self._index, self._known)
        shutil.copytree(self._index, self._kept)
        self._aside.mkdir()
        self._server: Chat | None = None
        self._shown: dict[str, str] = {}

    def close(self) -> None:
        """End the server."""
        if self._server:
            self._server.end()

    def step(self, number: int) -> Outcome:
        """Damage a file, ask at every door, mend it, and ask again."""
        outcome = Outcome()
        draw = draw_of(self._seed, "damages", number)
        file = self._file(kind_of(FILES, self._seed, number))
        way, quiet, unread = draw.choice(WAYS), draw.random() < 0.5, draw.random() < 0.5
        below = file.relative_to(self._index).parts
        name = re.sub(r"\w{32}", "*", "/".join(below[2:])) or "CURRENT"
        what = f"{name} ({way}{', its time kept' if quiet else ''}{', not read before' if unread else ''})"
        outcome.tried[name] += 1
        server = self._serving()
        if unread:
            # A snapshot that is opened anew has nothing of its texts at hand.
            (self._index / "CURRENT").write_bytes((self._index / "CURRENT").read_bytes())
            server.call("GET", "/api/documents")
        mend = self._damage(file, way, draw, quiet=quiet)
        outcome.wrong += [f"{what}: {fault}" for fault in self._look(server, draw, outcome)]
        if number % _COMMANDS == 0:
            outcome.wrong += [f"{what}: {fault}" for fault in self._look_by_command(file, outcome)]
        if server.command.ended(0):
            outcome.wrong += [f"{what}: {fault}" for fault in self._after_an_end(server, file, way, outcome)]
        mend()
        outcome.wrong += [f"{what}, then mended: {fault}" for fault in self._look_again(outcome)]
        return outcome

    def _build(self, corpus: Path, index: Path, content: known.Known) -> None:
        corpus.mkdir(parents=True)
        known.write(content, corpus)
        built = self._prepared.run("index", "--corpus", corpus, "--index", index)
        if built.status:
            raise RuntimeError(f"no index: {built.messages}")

    def _serving(self) -> Chat:
        if self._server is None:
            self._server = Chat(self._prepared, self._index, "--rate", "0")
            self._server.__enter__()
            for subject in _SUBJECTS[:3]:
                asked = self._server.page("ask", {"question": known.question(subject)})
                self._shown[subject] = html_of(asked)
        return self._server

    def _file(self, kind: str) -> Path:
        if kind == "CURRENT":
            return self._index / kind
        return _file_of(self._index, kind)

    def _damage(self, file: Path, way: str, draw: random.Random, *, quiet: bool) -> Callable[[], None]:
        """Damage a file, and return what mends it: the same file put back as it was."""
        before, content = file.stat(), file.read_bytes()
        aside = self._aside / file.name
        # The file itself stays as it is under another name, so that it can be put back, not only what it said.
        if way in {"removed", "replaced"}:
            file.rename(aside)
            if way == "replaced":
                file.write_bytes(draw.randbytes(len(content)))
        else:
            _overwrite(file, self._changed(file, content, way, draw))
        if quiet and file.exists():
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

        def mend() -> None:
            if aside.exists():
                aside.replace(file)
            else:
                _overwrite(file, content)

        return mend

    def _changed(self, file: Path, content: bytes, way: str, draw: random.Random) -> bytes:
        if way == "emptied":
            return b""
        if way == "cut":
            return content[: draw.randrange(len(content))]
        # Some files of another index say the same, and are no damage.
        if way == "other" and (other := self._of_the_other(file)) != content:
            return other
        if way == "word" and (changed := _other_word(content, draw)) is not None:
            return changed
        at = _place(content, draw)
        length = 1 if way in {"byte", "word"} else min(draw.choice((4, 16, 64, 512)), len(content) - at)
        old = content[at : at + length]
        new = bytes(length) if way == "zeros" else draw.randbytes(length)
        if new == old:
            new = bytes(each ^ 0xFF for each in old)
        return content[:at] + new + content[at + length :]

    def _of_the_other(self, file: Path) -> bytes:
        if file.name == "CURRENT":
            return b"20200101T000000.000000Z\n"
        kind = f"lexical/*{file.suffix}" if re.match(r"\w{32}\.", file.name) else file.name
        if file.parent.name == "lexical" and kind == file.name:
            kind = f"lexical/{kind}"
        return _file_of(self._other, kind).read_bytes()

    def _look(self, server: Chat, draw: random.Random, outcome: Outcome) -> Iterator[str]:
        """Ask at every door, in any order, and yield what is wrong with what is said there."""
        subject = draw.choice(_SUBJECTS[:3])
        document = next(each for each in self._known.values() if each.title.endswith(subject))
        doors = list(self._doors(server, subject, document))
        draw.shuffle(doors)
        stopped, answering = False, []
        for door, ask, faults in doors:
            said = ask()
            if server.command.ended(0) or (said.status == 0 and server.command.ended(5)):
                return
            verdict = verdict_on(said, faults)
            outcome.seen[f"{door}: {verdict if verdict in {'right', 'refused'} else 'wrong'}"] += 1
            if verdict not in {"right", "refused"}:
                yield f"{door}: {verdict}"
            elif stopped and verdict == "right":
                answering.append(door)
            stopped = stopped or (door == "/readyz" and verdict == "refused")
        if answering:
            yield f"/readyz has found the damage, and yet answers come from {', '.join(answering)}"

    def _doors(
        self, server: Chat, subject: str, document: known.KnownDocument
    ) -> Iterator[tuple[str, Callable[[], Reply], Callable[[Reply], Iterator[str]]]]:
        """Yield each door: its name, what asks there, and what finds faults in the answer."""
        of, asked = self._known, {"question": known.question(subject)}
        first, last = min(document.starts), min(document.ends)
        place = {"path": document.path, "start": first, "end": last, "key": key_of(document.text[first:last])}
        yield (
            "POST /api/ask",
            lambda: server.call("POST", "/api/ask", asked),
            lambda said: known.answer_faults(said.json(), of),
        )
        yield (
            "GET /api/documents/PATH",
            lambda: server.call("GET", f"/api/documents/{quote(document.path)}"),
            lambda said: known.document_faults(said.json(), of),
        )
        yield (
            "GET /api/documents",
            lambda: server.call("GET", "/api/documents"),
            lambda said: known.list_faults(said.json(), of),
        )
        yield (
            "GET /api/find",
            lambda: server.call("GET", f"/api/find?query={quote(subject)}"),
            lambda said: known.places_faults(said.json(), subject, of),
        )
        yield "the page", lambda: server.page("ask", asked), lambda said: known.page_faults(html_of(said), of)
        yield (
            "the page's source",
            lambda: server.page("show", {**place, "marks": [[first, last]]}),
            lambda said: source_faults(html_of(said), document),
        )
        yield "MCP ask", lambda: server.tool("ask", asked), lambda said: known.answer_faults(structured(said), of)
        yield (
            "MCP read_document",
            lambda: server.tool("read_document", {"path": document.path}),
            lambda said: known.document_faults(structured(said), of),
        )
        yield "/readyz", lambda: server.call("GET", "/readyz"), lambda _said: iter(())

    def _look_by_command(self, file: Path, outcome: Outcome) -> Iterator[str]:
        """Ask with the command line, which sees the damage if it reads there, and otherwise must be right; a check sees it."""
        asked = self._prepared.run("ask", known.question(_SUBJECTS[0]), "--index", self._index, "--json")
        if asked.status == 0:
            outcome.seen["citewell ask: right"] += 1
            yield from (f"'citewell ask': {fault}" for fault in known.answer_faults(asked.lines()[0], self._known))
        elif asked.status == 1 and "citewell index" in asked.messages and "Traceback" not in asked.messages:
            outcome.seen["citewell ask: refused"] += 1
        else:
            yield f"'citewell ask' ends with {asked.status}: {asked.output[:200]} {asked.messages[-300:]}"
        checked = self._prepared.run("check", "--index", self._index, "--json")
        failed = [each for each in checked.lines() if not each["passed"]]
        if checked.status != 1 or not any(mended_by(each) for each in failed):
            yield f"'citewell check' ends with {checked.status}, {failed} for {file.name}: {checked.messages[-300:]}"

    def _after_an_end(self, server: Chat, file: Path, way: str, outcome: Outcome) -> Iterator[str]:
        """Look at a server that has ended, and at one that is started on the damage."""
        status = server.command.status or 0
        mapped = (file.parent.name == "lexical" or file.name == "vectors.faiss") and way in _CUTS
        if status == -signal.SIGBUS and mapped:
            outcome.seen["the server ended because a mapped file was cut short"] += 1
        else:
            yield f"the server ended with {status}: {server.command.messages[-300:]}"
        server.hang_up()
        self._server = None
        again = Chat(self._prepared, self._index, "--rate", "0")
        if again.started():
            yield "a server that is started on the damage takes questions"
        elif again.command.status != 1 or "citewell index" not in again.command.messages:
            yield f"a server that is started on the damage ends with {again.command.status}: {again.command.messages[-300:]}"
        again.end()

    def _look_again(self, outcome: Outcome) -> Iterator[str]:
        """Ask when the damage is mended: what was shown before is shown again, by the same server if it lives."""
        server = self._serving()
        for subject in _SUBJECTS[:2]:
            said = server.call("POST", "/api/ask", {"question": known.question(subject)})
            verdict = verdict_on(said, lambda said: known.answer_faults(said.json(), self._known))
            if verdict != "right":
                yield f"POST /api/ask: {verdict} {said.text[:200] if verdict == 'refused' else ''}"
                yield from self._restart(outcome)
                return
        said = server.tool("ask", {"question": known.question(_SUBJECTS[0])})
        verdict = verdict_on(said, lambda said: known.answer_faults(structured(said), self._known))
        if verdict != "right":
            yield f"MCP ask: {verdict}"
            yield from self._restart(outcome)
            return
        shown = html_of(server.page("ask", {"question": known.question(_SUBJECTS[0])}))
        if shown != self._shown[_SUBJECTS[0]] and (faults := list(known.page_faults(shown, self._known))):
            yield f"the page: {faults[0]}"
            yield from self._restart(outcome)

    def _restart(self, outcome: Outcome) -> Iterator[str]:
        """Start another server, where the one before does not come back by itself."""
        outcome.seen["servers started anew after the damage was mended"] += 1
        self.close()
        self._server = None
        # What is left, if anything, is none of the next step's.
        shutil.rmtree(self._index)
        shutil.copytree(self._kept, self._index)
        self._serving()
        yield from ()


def _overwrite(file: Path, content: bytes) -> None:
    """Change a file in place, as a disk would: whoever has it open or mapped sees it."""
    with file.open("r+b") as stream:
        stream.write(content)
        stream.truncate()


def _file_of(index: Path, kind: str) -> Path:
    """Return a file of the current snapshot, of its own or of its first segment."""
    folder = IndexFolder(index)
    own = folder.snapshots / folder.current()
    if kind.startswith(("lexical/", "manifest")):
        return next(iter(sorted(own.glob(kind)))) if "*" in kind else own / kind
    return folder.segments / folder.manifest().segments[0].name / kind


def _place(content: bytes, draw: random.Random) -> int:
    """Choose where to damage: anywhere, or, in a catalogue, on a page that holds rows."""
    pages = [at for at in range(0, len(content), _PAGE) if content[at] in _LEAVES] if content[:6] == b"SQLite" else []
    if pages and draw.random() < 0.5:
        return min(draw.choice(pages) + draw.randrange(_PAGE), len(content) - 1)
    return draw.randrange(len(content))


def _other_word(content: bytes, draw: random.Random) -> bytes | None:
    """Change a word that documents, titles, headings or paths have to another of its length, somewhere; None without any."""
    words = [*_SUBJECTS, "book", "Origins", "Repairs", "keepers", "travellers", "silver", "wooden", "[["]
    found = [(match.start(), word) for word in words for match in re.finditer(re.escape(word.encode()), content)]
    if not found:
        return None
    at, word = draw.choice(found)
    other = word[::-1] if word[::-1] != word else "[1"
    return content[:at] + other.encode() + content[at + len(word) :]
