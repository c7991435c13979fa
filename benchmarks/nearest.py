"""What it costs to find the nearest of many windows, by sketches and exactly, and how many of them sketches find.

    python benchmarks/nearest.py ../shared/benchmarks/chunking --windows 1000000

The windows are those of the texts in the folder, and of `--texts` if given; the others are made from them, so that they have
real statistics: each between one of them and one of its nearest ten, moved by the difference of two others. The questions are
real. The reference is an exact search of the same vectors in the same process. Times are of the processor. A million windows
need 2.5 GB of memory and some minutes.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from chunking import read_chunking
from citewell import Assistant, IndexFolder, Settings, build
from citewell.index.sketches import NEAREST, Sketches, SketchRecord
from citewell.index.vectors import VectorsWriter, WindowVectors
from texts import copy_texts

Vectors = npt.NDArray[np.float32]

# How far a made vector is moved from where it was: so its nearest windows are about as near as those of real ones.
_MOVED = 0.2
_AMONG = 20_000
_AT_ONCE = 50_000


def real(folder: Path, texts: Path | None, model: str | None) -> tuple[Vectors, Vectors]:
    """Return the vectors of all windows of the texts, and those of the questions."""
    with tempfile.TemporaryDirectory() as temporary:
        corpus = copy_texts(folder, Path(temporary, "texts"))
        if texts:
            shutil.copytree(texts, corpus / "more")
        index = IndexFolder(Path(temporary, "index"))
        build(corpus, index, Settings(model=model))
        view = Assistant(index).view()
        windows = view.snapshot.vectors_of(view.snapshot.catalogue.windows_in_order)
        return windows, np.stack([view.encoder.encode_query(each.question) for each in read_chunking(folder)])


def extended(windows: Vectors, count: int) -> Iterator[Vectors]:
    """Yield so many vectors: the real ones, and others that are made from them."""
    draw = np.random.default_rng(0)
    yield windows[:count]
    some = draw.integers(0, len(windows), _AMONG)
    exact = faiss.IndexFlatIP(windows.shape[1])
    exact.add(windows)
    near = exact.search(windows[some], 11)[1]
    for start in range(len(windows), count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        rows = draw.integers(0, _AMONG, size)
        one, other = windows[some[rows]], windows[near[rows, draw.integers(1, 11, size)]]
        first, second = (windows[draw.integers(0, len(windows), size)] for _ in range(2))
        made = one + draw.random((size, 1), dtype=np.float32) * (other - one) + _MOVED * (first - second)
        yield made / np.linalg.norm(made, axis=1, keepdims=True)


@contextmanager
def written(windows: Vectors, count: int) -> Iterator[tuple[WindowVectors, WindowVectors, SketchRecord, float]]:
    """Write so many vectors; yield an exact search of them and one by sketches, what these are, and how long writing took."""
    with tempfile.TemporaryDirectory() as temporary:
        writer = VectorsWriter(Path(temporary, "vectors.faiss"), windows.shape[1], Path(temporary, "sketches.faiss"))
        for part in extended(windows, count):
            writer.add(part.astype(np.float32))
        began = time.process_time()
        writer.write()
        took = time.process_time() - began
        writer.close()
        if writer.sketches is None:
            raise SystemExit(f"of {count:,} windows there are no sketches")
        sketches = Sketches(writer.sketches_file, writer.sketches)
        yield WindowVectors(writer.file), WindowVectors(writer.file, sketches=[sketches]), writer.sketches, took


def search(vectors: WindowVectors, asked: Vectors) -> tuple[list[set[int]], list[float]]:
    """Return the nearest windows of each question, and the milliseconds that each search took."""
    found, times = [], []
    for vector in asked:
        began = time.process_time()
        ordinals, _ = vectors.nearest(vector, NEAREST)
        times.append(1000 * (time.process_time() - began))
        found.append(set(ordinals.tolist()))
    return found, times


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the benchmark chunking")
    parser.add_argument("--texts", type=Path, help="a folder of more texts")
    parser.add_argument("--windows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--model")
    arguments = parser.parse_args()
    windows, questions = real(arguments.folder, arguments.texts, arguments.model)
    asked = questions[: arguments.questions]
    table = Table("windows", "exact, ms", "by sketches", "p95", "recall@100", "of its own", "compares", "made in, s")
    for count in arguments.windows:
        with written(windows, count) as (exact, quick, record, took):
            nearest, slow = search(exact, asked)
            found, fast = search(quick, asked)
            recall = statistics.mean(len(one & other) / NEAREST for one, other in zip(nearest, found, strict=True))
            table.add_row(
                f"{count:,}",
                f"{statistics.median(slow):.1f}",
                f"{statistics.median(fast) / statistics.median(slow):.2f}",
                f"{np.quantile(fast, 0.95) / statistics.median(slow):.2f}",
                f"{recall:.4f}",
                f"{record.recall:.4f}",
                f"{record.chooses:,}",
                f"{took:.0f}",
            )
    Console().print(f"{len(windows):,} windows are real; times after the first column are multiples of an exact search")
    Console().print(table)


if __name__ == "__main__":
    main()
