"""What a question costs, encoding apart: processor time, here and in another checkout, in alternating processes.

    git worktree add ../before fde8f69
    python benchmarks/asking.py ../shared/benchmarks/chunking --against ../before

Each question counts with its least time of all rounds, because other work on the machine only adds to it. Vectors of questions
and of sentences are kept from the first round on. Where the time goes is estimated by cProfile, which slows Python more than
what it calls.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from texts import copy_texts

# The function whose time is that of a stage, in the order of a question.
STAGES = {
    "the question: language, words, weights": "understand",
    "vectors: nearest windows": "nearest_windows",
    "BM25: best passages": "best_passages",
    "candidates: read and ranked": "in_order",
    "evidence: what is named": "is_named",
    "evidence: what is missing": "missing",
}
ENCODERS = ("citewell.encoder.encoding", "citewell.encoding")


def keep_vectors(*, of_sentences: bool = False) -> None:
    """Make the encoder remember the vectors of questions, whichever version of Citewell is imported.

    Args:
        of_sentences: Whether it remembers those of the sentences, too, that are encoded while a question is answered.
    """
    for name in ENCODERS:
        try:
            encoder = importlib.import_module(name).OpenVinoEncoder
        except ImportError:
            continue
        encoder.encode_query = _once(encoder.encode_query)
        if of_sentences and hasattr(encoder, "encode_sentence"):
            encoder.encode_sentence = _once(encoder.encode_sentence)
        return
    raise SystemExit("this checkout has no encoder that is known here")


def _once(encode: Any) -> Any:  # noqa: ANN401
    known: dict[str, Any] = {}

    def encode_once(self: object, text: str, *_others: str) -> Any:  # noqa: ANN401
        if text not in known:
            known[text] = encode(self, text)
        return known[text]

    return encode_once


def ask(folder: Path, index: Path, rounds: int) -> tuple[list[float], int, dict[str, float]]:
    """Return the least seconds of each question, the number of windows, and the share of each stage."""
    import cProfile
    import pstats

    import citewell

    if not index.exists():
        corpus = copy_texts(folder, index.with_name(f"{index.name}-texts"))
        citewell.build(corpus, citewell.IndexFolder(index), citewell.Settings())
    keep_vectors(of_sentences=True)
    assistant = citewell.Assistant(citewell.IndexFolder(index))
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as stream:
        questions = [row["question"] for row in csv.DictReader(stream)]
    for question in questions:
        assistant.ask(question)
    least = [float("inf")] * len(questions)
    for _ in range(rounds):
        for number, question in enumerate(questions):
            began = time.thread_time()
            assistant.ask(question)
            least[number] = min(least[number], time.thread_time() - began)
    profile = cProfile.Profile()
    profile.enable()
    for question in questions:
        assistant.ask(question)
    profile.disable()
    found: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    spent: dict[str, float] = {}
    for (_, _, name), each in found.items():
        spent[name.lstrip("_")] = max(each[3], spent.get(name.lstrip("_"), 0.0))
    shares = {stage: spent[name] / spent["ask"] for stage, name in STAGES.items() if name in spent}
    return least, assistant.manifest.windows, shares


def in_process(checkout: Path, folder: Path, index: Path, rounds: int) -> dict[str, Any]:
    """Ask in a process that imports Citewell from a checkout."""
    command = [sys.executable, __file__, str(folder), "--index", str(index), "--rounds", str(rounds), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve() / "src"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Measure, and print what a question costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--index", type=Path, help="an index of the texts; a temporary one otherwise")
    parser.add_argument("--their-index", type=Path, help="the same for the other checkout")
    parser.add_argument("--rounds", type=int, default=3, help="how often each process asks each question")
    parser.add_argument("--processes", type=int, default=2, help="how many processes of each checkout")
    parser.add_argument("--json", action="store_true", help="measure in this process, and print JSON")
    given = parser.parse_args()
    if given.json:
        least, windows, shares = ask(given.folder, given.index, given.rounds)
        print(json.dumps({"least": least, "windows": windows, "shares": shares}))
        return
    checkouts = {"here": Path(__file__).parents[1], **({"there": given.against} if given.against else {})}
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in checkouts}
    with tempfile.TemporaryDirectory() as temporary:
        kept = {"here": given.index, "there": given.their_index}
        indexes = {name: kept[name] or Path(temporary, name) for name in checkouts}
        for _ in range(given.processes):
            for name, checkout in checkouts.items():
                runs[name].append(in_process(checkout, given.folder, indexes[name], given.rounds))
    means, medians = {}, {}
    for name, some in runs.items():
        least = [1e3 * min(each) for each in zip(*(run["least"] for run in some), strict=True)]
        means[name], medians[name] = statistics.fmean(least), statistics.median(least)
        print(f"{name:6} {means[name]:.2f} ms a question, median {medians[name]:.2f}; {some[0]['windows']:,} windows")
    if given.against:
        mean, median = (each["here"] / each["there"] for each in (means, medians))
        print(f"ratio  {mean:.2f}, of the medians {median:.2f}")
    for stage, share in runs["here"][0]["shares"].items():
        print(f"    {share:4.0%}  {stage}")


if __name__ == "__main__":
    main()
