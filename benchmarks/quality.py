"""Retrieval quality on ``shared/benchmarks/chunking``, through ``citewell ask --batch`` as anyone would run it.

    python benchmarks/quality.py ../shared/benchmarks/chunking

The measures are those of that folder's README. A question that no answer came back for counts as zero.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

DEPTHS = (1, 3, 5, 10)


@dataclass(frozen=True)
class Gold:
    """A question and the places of its answer, as ``(start, end)`` in one document."""

    question: str
    document: str
    spans: tuple[tuple[int, int], ...]


def read_questions(folder: Path) -> list[Gold]:
    """Read ``questions.csv``."""
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Gold(
                row["question"],
                f"{row['corpus_id']}.md",
                tuple((each["start_index"], each["end_index"]) for each in json.loads(row["references"])),
            )
            for row in csv.DictReader(stream)
        ]


def run(command: Sequence[str]) -> str:
    """Run this environment's ``citewell`` and return what it prints."""
    program = [sys.executable, "-m", "citewell.cli", *command]
    return subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def ask(index: Path, questions: Sequence[Gold], top: int) -> dict[int, dict[str, Any]]:
    """Ask all questions in one batch; the answers by the number of the question."""
    lines = (json.dumps({"id": number, "question": gold.question}) for number, gold in enumerate(questions))
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder, "batch.jsonl")
        batch.write_text("\n".join(lines), encoding="utf-8")
        printed = run(["ask", "--batch", str(batch), "--index", str(index), "--top", str(top), "--json"])
    answers = [json.loads(line) for line in printed.splitlines()]
    return {answer["id"]: answer for answer in answers}


def covered(gold: Gold, passages: Iterable[Mapping[str, Any]]) -> int:
    """Return how many gold characters the passages cover, each counted once."""
    shown: set[int] = set()
    for passage in passages:
        if passage["document"] == gold.document:
            shown.update(range(passage["start"], passage["end"]))
    return len(shown & gold_characters(gold))


def gold_characters(gold: Gold) -> set[int]:
    """Return the positions of the gold characters."""
    return {at for start, end in gold.spans for at in range(start, end)}


def measure(gold: Gold, passages: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return all measures of one question."""
    wanted = len(gold_characters(gold))
    shortest = min(end - start for start, end in gold.spans)
    hits = [
        any(2 * overlap(passage, span) >= shortest for span in gold.spans)
        if passage["document"] == gold.document
        else False
        for passage in passages
    ]
    values: dict[str, float] = {}
    for depth in DEPTHS:
        first = passages[:depth]
        found = covered(gold, first)
        shown = sum(passage["end"] - passage["start"] for passage in first)
        values[f"recall@{depth}"] = found / wanted
        values[f"precision@{depth}"] = found / shown if shown else 0.0
        values[f"IoU@{depth}"] = found / (shown + wanted - found)
        values[f"hit@{depth}"] = float(any(hits[:depth]))
    values["MRR@10"] = 1 / (hits.index(True) + 1) if any(hits[:10]) else 0.0
    values["highlight@1"] = float(bool(passages) and highlighted(gold, passages[0]))
    return values


def highlighted(gold: Gold, passage: Mapping[str, Any]) -> bool:
    """Say whether the highlighted part of a passage overlaps a gold span."""
    return passage["document"] == gold.document and any(
        overlap(mark, span) > 0 for mark in passage["highlights"] for span in gold.spans
    )


def overlap(place: Mapping[str, Any], span: tuple[int, int]) -> int:
    """Return how many characters two ranges share."""
    return max(0, min(int(place["end"]), span[1]) - max(int(place["start"]), span[0]))


def table(rows: Mapping[str, list[dict[str, float]]]) -> Table:
    """Return the means as a table, a collection a column."""
    shown = Table(title="Means over the questions", title_justify="left")
    shown.add_column("measure")
    for name, values in rows.items():
        shown.add_column(f"{name} ({len(values)})", justify="right")
    for measure_name in next(iter(rows.values()))[0]:
        means = [sum(value[measure_name] for value in values) / len(values) for values in rows.values()]
        shown.add_row(measure_name, *(f"{mean:.3f}" for mean in means))
    return shown


def main() -> None:
    """Index the folder, ask its questions and print the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with questions.csv and the texts")
    parser.add_argument("--index", type=Path, help="keep the index here; else it is made in a temporary folder")
    arguments = parser.parse_args()
    questions = read_questions(arguments.folder)
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.index or Path(temporary, "index")
        run(["index", "--corpus", str(arguments.folder), "--index", str(index)])
        deep = ask(index, questions, max(DEPTHS))
        five = ask(index, questions, 5)
    rows: dict[str, list[dict[str, float]]] = {"all": []}
    for number, gold in enumerate(questions):
        values = measure(gold, deep.get(number, {"passages": []})["passages"])
        rows["all"].append(values)
        rows.setdefault(gold.document.removesuffix(".md"), []).append(values)
    console = Console(width=140)
    console.print(table(rows))
    lengths = [len(passage["text"]) for answer in five.values() for passage in answer["passages"]]
    seconds = sorted(answer["seconds"] for answer in five.values())
    print(f"mean shown passage at 5: {sum(lengths) / len(lengths):,.0f} characters")
    print(f"median seconds a question: {seconds[len(seconds) // 2]:.4f}")
    print(f"answered: {sum(answer['answered'] for answer in five.values())} of {len(questions)}")


if __name__ == "__main__":
    main()
