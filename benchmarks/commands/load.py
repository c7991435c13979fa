"""How many answers a second people get who all ask at once, here and in another checkout, each in turns with the other."""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from clients import QUESTIONS, TOLD_TO_COME_BACK, Client, Seen, ask_all, in_process, once, request
from processes import memory
from question_sets import bundled
from reporting.machine import ROOT, commit
from reporting.plots import bars
from reporting.report import Report
from serving import Site, prepared, served

# As long as a process needs to begin.
_STARTING_SECONDS = 3
# A word that can end a question as what it is asked about.
_LEAST_LETTERS = 5
_THOUSANDS = 1_000
_NEW, _SET, _SAME = "another each time", "those of a set", "the same four"
_ABOUT = """\
So many users, each with an account and a connection of their own, ask the server's API without pause for
{seconds:.0f} seconds; clients are two processes on the same machine, so they take a part of the processor. What they
ask is **each time another question**, one of {different:,}: those of the bundled set, each with a word behind it,
which the corpus mostly lacks; or **those of a set**, the {set} bundled ones, one after the other; or **the same
four**, as a class asks whose task is the same. What was asked before is remembered. They begin when the server has
made its page. A user who is told to come back later does so, and that time counts. **Memory** is the server's, as
soon as it answers and at its peak. Of {rounds} rounds, each with new servers, figures are medians."""


class _Case(NamedTuple):
    """How many users ask what of which version."""

    users: int
    questions: str
    version: str

    @property
    def name(self) -> str:
        """The name of the case in a plot."""
        return f"{self.users} users, {self.questions}, {self.version}"


class Load(NamedTuple):
    """One round: answers a second, their times in seconds, replies by status, and bytes of memory before and at most."""

    rate: float
    times: list[float]
    statuses: Counter[str]
    before: int
    most: int

    @property
    def failed(self) -> int:
        """How many requests were neither answered nor told to come back."""
        return sum(count for status, count in self.statuses.items() if status not in {"200", TOLD_TO_COME_BACK})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another checkout of Citewell")
    parser.add_argument("--users", type=int, nargs="+", default=[1, 24, 50], help="how many ask at once")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long they ask")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus", help="what is asked about")


def measure(given: argparse.Namespace, page: Report) -> None:
    """Let users ask each checkout in turns, and report what they got."""
    page.say("# Load")
    checkouts = {f"here ({commit(ROOT)})": ROOT}
    if given.against:
        checkouts[f"there ({commit(given.against)})"] = given.against
    a_set = [each.question for each in bundled().questions.questions]
    asked = {_NEW: different(a_set), _SET: a_set, _SAME: QUESTIONS}
    found: dict[_Case, list[Load]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        names = [f"user{nth}" for nth in range(max(given.users))]
        sites = {
            name: prepared(checkout, given.corpus, Path(temporary, str(nth)), names)
            for nth, (name, checkout) in enumerate(checkouts.items())
        }
        for nth in range(given.rounds):
            for case in (_Case(*each) for each in product(given.users, asked, sites)):
                print(f"round {nth + 1}: {case.name}", file=sys.stderr, flush=True)
                load = loaded(sites[case.version], asked[case.questions], case.users, given.seconds)
                found.setdefault(case, []).append(load)
    page.say(_ABOUT.format(seconds=given.seconds, rounds=given.rounds, different=len(asked[_NEW]), set=len(a_set)))
    columns = ("answers a second", "p50, ms", "p95, ms", "told to come back", "failed", "memory before, MB", "peak, MB")
    page.table(("users", "questions", "version", *columns), ((*case, *_row(loads)) for case, loads in found.items()))
    rates = {case.name: _median(load.rate for load in loads) for case, loads in found.items()}
    here = [case.name for case in found if case.version == next(iter(checkouts))]
    page.plot(
        bars(rates, "What many who ask at once get", "answers a second", form="{:.1f}", ours=here),
        "Answers a second for each number of users",
    )
    page.machine()


def different(texts: Sequence[str]) -> list[str]:
    """Return thousands of questions, none of which has the text of another: those given, each with a word behind it."""
    words = sorted({word for text in texts for word in re.findall(rf"\b[a-z]{{{_LEAST_LETTERS},}}\b", text)})
    # Neither a question nor a word follows itself.
    pairs = ((text, words[(turn + nth) % len(words)]) for turn in range(len(words)) for nth, text in enumerate(texts))
    return [f"{text.rstrip('?')} for {word}?" for text, word in pairs]


def loaded(site: Site, texts: Sequence[str], users: int, seconds: float) -> Load:
    """Let so many users ask a new server without pause."""
    with served(site, "--rate", "0") as (port, process):
        before, _ = memory(process)
        clients = [Client(port, token) for token in list(site.tokens.values())[:users]]
        # A server that makes its page after its start shares the processor with that for some seconds.
        if asyncio.run(once(clients[0], request(clients[0], "GET", "/"))) != "200":
            raise SystemExit(f"{site.checkout} has no page")
        begin = time.monotonic() + _STARTING_SECONDS
        halves = [
            # Of thousands, each process asks others.
            in_process(ask_all, part, texts[nth::2] if len(texts) >= _THOUSANDS else texts, begin, begin + seconds)
            for nth in range(2)
            if (part := clients[nth::2])
        ]
        found: list[Seen] = [half() for half in halves]
        took = time.monotonic() - begin
        _, most = memory(process)
    times = sorted(each for one in found for each in one.questions)
    if not times:
        raise SystemExit(f"{site.checkout} answered nothing: {[dict(one.statuses) for one in found]}")
    return Load(len(times) / took, times, sum((one.statuses for one in found), Counter()), before, most)


def _row(loads: list[Load]) -> tuple[object, ...]:
    return (
        f"{_median(load.rate for load in loads):.1f}",
        f"{1000 * _median(statistics.median(load.times) for load in loads):.0f}",
        f"{1000 * _median(load.times[int(0.95 * len(load.times))] for load in loads):.0f}",
        sum(load.statuses[TOLD_TO_COME_BACK] for load in loads),
        sum(load.failed for load in loads),
        f"{_median(load.before for load in loads) / 1e6:.0f}",
        f"{_median(load.most for load in loads) / 1e6:.0f}",
    )


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
