"""What opening a large index costs, with all its files verified at once, and with each when it is first read.

    python benchmarks/opening.py --windows 100000

The corpus is made of sentences whose words are as frequent as in a language (Zipf), and built as any, but with random vectors:
encoding a million windows would take a day. Each figure is the median of several processes, which take turns, so that a busy
machine slows all alike; the files are in the memory of the system then. ``--folder`` keeps the index for the next time. The
first question encodes nothing. Linux only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from rich.console import Console
from rich.table import Table

from citewell import IndexFolder, Settings, build
from citewell.encoder.encoding import Encoder, Vectors, open_encoder

_SENTENCES = 200
_IN_A_SECTION = 10
_WORDS = 60_000
_IN_A_FOLDER = 1000
_VOWELS, _CONSONANTS = "aeiou", "bcdfglmnprstv"
# Run in a process of its own: what it costs to open an index, and to search it twice.
_OPENING = """
import json, pathlib, sys, time
import numpy as np
from citewell import IndexFolder
from citewell.index import concordance, snapshot, verifying

def so_far():
    return int(pathlib.Path("/proc/thread-self/io").read_text().split()[1])

def measured(work):
    read, began = so_far(), time.perf_counter()
    found = work()
    return found, time.perf_counter() - began, so_far() - read

index = IndexFolder(pathlib.Path(sys.argv[1]))
opened, *opening = measured(lambda: index.open(in_full=sys.argv[2] == "in full"))
vector = np.zeros(opened.manifest.encoder.dimension, dtype=np.float32)
vector[0] = 1

def search():
    windows, passages, _ = opened.nearest_windows(vector, 100)
    found, _ = opened.best_passages(opened.weights(sys.argv[3]), 100)
    for each in opened.catalogue.passages([*passages[:20], *found[:20]]):
        opened.words(each.records)

figures = [opening, *(measured(search)[1:] for _ in range(2)), measured(lambda: opened.concordance.blocks)[1:]]
print(json.dumps(figures))
"""
_WORTH_COMPARING = 0.001
_WORK = ("opening", "first search", "second search", "concordance, first use")


class RandomVectors:
    """An encoder whose vectors of documents are random; everything else is that of another.

    Args:
        encoder: The other.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._encoder, name)

    def encode_documents(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return random unit vectors."""
        seed = int.from_bytes(hashlib.sha256(texts[0].encode()).digest()[:8], "little") if texts else 0
        found = np.random.default_rng(seed).standard_normal(
            (len(texts), self._encoder.card.dimension), dtype=np.float32
        )
        if progress:
            progress(len(texts))
        vectors: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
        return vectors


def write(corpus: Path, windows: int) -> None:
    """Write documents that have about so many windows: one starts at each sentence."""
    draw = random.Random(1)  # noqa: S311 - no secret
    syllables = [one + other for one in _CONSONANTS for other in _VOWELS]
    words = ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(_WORDS)]
    weights = [1 / rank for rank in range(2, _WORDS + 2)]
    for nth in range(-(-windows // _SENTENCES)):
        drawn = iter(draw.choices(words, weights, k=_SENTENCES * 20))
        lines = [f"# Document {nth}"]
        for sentence in range(_SENTENCES):
            if sentence % _IN_A_SECTION == 0:
                lines.append(f"\n\n## {next(drawn).capitalize()} {next(drawn)}\n\n")
            said = " ".join(next(drawn) for _ in range(draw.randint(8, 18)))
            lines.append(f"{said.capitalize()}. ")
        file = corpus / f"{nth // _IN_A_FOLDER:03}" / f"{nth:06}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(lines) + "\n", encoding="utf-8")


def make(place: Path, windows: int) -> IndexFolder:
    """Make an index, if it is not there yet."""
    index = IndexFolder(place / "index")
    if index.is_awaited:
        write(place / "corpus", windows)
        with patch("citewell.building.building.open_encoder", lambda *given: RandomVectors(open_encoder(*given))):
            build(place / "corpus", index, Settings(model="english"))
    return index


def measure(index: IndexFolder, times: int) -> dict[str, list[list[tuple[float, int]]]]:
    """Return the seconds and the bytes read of each piece of work, for each way to open, of so many processes."""
    found: dict[str, list[list[tuple[float, int]]]] = {"in full": [], "when read": []}
    question = " ".join((next((index.corpus()).rglob("*.md"))).read_text(encoding="utf-8").split()[8:16])
    for nth in range(times + 1):
        for way, figures in found.items():
            command = [sys.executable, "-c", _OPENING, str(index.path), way, question]
            said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
            # The first time, files may not be in memory.
            if nth:
                figures.append(json.loads(said))
    return found


def main() -> None:
    """Make an index, open it in both ways, and print the figures as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5, help="how many processes open it in each way")
    parser.add_argument("--folder", type=Path, help="where the corpus and the index are kept for the next time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        index = make(given.folder or Path(temporary), given.windows)
        _print(index, measure(index, given.times))


def _print(index: IndexFolder, found: dict[str, list[list[tuple[float, int]]]]) -> None:
    table = Table("work", "in full: seconds", "MB read", "when read: seconds", "MB read", "ratio")
    for nth, work in enumerate(_WORK):
        cells, medians = [], []
        for figures in found.values():
            medians.append(statistics.median(each[nth][0] for each in figures))
            cells += [f"{medians[-1]:.3f}", f"{statistics.median(each[nth][1] for each in figures) / 1e6:,.1f}"]
        # What was verified when it was opened takes no time afterwards.
        table.add_row(work, *cells, f"{medians[1] / medians[0]:.2f}" if medians[0] > _WORTH_COMPARING else "")
    console = Console()
    console.print(table)
    console.print(f"{index.manifest().windows:,} windows.")
    for kind in ("catalogue.sqlite", "concordance.sqlite", "terms.bin", "vectors.faiss", "blocks.json", "lexical"):
        size = sum(file.stat().st_size for file in index.files() if kind in (file.name, file.parent.name))
        console.print(f"{kind}: {size / 1e6:,.1f} MB")


if __name__ == "__main__":
    main()
