"""What is answered while servers of PostgreSQL are killed."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np

from citewell import Assistant, build
from databases import elsewhere
from question_sets import bundled
from reporting.machine import ROOT

sys.path.append(str(ROOT))
from tests.support.asking import SETTINGS, Asking, quoted
from tests.support.postgres import Cluster, cluster

ABOUT = """\
{askers} people ask the bundled corpus without pause, in two groups with an assistant each, as two web servers have them, and
any of three servers of PostgreSQL: a primary and two standbys, of which one must have a change before it is made. {kills} times
one of the three, drawn by chance (seed {seed}), is killed; a killed primary is replaced by a standby, and who was killed
comes back as a standby. An answer is **wrong** if it is not that of before the kills. **To be asked again** are errors that say
after how many seconds to ask again, which the page does by itself. **Again** is how long it took, after each kill
and promotion, until as many answers as there are askers had been given that were begun after it; **latest** is how
long after that, or after its question, any answer or error came."""
# Within which questions are answered again, in seconds; longer is a failure of the benchmark.
_LONGEST = 60
_QUESTIONS = 20
COLUMNS = (
    *("kills", "of the primary", "answers", "wrong", "errors", "to be asked again"),
    *("again, p50, s", "again, at most, s", "latest, s"),
)


def row(askers: int, kills: int, draw: random.Random) -> tuple[str, ...]:
    """Kill servers while people ask the bundled corpus; return a row of the table.

    Args:
        askers: How many ask.
        kills: How often a server is killed.
        draw: Chooses which.
    """
    from citewell.index.postgres.index import PostgresIndex

    primaries, waits, killed = 0, [], []
    with elsewhere(), cluster() as servers:
        there = PostgresIndex(servers.address)
        build(ROOT / "corpus", there, SETTINGS)
        right = {text: quoted(Assistant(there, SETTINGS), text) for text in _texts()}
        there.close()
        asking, primary = Asking(servers.address, right, askers), 0
        with asking.going_on():
            for _ in range(kills):
                victim = draw.randrange(len(servers.servers))
                servers.servers[victim].kill()
                if victim == primary:
                    primaries += 1
                    primary = _next(servers, victim)
                killed.append(time.monotonic())
                waits.append(asking.answers_again(_LONGEST))
                servers.follow(servers.servers[victim])
    again = sum(error.seconds is not None for error in asking.errors)
    return (
        *(str(each) for each in (kills, primaries, len(asking.answered), len(asking.wrong), len(asking.errors), again)),
        f"{np.median(waits):.2f}",
        f"{max(waits):.2f}",
        f"{_latest([*asking.answered, *asking.failed], killed):.2f}",
    )


def _latest(answered: Sequence[tuple[float, float]], killed: Sequence[float]) -> float:
    """Return how long at most it took until an answer or error came, from its question or from the kill before its end."""
    ends = [*killed[1:], float("inf")]
    return max(
        ended - max(began, kill)
        for began, ended in answered
        for kill, until in zip(killed, ends, strict=True)
        if kill <= ended < until
    )


def _next(servers: Cluster, victim: int) -> int:
    """Make a standby the primary, and return its number."""
    chosen = (victim + 1) % len(servers.servers)
    servers.servers[chosen].promote()
    return chosen


def _texts() -> Iterator[str]:
    yield from (each.question for each in bundled().questions.questions[:_QUESTIONS])
