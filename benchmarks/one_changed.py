"""What an update of one document among many writes into an index in PostgreSQL, and after how long it is served.

    python benchmarks/one_changed.py --documents 20000

Without ``--index``, a server is started from the packages of the tests. Its index is built of short documents, of which few are
encoded, and vectors are made for the others; then one document after the other is changed, and `citewell index` started for
each, which encodes it. Meanwhile an assistant that was open before asks for the new text, ten times a second. Rows are those
that the server has counted (``pg_stat_user_tables``). Seconds are by the clock; those of the processor are of the command,
without the server, and beside those of a process that only loads the encoder and encodes one text.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import psycopg
from rich.console import Console
from rich.table import Table

from citewell import Assistant, Settings, build
from citewell.encoder.encoding import open_encoder
from citewell.files import SETTLED_SECONDS
from citewell.index.postgres.index import PostgresIndex
from citewell.index.postgres.schema import SCHEMA
from made_vectors import SparingEncoder
from reporting.machine import ROOT
from unchanged import ENCODER, process, write

sys.path.append(str(ROOT))
from tests.support.postgres import server

_ENCODED = 2_000
_SECONDS_BETWEEN_QUESTIONS = 0.1
# After the last connection that writes has ended.
_SECONDS_UNTIL_COUNTED = 2
_ROWS = (
    "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE schemaname = %s ORDER BY relname"
)

Rows = dict[str, tuple[int, ...]]


class Update(NamedTuple):
    """The rows that an update has inserted, updated and deleted, table by table, and its seconds."""

    rows: Rows
    seconds: float
    processor: float
    served: float


def main() -> None:
    """Build an index, update it, and print what was written, and the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=3, help="how many documents are changed, one after the other")
    parser.add_argument("--index", help="the address of an empty database: postgresql://…")
    parser.add_argument("--folder", type=Path, help="where the documents are kept for the next time")
    given = parser.parse_args()
    with (
        nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory() as folder,
        chdir(folder),
        nullcontext(given.index) if given.index else server() as address,
        _index(address) as index,
    ):
        corpus = Path(folder, "corpus")
        if not corpus.is_dir():
            write(corpus, given.documents)
        _build(corpus, index)
        time.sleep(SETTLED_SECONDS)
        # What was written just now is read again until a build finds it old enough.
        build(corpus, index, Settings())
        files = sorted(corpus.rglob("*.txt"))[:: max(1, given.documents // given.times)][: given.times]
        _show(given.documents, [_updated(corpus, index, address, file) for file in files])


@contextmanager
def _index(address: str) -> Iterator[PostgresIndex]:
    index = PostgresIndex(address)
    yield index
    index.close()


def _build(corpus: Path, index: PostgresIndex) -> None:
    def opened(*given: Any) -> SparingEncoder:  # noqa: ANN401
        return SparingEncoder(open_encoder(*given), _ENCODED)

    with patch("citewell.building.renewing.open_encoder", opened):
        build(corpus, index, Settings(model="english"))


def _updated(corpus: Path, index: PostgresIndex, address: str, file: Path) -> Update:
    """Change a document, update the index, and ask for the new text meanwhile."""
    assistant, word = Assistant(index, Settings()), f"zeppelin{time.time_ns()}"
    assistant.ask("Where does the boat of the year 7 stand?")
    before = _counted(address)
    file.write_text(f"{word}\n\nThe {word} lands at noon.\n", encoding="utf-8")
    began = time.perf_counter()
    command = ("-m", "citewell.cli", "index", "--corpus", corpus, "--index", address)
    with ThreadPoolExecutor() as threads:
        updating = threads.submit(process, *command)
        while not any(word in each.text for each in assistant.ask(f"When does the {word} land?").passages):
            if updating.done():
                updating.result()
            time.sleep(_SECONDS_BETWEEN_QUESTIONS)
        served = time.perf_counter() - began
        seconds, processor, _ = updating.result()
    after = _counted(address)
    rows = {name: tuple(now - then for now, then in zip(after[name], before[name], strict=True)) for name in after}
    return Update({name: counts for name, counts in rows.items() if any(counts)}, seconds, processor, served)


def _counted(address: str) -> Rows:
    """Return how many rows of each table were inserted, updated and deleted."""
    time.sleep(_SECONDS_UNTIL_COUNTED)
    with psycopg.connect(address) as connection:
        return {name: tuple(counts) for name, *counts in connection.execute(_ROWS, [SCHEMA]).fetchall()}


def _show(documents: int, updates: list[Update]) -> None:
    numbers = [str(nth) for nth in range(1, len(updates) + 1)]
    table = Table("rows inserted / updated / deleted", *(f"update {nth}" for nth in numbers))
    for name in sorted({name for each in updates for name in each.rows}):
        table.add_row(name, *(" / ".join(map(str, each.rows.get(name, (0, 0, 0)))) for each in updates))
    table.add_row("seconds of the command", *(f"{each.seconds:.2f}" for each in updates))
    table.add_row("seconds of the processor", *(f"{each.processor:.2f}" for each in updates))
    table.add_row("seconds until it is served", *(f"{each.served:.2f}" for each in updates))
    console = Console()
    console.print(table)
    seconds, processor, _ = process("-c", ENCODER)
    console.print(
        f"{documents:,} documents. To load the encoder: {seconds:.2f} seconds, {processor:.2f} of the processor."
    )


if __name__ == "__main__":
    main()
