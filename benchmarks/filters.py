"""The cost of a filter that leaves one document of a hundred, and whether it finds what asking that document alone finds.

    python benchmarks/filters.py ../shared/benchmarks/chunking

The texts are cut at line ends into some hundred documents, and a table gives each a tag of its own. Each question is asked of
all documents, with the tag of the one that answers it, in words, and of that document alone, in changing order. Times are of
the processor.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell import Answer, Assistant, IndexFolder, Scope, Settings, build
from citewell.text.fact_names import TABLE

_DOCUMENTS = 100


def cut(texts: Path, corpus: Path) -> dict[str, list[tuple[int, str]]]:
    """Write the texts as a hundred documents and their table; return the start and the path of each part, by text."""
    whole = {file.stem: file.read_text(encoding="utf-8") for file in sorted(texts.glob("*.md"))}
    each = sum(map(len, whole.values())) // _DOCUMENTS
    parts: dict[str, list[tuple[int, str]]] = {}
    for stem, text in whole.items():
        start = 0
        while start < len(text):
            end = text.find("\n", min(start + each, len(text) - 1)) + 1
            path = f"{stem}-{start:07}.md"
            (corpus / path).write_text(text[start : end or len(text)], encoding="utf-8")
            parts.setdefault(stem, []).append((start, path))
            start = end or len(text)
    paths = sorted(path for found in parts.values() for _, path in found)
    rows = "".join(f"{path},t{nth}\n" for nth, path in enumerate(paths))
    (corpus / TABLE).write_text(f"path,tag\n{rows}", encoding="utf-8")
    return parts


def home(row: dict[str, str], parts: dict[str, list[tuple[int, str]]]) -> str:
    """Return the document in which the first reference of a question starts."""
    start = json.loads(row["references"])[0]["start_index"]
    return max((at, path) for at, path in parts[row["corpus_id"]] if at <= start)[1]


def timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    """Return the milliseconds of processor time of a question, and its answer."""
    began = time.process_time()
    answer = ask()
    return 1000 * (time.process_time() - began), answer


def main() -> None:
    """Build the index, ask, and print the times as one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, help="the folder of the texts and their questions.csv")
    texts = parser.parse_args().texts
    with (texts / "questions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        parts = cut(texts, corpus)
        index = IndexFolder(Path(folder, "index"))
        build(corpus, index, Settings(model="english"))
        assistant = Assistant(index)
        there = [each.path for each in assistant.documents()]
        times: dict[str, list[float]] = {"all": [], "filter": [], "alone": []}
        same = 0
        for nth, row in enumerate(rows):
            question, path = row["question"], home(row, parts)
            ways = [
                ("all", question, Scope()),
                ("filter", f"{question} tag:t{there.index(path)}", Scope()),
                ("alone", question, Scope(documents=(path,))),
            ]
            answers = {}
            # The first to ask pays for the weights of the words, which all share.
            for name, text, scope in ways[nth % 3 :] + ways[: nth % 3]:
                took, answers[name] = timed(partial(assistant.ask, text, scope=scope))
                times[name].append(took)
            same += answers["filter"].passages == answers["alone"].passages
    table = Table("asked", "median ms", "90 % below", "mean")
    for name, all_times in times.items():
        spread = statistics.quantiles(all_times, n=10)
        table.add_row(
            name, *(f"{each:.2f}" for each in (statistics.median(all_times), spread[-1], statistics.mean(all_times)))
        )
    Console().print(table)
    Console().print(f"{len(there)} documents, {len(rows)} questions; {same} find the same with the filter as alone.")


if __name__ == "__main__":
    main()
