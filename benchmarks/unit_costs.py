"""What a search costs for each window and each posting, and how many bytes a window has in PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from citewell.index.storage import Snapshot

if TYPE_CHECKING:
    from citewell.index.postgres.index import PostgresIndex

ABOUT = """\
**Nearest** is a search for the hundred windows nearest to a window, comparing all, without encoding. **A word** is a search
for the hundred best passages for one word of the questions; a line through the times of up to {words} words tells what any word
costs, and what each of its postings adds (a passage that has it is one). Of {rounds} times, each search counts with its
fastest."""
COLUMNS = ("windows", "engine", "nearest, ms", "a word, ms", "1,000 postings, ms")
BYTES = ("windows", "table", "bytes", "bytes a window", "spread over shards")
_MOST, _WORDS, _ROUNDS, _VECTORS = 100, 60, 3, 20
_SIZES = (
    "SELECT relname, pg_table_size(oid) + coalesce((SELECT sum(pg_relation_size(indexrelid)) FROM pg_index"
    " JOIN pg_class AS made ON made.oid = indexrelid WHERE indrelid = pg_class.oid AND made.relname NOT LIKE '%%hnsw%%'), 0)"
    " FROM pg_class WHERE relkind = 'r' AND relnamespace = 'citewell'::regnamespace ORDER BY 2 DESC"
)


class Costs(NamedTuple):
    """Milliseconds of a search for windows, of one for a word, and of a thousand of its postings."""

    nearest: float
    word: float
    postings: float

    def cells(self) -> list[str]:
        """Return them for a table."""
        return [f"{self.nearest:.2f}", f"{self.word:.2f}", f"{self.postings:.3f}"]


def about() -> str:
    """Return what is measured."""
    return ABOUT.format(words=_WORDS, rounds=_ROUNDS)


def costs(snapshot: Snapshot, texts: Sequence[str]) -> Costs:
    """Measure searches.

    Args:
        snapshot: What is searched.
        texts: The questions whose words are searched for.
    """
    windows = np.linspace(0, snapshot.catalogue.windows_end - 1, _VECTORS).astype(np.int64)
    nearest = [
        _milliseconds(partial(snapshot.nearest_windows, vector, _MOST)) for vector in snapshot.vectors_of(windows)
    ]
    counts, times = zip(*_words(snapshot, texts), strict=True)
    each, word = np.polyfit(counts, times, 1)
    return Costs(float(np.median(nearest)), float(word), 1000 * float(each))


def sizes(index: PostgresIndex, windows: int) -> Iterator[tuple[str, ...]]:
    """Yield the bytes of each table of an index, without its graphs."""
    from citewell.index.postgres.schema import TABLES

    rows = index.connections.all(_SIZES)
    for name, size in [*rows, ("all", sum(size for _, size in rows))]:
        spread = name in TABLES and TABLES[name].spread is not None
        yield f"{windows:,}", name, f"{int(size):,}", f"{int(size) / windows:.0f}", "yes" if spread else ""


def _words(snapshot: Snapshot, texts: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Yield how many postings words have, and the milliseconds of a search for each."""
    words = sorted({word for text in texts for word in text.split()})
    asked = [weights for word in words if len((weights := snapshot.weights(word)).concepts) == 1]
    for weights in asked[:: max(1, len(asked) // _WORDS)][:_WORDS]:
        found = len(snapshot.best_passages(weights, snapshot.catalogue.passages_end)[0])
        yield found, _milliseconds(partial(snapshot.best_passages, weights, _MOST))


def _milliseconds(work: Callable[[], object]) -> float:
    def once() -> float:
        began = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - began)

    return min(once() for _ in range(_ROUNDS))
