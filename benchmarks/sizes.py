"""The steps of ``scale`` for one size, each in a process of its own (``processes.called``): build, open, ask."""

from __future__ import annotations

import csv
import statistics
import time
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import faiss
import numpy as np

from asking import keep_vectors
from citewell import Assistant, IndexFolder, Settings, build
from citewell.encoder.encoding import open_encoder
from citewell.index.storage import Snapshot
from made_vectors import SparingEncoder
from processes import memory

_NEAREST = 100
_AT_ONCE = 65_536
_ROUNDING = 1e-4


class Timed(SparingEncoder):
    """A sparing encoder that knows how long it took to encode."""

    def __init__(self, *given: Any) -> None:  # noqa: ANN401
        super().__init__(*given)
        self.encoding = 0.0

    def encode_documents(self, *given: Any) -> Any:  # noqa: ANN401
        """Return the vectors of texts."""
        before, began = self.made, time.perf_counter()
        found = super().encode_documents(*given)
        took = time.perf_counter() - began
        if self.made == before:
            self.encoding += took
        return found


def built(corpus: str, index: str, most: int) -> dict[str, Any]:
    """Build an index; at least so many windows are encoded."""
    made: list[Timed] = []

    def opened(*given: Any) -> Timed:  # noqa: ANN401
        made.append(Timed(open_encoder(*given), most))
        return made[-1]

    began = time.perf_counter()
    with patch("citewell.building.renewing.open_encoder", opened):
        report = build(Path(corpus), IndexFolder(Path(index)), Settings(model="english"))
    took = time.perf_counter() - began
    (encoder,) = made
    return {
        "seconds": took,
        "encoding": encoder.encoding,
        "encoded": encoder.encoded,
        "made": encoder.made,
        "windows": report.windows,
        "passages": report.passages,
        "bytes": sum(file.stat().st_size for file in Path(index).rglob("*") if file.is_file()),
    }


def opened(index: str, question: str, in_full: bool) -> dict[str, Any]:  # noqa: FBT001
    """Open an index and ask one question, whose encoding is not counted."""
    folder = IndexFolder(Path(index))
    began = time.perf_counter()
    snapshot = folder.open(in_full=in_full)
    opening = time.perf_counter() - began
    vector = np.zeros(snapshot.manifest.encoder.dimension, dtype=np.float32)
    vector[0] = 1
    began = time.perf_counter()
    _search(snapshot, vector, question)
    return {"opening": opening, "first": time.perf_counter() - began}


def _search(snapshot: Snapshot, vector: np.ndarray, question: str) -> None:
    _, passages, _ = snapshot.nearest_windows(vector, _NEAREST)
    worded, _ = snapshot.best_passages(snapshot.weights(question), _NEAREST)
    for each in snapshot.catalogue.passages([*passages[:20], *worded[:20]]):
        snapshot.words(each.records)


class Searched(NamedTuple):
    """The cosines of what each search found, the nearest first, and the milliseconds that it took."""

    cosines: list[np.ndarray]
    times: list[float]


def asked(index: str, questions: str, count: int, rounds: int) -> dict[str, Any]:
    """Ask questions whose vectors are known, and compare what is nearest with an exact search of the same vectors."""
    keep_vectors()
    with Path(questions).open(encoding="utf-8", newline="") as stream:
        texts = [row["question"] for row in csv.DictReader(stream)]
    texts = texts[:: max(1, len(texts) // count)][:count]
    assistant = Assistant(IndexFolder(Path(index)))
    for text in texts:
        assistant.ask(text)
    before = memory()[0]
    times = [[_milliseconds(assistant, text) for text in texts] for _ in range(rounds)]
    least = np.min(times, axis=0)
    view = assistant.view()
    vectors = np.stack([view.encoder.encode_query(text) for text in texts])
    near, exact = _nearest(view.snapshot, vectors), _exactly(view.snapshot, vectors)
    # Windows with equal texts are equally near, so what counts is how near they are.
    pairs = zip(near.cosines, exact.cosines, strict=True)
    shares = [float(np.sum(one >= other[-1] - _ROUNDING)) / len(other) for one, other in pairs]
    return {
        "questions": len(texts),
        "p50": float(np.quantile(least, 0.5)),
        "p95": float(np.quantile(least, 0.95)),
        "memory": before,
        "recall": statistics.fmean(shares),
        "nearest": statistics.median(near.times),
        "exact": statistics.median(exact.times),
    }


def _milliseconds(assistant: Assistant, text: str) -> float:
    began = time.perf_counter()
    assistant.ask(text)
    return 1000 * (time.perf_counter() - began)


def _nearest(snapshot: Snapshot, vectors: np.ndarray) -> Searched:
    searched = Searched([], [])
    for vector in vectors:
        began = time.perf_counter()
        _, _, cosines = snapshot.nearest_windows(vector, _NEAREST)
        searched.times.append(1000 * (time.perf_counter() - began))
        searched.cosines.append(cosines)
    return searched


def _exactly(snapshot: Snapshot, vectors: np.ndarray) -> Searched:
    """Search all vectors with FAISS's exact index, one question after the other, with one thread as Citewell does."""
    windows = snapshot.catalogue.windows_in_order
    every = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(windows), _AT_ONCE):
        every.add(snapshot.vectors_of(windows[start : start + _AT_ONCE]))
    searched = Searched([], [])
    for vector in vectors:
        began = time.perf_counter()
        cosines = every.search(vector[None], min(_NEAREST, len(windows)))[0][0]
        searched.times.append(1000 * (time.perf_counter() - began))
        searched.cosines.append(cosines)
    return searched
